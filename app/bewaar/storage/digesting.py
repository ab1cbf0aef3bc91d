"""Hashes of many files, on all cores.

A thousand small files cost more in opening than in reading, so they go a handful at a time; a
large one is read by one worker while others read the next.
"""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial

from blake3 import blake3

from bewaar.lanes import Task, in_order
from bewaar.progress import Progress
from bewaar.storage.copying import digest
from bewaar.storage.edges import unreadable
from bewaar.storage.entry import Entry

SMALL = 256 << 10  # bytes: up to here a file is read in one go

_HANDFUL = 64  # files
_COST = 1 << 20  # bytes of memory a worker takes
_READ = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | os.O_RDONLY

Digested = tuple[Entry, str | None]


def digests(entries: Iterable[Entry], progress: Progress) -> Generator[Digested, None, None]:
    """Yield each file, in order, with the BLAKE3 of its content; None: it is gone.

    Close the iterator when it is left early. Raises SourceUnreadable, SourceBusy, Cancelled.
    """
    tasks = (Task(_COST, partial(_digested, each, progress)) for each in _handfuls(entries))
    with closing(in_order(tasks, progress, "hashing")) as done:
        for handful in done:
            yield from handful


def _handfuls(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    handful: list[Entry] = []
    for entry in entries:
        if entry.size > SMALL:
            yield (entry,)
            continue
        handful.append(entry)
        if len(handful) == _HANDFUL:
            yield tuple(handful)
            handful = []
    yield tuple(handful)


def _digested(entries: Sequence[Entry], progress: Progress) -> list[Digested]:
    return [(entry, _digest(entry, progress)) for entry in entries]


def _digest(entry: Entry, progress: Progress) -> str | None:
    try:
        if entry.size > SMALL:
            return digest(entry.local, progress)
        return _digest_of_small(entry)
    except FileNotFoundError:
        return None


def _digest_of_small(entry: Entry) -> str:
    """Read a file that was small a moment ago, in as few calls as there can be."""
    hashed = blake3()
    try:
        handle = os.open(entry.local, _READ)
        try:
            while data := os.read(handle, entry.size + 1):
                hashed.update(data)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(entry.local, error) from error
    return hashed.hexdigest()
