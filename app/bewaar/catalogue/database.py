"""One sqlite connection behind a lock, with errors in our own words."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bewaar.errors import HomeFull, HomeUnwritable, InvalidValue


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
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

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
        except sqlite3.OperationalError as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            folder = str(self._file.parent)
            if "full" in str(error):
                raise HomeFull(folder=folder, needed=None, free=0) from error
            raise HomeUnwritable(folder=folder, reason=str(error)) from error
