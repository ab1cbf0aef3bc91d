"""Opening the catalogue's database: new, known, older, newer, damaged.

An older schema is copied before it is migrated; a newer one is refused and left alone; a damaged
one is set aside, never deleted, because the truth lies at the destinations.
"""

import logging
import re
import shutil
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from bewaar.catalogue.database import failure
from bewaar.errors import CatalogueNewer
from bewaar.paths import unwritable

LOG = logging.getLogger(__name__)
BUSY_SECONDS = 15.0


def open_database(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Return the ready database, and where a damaged one was set aside (None: it was sound).

    Raises CatalogueNewer, CatalogueBusy, HomeUnwritable, HomeFull.
    """
    try:
        return _open_patiently(path), None
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not _unreadable(path):
            raise failure(error, path) from error
        return _open_afresh(path)


def _open_patiently(path: Path) -> sqlite3.Connection:
    """Open it; what seems damaged is looked at again, since a disk may fail once.

    Raises DatabaseError when it is damaged, OperationalError when its disk cannot be read.
    """
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        LOG.warning("%s seems damaged", path, exc_info=True)
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        _read_all(path)
        raise


def _open_afresh(path: Path) -> tuple[sqlite3.Connection, Path]:
    try:
        aside = _set_aside(path)
        return _open(path), aside
    except sqlite3.Error as error:
        raise failure(error, path) from error
    except OSError as error:
        raise unwritable(error, path.parent) from error


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        _check(database)
        _migrate(database, path)
    except BaseException:
        database.close()
        raise
    database.row_factory = sqlite3.Row
    return database


def _check(database: sqlite3.Connection) -> None:
    """Raise DatabaseError when it is damaged, also in what nothing asks for today."""
    if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("integrity_check")


def _read_all(path: Path) -> None:
    """Raise OperationalError when its disk cannot be read: SQLite tells of both alike."""
    for part in (path, path.with_name(f"{path.name}-wal")):
        try:
            part.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from error


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    steps = migrations()
    version = _version(database)
    if version > len(steps):
        raise CatalogueNewer(version=version, supported=len(steps))
    if 0 < version < len(steps):
        _copy(database, path.with_name(f"{path.name}.before-{version + 1}"))
    for number, script in enumerate(steps, start=1):
        _step(database, number, script)


def _step(database: sqlite3.Connection, number: int, script: str) -> None:
    """Take one step, unless another process that started at the same time has just taken it."""
    if _version(database) >= number:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        if _version(database) < number:
            for statement in statements(script):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _copy(database: sqlite3.Connection, to: Path) -> None:
    target = sqlite3.connect(to)
    try:
        database.backup(target)
    finally:
        target.close()


def migrations() -> list[str]:
    """Return the schema's steps in order, each one SQL script."""
    folder = resources.files(__package__) / "migrations"
    names = sorted(f.name for f in folder.iterdir() if re.fullmatch(r"\d{4}\.sql", f.name))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def _unreadable(path: Path) -> bool:
    """Whether the file is there but is no database (a locked or full disk is something else)."""
    try:
        return path.is_file() and path.read_bytes()[:16] not in (b"SQLite format 3\x00", b"")
    except OSError:
        return False


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            shutil.move(part, aside.with_name(aside.name + ending))
    return aside
