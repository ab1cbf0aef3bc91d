"""The files of an administration, one by one, as the operating system describes them.

Facts only: names, sizes, times. Nothing here opens a file.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bewaar.files import openable, reachable
from bewaar.storage.edges import unreadable

COMPANIONS = ("-wal", "-journal")  # of a SQLite database: what is not yet, or no more, in it
LOCK_BOARD = "-shm"  # of a SQLite database: who reads and writes; no data

Identity = tuple[int, int]  # device and inode


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of an administration."""

    path: str  # relative to the place, `/` between names
    where: str  # on this disk, as text: there are thousands, and few are opened
    size: int
    mtime_ns: int
    on_disk: int = field(compare=False)  # bytes it takes there: fewer than `size` with holes
    part: str = ""
    beside: bool = False  # no file of the place itself; belongs to it only if it is SQLite's

    @property
    def local(self) -> Path:
        """Where it lies on this disk."""
        return Path(self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something below the place that is no file."""

    path: str
    kind: str  # "loop", "socket", "fifo", "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All that lies at a place, each list sorted."""

    files: tuple[Entry, ...]
    folders: tuple[str, ...] = ()  # the empty ones
    skipped: tuple[Skipped, ...] = ()
    markers: tuple[Path, ...] = ()  # lock files; of a folder only


def listing(folder: Path) -> list[os.DirEntry[str]]:
    """Return a folder's entries, none when it is gone. Raises SourceUnreadable."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable(folder, error) from error


def status_of(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return what a name stands for, through links; None when it is gone by now.

    Raises SourceUnreadable, also for a link that leads nowhere.
    """
    try:
        # Not entry.stat(): Windows remembers old sizes and no inode there.
        return os.stat(openable(entry.path))  # noqa: PTH116 - a Path costs more than the call
    except OSError as error:
        path = reachable(Path(entry.path))
        if isinstance(error, FileNotFoundError) and not path.is_symlink():
            return None
        raise unreadable(path, error) from error


def companions(path: str, local: Path) -> Iterator[Entry]:
    """Yield what SQLite keeps beside a file: where a link leads, not where it lies."""
    real = os.path.realpath(local)
    for ending in COMPANIONS:
        companion = Path(real + ending)
        try:
            yield entry_of(path + ending, companion, companion.stat(), beside=True)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise unreadable(companion, error) from error


def entry_of(
    path: str, local: Path | str, status: os.stat_result, *, part: str = "", beside: bool = False
) -> Entry:
    blocks = getattr(status, "st_blocks", None)  # of 512 bytes; Windows does not say
    return Entry(
        path=path,
        where=str(local),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        on_disk=status.st_size if blocks is None else min(status.st_size, blocks * 512),
        part=part,
        beside=beside,
    )


def identity_of(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def kind_of(status: os.stat_result) -> str:
    if stat.S_ISSOCK(status.st_mode):
        return "socket"
    return "fifo" if stat.S_ISFIFO(status.st_mode) else "device"
