"""Turns at a database file within this process.

On Linux and macOS a process that closes any handle of a file loses all its locks on that file
(https://www.sqlite.org/howtocorrupt.html, 2.2). So while SQLite holds a lock here, no other
thread may open the same file to hash it, to copy it or to look at its first bytes.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bewaar.progress import SILENT, Progress

_PATIENCE = 0.2  # seconds between two looks whether the user wants to stop


class _Turns:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.taken: set[tuple[int, int]] = set()  # device and inode
        self.wanted = 0  # how many wait for a turn
        self.passing = 0  # how many open a handful of files meanwhile


_turns = _Turns()


@contextmanager
def turn(path: Path | str, progress: Progress = SILENT) -> Iterator[None]:
    """Wait until no other thread is at the file, and be the one; not to be nested.

    Raises OSError when there is no such file, Cancelled.
    """
    status = os.stat(path)  # noqa: PTH116 - of thousands of files, and a Path costs more
    identity = status.st_dev, status.st_ino
    with _turns.changed:
        _turns.wanted += 1
        try:
            while not _turns.changed.wait_for(lambda: _free(identity), _PATIENCE):
                progress.check()
        finally:
            _turns.wanted -= 1
        _turns.taken.add(identity)
    try:
        yield
    finally:
        with _turns.changed:
            _turns.taken.discard(identity)
            _turns.changed.notify_all()


@contextmanager
def passing() -> Iterator[bool]:
    """Say whether nobody is at any file, or wants to be; then nobody is until the block ends.

    For whoever opens a handful of small files: a turn at each costs as much as reading it. Where
    the answer is no, turns have to be taken; where it is yes, none may be.
    """
    with _turns.changed:
        alone = not _turns.taken and not _turns.wanted
        _turns.passing += alone
    try:
        yield alone
    finally:
        with _turns.changed:
            _turns.passing -= alone
            _turns.changed.notify_all()


def _free(identity: tuple[int, int]) -> bool:
    return not _turns.passing and identity not in _turns.taken
