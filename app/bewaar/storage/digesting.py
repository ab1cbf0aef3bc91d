"""Hashes of many files, on all cores.

A thousand small files cost more in opening than in reading, so they go a handful at a time; a
large one is read by one worker while others read the next.
"""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from typing import NamedTuple

from blake3 import blake3

from bewaar.lanes import Task, in_order
from bewaar.progress import Progress
from bewaar.storage.copying import digest
from bewaar.storage.edges import unreadable
from bewaar.storage.entry import Entry
from bewaar.storage.sqlite_file import MAGIC, SMALLEST, is_database
from bewaar.storage.turns import passing, turn

SMALL = 256 << 10  # bytes: up to here a file is read in one go

_HANDFUL = 64  # files
_COST = 1 << 20  # bytes of memory a worker takes
_READ = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | os.O_RDONLY


class Digested(NamedTuple):
    """What was found in a file."""

    entry: Entry
    blake3: str | None  # of its content; None: it is gone
    database: bool  # it begins like one


def digests(entries: Iterable[Entry], progress: Progress) -> Generator[Digested, None, None]:
    """Yield what is in each file, in order. What is a database may change while it is read.

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
    if len(entries) == 1 and entries[0].size > SMALL:
        return [_read_large(entries[0], progress)]
    with passing() as alone:
        return [_read_small(entry, nullcontext() if alone else None) for entry in entries]


def _read_large(entry: Entry, progress: Progress) -> Digested:
    try:
        database = is_database(entry.where, entry.size)
        return Digested(entry, digest(entry.local, progress), database)
    except FileNotFoundError:
        return Digested(entry, None, database=False)


def _read_small(entry: Entry, at_it: AbstractContextManager[None] | None) -> Digested:
    """Read a file that was small a moment ago, in as few calls as there can be."""
    try:
        with at_it or turn(entry.where):
            handle = os.open(entry.where, _READ)
            try:
                data = os.read(handle, entry.size + 1)
                while len(data) != entry.size and (more := os.read(handle, SMALL)):
                    data += more  # it grows
            finally:
                os.close(handle)
    except FileNotFoundError:
        return Digested(entry, None, database=False)
    except OSError as error:
        raise unreadable(entry.local, error) from error
    database = len(data) >= SMALLEST and data.startswith(MAGIC)
    return Digested(entry, blake3(data).hexdigest(), database)
