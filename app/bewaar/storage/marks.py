"""The two marks of live data: a cheap one of names, sizes and times, and a sure one of content.

What SQLite keeps beside a database counts, except its lock board (`-shm`), which changes when
anyone merely reads, and an empty log, which means the same as none.
"""

import os
from collections.abc import Iterable, Mapping

from blake3 import blake3

from bewaar.storage.entry import COMPANIONS, LOCK_BOARD, Entry


def signature(files: Iterable[Entry], folders: Iterable[str]) -> str:
    """Return the mark of names, sizes and times. Equal marks do not prove equal content."""
    known = {file.path: file for file in files}
    lines = [
        (file.path, f"{file.size} {file.mtime_ns}")
        for file in known.values()
        if not _without_meaning(file, known)
    ]
    return _mark(lines, folders)


def fingerprint(digests: Mapping[str, str], folders: Iterable[str]) -> str:
    """Return the mark of names and content, from the BLAKE3 of each file by its path."""
    return _mark(digests.items(), folders)


def _without_meaning(file: Entry, known: Mapping[str, Entry]) -> bool:
    # By name alone: to know whether it is a database, a file would have to be opened.
    if file.path.removesuffix(LOCK_BOARD) in known and file.path.endswith(LOCK_BOARD):
        return True
    return not file.size and any(
        file.path.endswith(ending) and file.path.removesuffix(ending) in known
        for ending in COMPANIONS
    )


def _mark(lines: Iterable[tuple[str, str]], folders: Iterable[str]) -> str:
    marked = blake3()
    for path, fact in sorted([*lines, *((folder, "folder") for folder in folders)]):
        marked.update(os.fsencode(path) + b"\0" + fact.encode() + b"\n")
    return marked.hexdigest()
