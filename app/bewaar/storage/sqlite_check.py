"""Checks and counts of SQLite databases at rest: snapshots, and what came out of a backup.

A sort order or a function that only its own program knows does not make a database damaged: it is
stood in for, and what depends on it is not judged. A view for a newer SQLite is passed over.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bewaar.databases import open_at_rest
from bewaar.errors import Cancelled, SourceDamaged
from bewaar.progress import SILENT, Progress
from bewaar.storage.sqlite_file import LENIENT

_STRANGE = re.compile(r"(?P<order>no such collation sequence): (?P<name>.+)|function: (\w+)")
_ABOUT_ORDER = re.compile(r"missing from index|out of order|non-unique entry|wrong # of entries")
_STEPS = 100_000  # of SQLite's machine between two looks whether to stop
_FINDINGS = 1000  # broken references are counted up to here
_STRANGERS = 100  # sort orders and functions stood in for, at most


def inspect(
    file: Path, name: str, progress: Progress = SILENT, *, thorough: bool
) -> dict[str, int]:
    """Check a database and return its rows by "name/table".

    `thorough` also compares indexes with tables and tells broken references as a note. A table
    that cannot be counted without its program is left out. Raises SourceDamaged, Cancelled.
    """
    with closing(_Database(file, name, progress)) as database:
        database.check(thorough=thorough)
        if thorough:
            database.tell_broken_references()
        return {f"{name}/{table}": rows for table, rows in database.counts()}


class _Database:
    """One database that nobody else has open."""

    def __init__(self, file: Path, name: str, progress: Progress) -> None:
        """Open it as it lies; nothing is written, not even beside it."""
        self._name = name
        self._progress = progress
        self._stopped: Cancelled | None = None
        self._strange = False
        try:
            self._connection = open_at_rest(file)
        except (OSError, sqlite3.Error) as error:
            raise SourceDamaged(path=name, detail=str(error)) from error
        self._connection.set_progress_handler(self._stop, _STEPS)
        self._connection.text_factory = lambda name: name.decode("utf-8", "replace")
        self._connection.execute(LENIENT)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def check(self, *, thorough: bool) -> None:
        """Raise SourceDamaged unless the database is sound."""
        self._ask("SELECT count(*) FROM sqlite_master")
        try:
            finding = self._finding("integrity_check" if thorough else "quick_check")
            if self._strange and thorough:
                finding = self._finding("quick_check")
        except sqlite3.OperationalError as error:
            self._progress.note("database.unchecked", path=self._name, reason=str(error))
            return
        if finding != "ok" and not (self._strange and _ABOUT_ORDER.search(finding)):
            raise SourceDamaged(path=self._name, detail=finding)

    def tell_broken_references(self) -> None:
        """Note how many rows refer to rows that are not there; that is a finding, no damage."""
        try:
            rows = len(self._ask("PRAGMA foreign_key_check", at_most=_FINDINGS))
        except sqlite3.OperationalError:
            return  # a reference to a table or column that does not exist: no rows to count
        if rows:
            self._progress.note("database.references", path=self._name, n=rows)

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield the tables with their rows."""
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        for (table,) in sorted(self._ask(tables)):
            quoted = str(table).replace('"', '""')
            try:
                ((rows,),) = self._ask(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 - quoted
            except sqlite3.OperationalError:
                continue  # a virtual table of a module that is not here
            yield str(table), int(rows)

    def _finding(self, check: str) -> str:
        ((finding,),) = self._ask(f"PRAGMA {check}(1)")
        return str(finding)

    def _ask(self, sql: str, *, at_most: int = 1_000_000) -> list[tuple[str | int, ...]]:
        for _ in range(_STRANGERS):
            try:
                return self._connection.execute(sql).fetchmany(at_most)
            except sqlite3.DatabaseError as error:
                if self._stopped:
                    raise self._stopped from error
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                    raise SourceDamaged(path=self._name, detail=str(error)) from error
                if not self._stand_in(str(error)):
                    raise
        raise sqlite3.OperationalError(sql)

    def _stand_in(self, complaint: str) -> bool:
        """Stand in for what the complaint misses, and say whether there was such a thing."""
        missing = _STRANGE.search(complaint)
        if missing is None:
            return False
        self._strange = True
        if missing["order"]:
            self._connection.create_collation(missing["name"], lambda a, b: (a > b) - (a < b))
        else:
            self._connection.create_function(missing[3], -1, lambda *_: None, deterministic=True)
        return True

    def _stop(self) -> int:
        """Answer SQLite whether to stop; an exception cannot pass through it."""
        try:
            self._progress.check()
        except Cancelled as stopped:
            self._stopped = stopped
        return int(self._stopped is not None)
