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

_taken: set[tuple[int, int]] = set()  # device and inode
_changed = threading.Condition()


@contextmanager
def turn(path: Path | str, progress: Progress = SILENT) -> Iterator[None]:
    """Wait until no other thread is at the file, and be the one; not to be nested.

    Raises OSError when there is no such file, Cancelled.
    """
    status = os.stat(path)  # noqa: PTH116 - of thousands of files, and a Path costs more
    identity = status.st_dev, status.st_ino
    with _changed:
        while not _changed.wait_for(lambda: identity not in _taken, _PATIENCE):
            progress.check()
        _taken.add(identity)
    try:
        yield
    finally:
        with _changed:
            _taken.discard(identity)
            _changed.notify_all()
