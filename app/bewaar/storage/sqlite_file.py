"""A SQLite database of live books: recognised, looked into, hashed; never written.

In write-ahead mode (a log, `-wal`, beside it) even a reader writes: to the lock board (`-shm`),
which it makes when there is none and leaves behind. So nothing here opens one that way without
need.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bewaar.databases import uri_of
from bewaar.progress import SILENT, Progress
from bewaar.storage.copying import digest
from bewaar.storage.edges import unreadable
from bewaar.storage.entry import LOCK_BOARD, Entry, companions, entry_of
from bewaar.storage.turns import turn

MAGIC = b"SQLite format 3\0"

# A view or trigger written for a newer SQLite than ours is no damage. Writes nothing by itself.
LENIENT = "PRAGMA writable_schema=ON"

# A pipe without a writer would never open.
_PROMPT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | _PROMPT
SMALLEST = 512  # bytes: one page
_WRITE_VERSION = 18  # offset in the header: 1 = rollback journal, 2 = write-ahead log
_GLANCE = 0.5  # seconds to wait for a lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A file of a live database as it lay on the disk."""

    entry: Entry
    digest: str


def is_database(path: Path | str, size: int) -> bool:
    """Return whether a file is a SQLite database, by its first bytes, whatever its name.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy.
    """
    return size >= SMALLEST and first_bytes(path, len(MAGIC)) == MAGIC


def keeps_log(path: Path) -> bool:
    """Return whether the database is in write-ahead mode, where opening it writes beside it.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy.
    """
    log = beside(path, "-wal")
    if log.exists() and log.stat().st_size:
        return True
    return first_bytes(path, _WRITE_VERSION + 1)[_WRITE_VERSION:] == b"\x02"


def in_use(path: Path) -> bool:
    """Return whether a database in write-ahead mode is open somewhere, or was when it crashed."""
    return beside(path, LOCK_BOARD).exists()


def beside(path: Path, ending: str) -> Path:
    """Return what SQLite calls the companion of a file: where a link leads, not where it lies."""
    return Path(os.path.realpath(path) + ending)


def files(main: Entry) -> tuple[Entry, ...]:
    """Return the database's file as it is now, and its log and journal unless they are empty."""
    now = entry_of(main.path, main.local, main.local.stat(), part=main.part)
    return (now, *(each for each in companions(main.path, main.local) if each.size))


def raws(main: Entry, progress: Progress = SILENT) -> tuple[Raw, ...]:
    """Return those files with their hashes, whoever writes meanwhile; the caller has the turn.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy, Cancelled.
    """
    return tuple(Raw(entry=each, digest=digest(each.local, progress)) for each in files(main))


def connect(path: Path, how: str, *, wait: float) -> sqlite3.Connection:
    """Open a database file, with SQLite's URI parameters and seconds to wait for locks."""
    uri = f"{uri_of(beside(path, ''))}?{how}"
    return sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)


@contextmanager
def glance(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a live database to read a name or a lock in it, without writing anything.

    What is read may be a moment old, so it is never for copies. Raises sqlite3.Error, OSError,
    SourceUnreadable, SourceBusy.
    """
    how = "mode=ro"
    if keeps_log(path):
        how += "&readonly_shm=1" if in_use(path) else "&immutable=1"
    with closing(connect(path, how, wait=_GLANCE)) as connection:
        yield connection


def first_bytes(path: Path | str, count: int) -> bytes:
    """Return how a file that may be a live database begins.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy.
    """
    try:
        with turn(path):
            handle = os.open(path, _READ)
            try:
                return os.read(handle, count)
            finally:
                os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(Path(path), error) from error
