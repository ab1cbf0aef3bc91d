"""Private folders for copies in the making, in Bewaar's own home.

Each lives as long as the block that uses it and holds a lock beside it. What a process that was
killed left there are whole copies of somebody's books: the next start removes them.
"""

import logging
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from bewaar.files import remove_tree
from bewaar.paths import unwritable

LOG = logging.getLogger(__name__)
LOCK = ".lock"


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a private empty folder and remove it with all that is in it afterwards.

    Raises HomeFull, HomeUnwritable.
    """
    folder = parent / f"work-{uuid.uuid4().hex}"
    lock = FileLock(f"{folder}{LOCK}")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        folder.mkdir()
    except OSError as error:
        _let_go(lock)
        raise unwritable(error, parent) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _let_go(lock)


def sweep(parent: Path) -> None:
    """Remove the folders whose processes are gone; what cannot be removed now stays."""
    names = {path.name.removesuffix(LOCK) for path in parent.glob("work-*")}
    for name in sorted(names):
        lock = FileLock(parent / f"{name}{LOCK}")
        try:
            lock.acquire(timeout=0)
        except OSError:  # it lives, or nobody can tell
            continue
        try:
            remove_tree(parent / name)
        except OSError as error:
            LOG.warning("%s cannot be removed: %s", name, error)
        _let_go(lock)


def _let_go(lock: FileLock) -> None:
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
