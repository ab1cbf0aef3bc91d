"""Turns: two set-ups of one checkout, one after the other."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from installer.terminal import say


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """Wait until nobody else is between the start and the end of a turn on this file.

    The system ends the turn of a process that dies.
    """
    with file.open("ab") as handle:
        if not _take(handle):
            say("Another set-up is at work in this checkout; waiting for it.")
            while not _take(handle):
                time.sleep(0.2)
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
