"""One sqlite connection behind a lock, with errors in our own words."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

from bewaar.errors import BewaarError, CatalogueBusy, CatalogueDamaged, InvalidValue
from bewaar.paths import unwritable


class Database:
    """One sqlite connection, used by one thread at a time, with our own errors."""

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        """Take over the open connection."""
        self._connection = connection
        self._file = file
        self._lock = threading.RLock()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: all of it happens, or none. Blocks may nest."""
        with self._lock, self._ours():
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._undo()
                raise

    def rows(self, sql: str, values: Iterable[object] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock, self._ours():
            return self._connection.execute(sql, tuple(values)).fetchall()

    def close(self) -> None:
        """Close the connection; later calls fail."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _ours(self) -> Iterator[None]:
        try:
            yield
        except UnicodeError as error:
            raise InvalidValue(field="text", value="") from error
        except sqlite3.IntegrityError:  # our own mistake, and nothing the user could mend
            raise
        except sqlite3.Error as error:
            raise failure(error, self._file) from error

    def _undo(self) -> None:
        # SQLite may have undone it by itself: on a full disk it does.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def failure(error: sqlite3.Error, file: Path) -> BewaarError:
    """Return what SQLite's error about the catalogue means to the user."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return CatalogueBusy(file=str(file))
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return CatalogueDamaged(file=str(file), detail=str(error))
    full = OSError(ENOSPC, str(error)) if code == sqlite3.SQLITE_FULL else None
    return unwritable(full, file.parent, reason=str(error))
