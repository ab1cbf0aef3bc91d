"""Turns on a destination: two processes never work there at once, a lock file sees to that."""

from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, Timeout

from bewaar.paths import unwritable
from bewaar.progress import Progress, Stage

TURN_SECONDS = 0.2  # how often a job that waits for another process looks again


def wait_for_turn(locks: Path, lane: str, progress: Progress) -> AbstractContextManager[object]:
    """Return the lane as one's own for a block, once another process has left it.

    Raises Cancelled, HomeUnwritable, HomeFull.
    """
    while True:
        try:
            return take_turn(locks, lane)
        except Timeout:
            progress.stage(Stage.WAITING)
            progress.check()


def take_turn(locks: Path, lane: str) -> AbstractContextManager[object]:
    """Return the lane as one's own for a block. Raises Timeout when another process has it."""
    lock = FileLock(locks / f"lane-{lane}")
    try:
        return lock.acquire(timeout=TURN_SECONDS, poll_interval=TURN_SECONDS / 4)
    except Timeout:
        raise
    except OSError as error:
        raise unwritable(error, locks) from error
