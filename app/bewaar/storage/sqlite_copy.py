"""Consistent copies of SQLite databases that somebody may be using.

A database in use is copied by SQLite itself (the online backup), which waits for its turn. Where
opening one would write beside it (a crash left a log or half a transaction there, or it keeps a
log and nobody has it open) its files are copied as they lie, compared once more, and the *copy*
is recovered. So a database is copied as files only while it provably stands still.

One gap is left: when a program writes, and closes a database with a log in the very moment before
it is opened here, an empty log and a lock board stay beside it. They hold nothing and do no harm.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bewaar.errors import (
    BewaarError,
    HomeFull,
    HomeUnwritable,
    SourceBusy,
    SourceDamaged,
    SourceUnreadable,
)
from bewaar.files import free_space
from bewaar.storage.copying import copy as copy_file
from bewaar.storage.edges import shown, unwritable
from bewaar.storage.entry import COMPANIONS, Entry
from bewaar.storage.meter import Meter
from bewaar.storage.sqlite_file import LENIENT, Raw, beside, connect, files, in_use, keeps_log, raws
from bewaar.storage.turns import turn

ONLINE, AS_FILES = "sqlite-backup", "copy"  # how a copy was taken

_STEP = 8 << 20  # bytes copied between two looks whether to stop
_PAUSE = 0.05  # seconds between two attempts
_LOCK_WAIT = 0.3  # seconds SQLite waits by itself in one attempt, deaf to who wants to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A consistent copy of a database."""

    raws: tuple[Raw, ...]  # the live files, before or while it was taken: never after
    method: str


def take(main: Entry, copy: Path, meter: Meter, *, deadline: float) -> Taken:
    """Make `copy` a consistent copy of the database, in one file, within so many seconds.

    Raises FileNotFoundError, SourceBusy, SourceDamaged, SourceUnreadable, HomeFull,
    HomeUnwritable, Cancelled.
    """
    until = time.monotonic() + deadline
    while True:
        meter.progress.check()
        if taken := _attempt(main, copy, meter):
            return taken
        if time.monotonic() > until:
            raise SourceBusy(place=shown(main.local), path=shown(main.path))
        time.sleep(_PAUSE)


class _NotByOpening(Exception):
    """It must not be opened (a crash left half a transaction), or cannot (its path is too long)."""


def _attempt(main: Entry, copy: Path, meter: Meter) -> Taken | None:
    """Take the copy; None when somebody wrote, or holds a lock."""
    if not keeps_log(main.local):
        try:
            return _online(main, copy, meter)
        except _NotByOpening:
            return _as_files(main, copy, meter)
    still = _as_files(main, copy, meter)
    if still or not in_use(main.local):
        return still
    with suppress(_NotByOpening):
        return _online(main, copy, meter)
    return None


# ── By SQLite ───────────────────────────────────────────────────────────────────────────────


def _online(main: Entry, copy: Path, meter: Meter) -> Taken | None:
    _clear(copy)
    with turn(main.local, meter.progress), _translated(main, copy):
        # Hashed first: then any write from here on makes the books count as changed.
        before = raws(main, meter.progress)
        with closing(_opened(main)) as live:
            if not _begin(live):
                return None
            _copy_pages(live, copy, meter)
    _make_plain(main, copy)
    return Taken(raws=before, method=ONLINE)


def _opened(main: Entry) -> sqlite3.Connection:
    try:
        return connect(main.local, "mode=ro", wait=_LOCK_WAIT)
    except sqlite3.OperationalError as error:
        if _code(error) == sqlite3.SQLITE_CANTOPEN:
            raise _NotByOpening from error
        raise


def _begin(live: sqlite3.Connection) -> bool:
    """Hold one instant of the database for the whole copy; False when it is locked."""
    try:
        live.execute("BEGIN")
        live.execute("PRAGMA schema_version").fetchone()  # the first read takes the lock
    except sqlite3.OperationalError as error:
        if _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return False
        if _code(error) == sqlite3.SQLITE_READONLY:
            raise _NotByOpening from error
        raise
    return True


def _copy_pages(live: sqlite3.Connection, copy: Path, meter: Meter) -> None:
    page: int = live.execute("PRAGMA page_size").fetchone()[0]
    done = 0

    def stepped(_status: int, remaining: int, total: int) -> None:
        nonlocal done
        meter.add(page * (total - remaining) - done)
        done = page * (total - remaining)

    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous=OFF")
        live.backup(target, pages=max(1, _STEP // page), progress=stepped)


# ── As files ────────────────────────────────────────────────────────────────────────────────


def _as_files(main: Entry, copy: Path, meter: Meter) -> Taken | None:
    """Copy a database that stands still; None when it did not after all.

    Equal at two readings means: this is how the files lay between the two, at one instant.
    """
    _clear(copy)
    try:
        with turn(main.local, meter.progress):
            copied = tuple(_copy_file(main, file, copy, meter) for file in files(main))
            if raws(main, meter.progress) != copied:
                return None
    except FileNotFoundError:
        return None
    _make_plain(main, copy)
    return Taken(raws=copied, method=AS_FILES)


def _copy_file(main: Entry, file: Entry, copy: Path, meter: Meter) -> Raw:
    ending = file.path.removeprefix(main.path)
    return Raw(entry=file, digest=copy_file(file.local, beside(copy, ending), meter))


# ── Either way ──────────────────────────────────────────────────────────────────────────────


def _clear(copy: Path) -> None:
    """Make the copy an empty file. Raises HomeFull, HomeUnwritable."""
    try:
        for ending in COMPANIONS:
            beside(copy, ending).unlink(missing_ok=True)
        copy.write_bytes(b"")
    except OSError as error:
        raise unwritable(copy, error) from error


def _make_plain(main: Entry, copy: Path) -> None:
    """Bring into the copy what lies beside it, so that it is one file and depends on nothing."""
    with _translated(main, copy), closing(sqlite3.connect(copy, isolation_level=None)) as plain:
        plain.execute(LENIENT)
        plain.execute("PRAGMA schema_version").fetchone()  # the first read rolls back or recovers
        plain.execute("PRAGMA journal_mode=DELETE").fetchone()
    for ending in COMPANIONS:
        beside(copy, ending).unlink(missing_ok=True)


@contextmanager
def _translated(main: Entry, copy: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error, main, copy) from error


def _meaning(error: sqlite3.Error, main: Entry, copy: Path) -> BewaarError:
    """Return what SQLite's error means: about the source, or about the copy."""
    name = getattr(error, "sqlite_errorname", "")
    match _code(error):
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return SourceDamaged(path=shown(main.path), detail=str(error))
        case sqlite3.SQLITE_FULL:
            return HomeFull(folder=str(copy.parent), needed=None, free=free_space(copy.parent))
        case sqlite3.SQLITE_IOERR if "READ" not in name:
            return HomeUnwritable(folder=str(copy.parent), reason=str(error))
        case _:
            return SourceUnreadable(path=shown(main.path), reason=str(error))


def _code(error: sqlite3.Error) -> int:
    """Return the primary one of SQLite's codes; -1 when the error is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF
