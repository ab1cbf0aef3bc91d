"""MariaDB: a dump of one instant, that counts only when it says that it is complete.

Its rows are counted in the dump itself: the server can show no second look at the same instant.
A database has no name that could be changed; its tables are moved, all of them in one statement.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from bewaar.errors import (
    DatabaseInUse,
    DatabaseMissing,
    DatabaseNameUnfit,
    DatabaseTaken,
    DatabaseUnmovable,
    DumpIncomplete,
)
from bewaar.progress import SILENT, Progress
from bewaar.servers.base import Dumped, Session, Sessions
from bewaar.servers.connection import Connection
from bewaar.servers.mariadb_asking import Asking, names_of, quoted, rows_of
from bewaar.servers.mariadb_dump import Shape, Tools

if TYPE_CHECKING:
    from pymysql.cursors import Cursor

_OWN = ("information_schema", "mysql", "performance_schema", "sys")
_ATOMIC = (10, 6)  # from here on a rename of many tables is done or not done, whatever happens
_LOOKS = 6  # whether the second is over in which the last row was written
_BETWEEN = 0.25  # seconds

_TABLES = """
    SELECT table_name, table_type, coalesce(transactions, '') = 'YES'
    FROM information_schema.tables LEFT JOIN information_schema.engines USING (engine)
    WHERE table_schema = %s AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
    ORDER BY table_name
"""
_WRITTEN = """
    SELECT now(), update_time, table_name, table_type, engine, create_time, table_rows
    FROM information_schema.tables WHERE table_schema = %s ORDER BY table_name
"""
_UNMOVABLE = """
    SELECT table_name FROM information_schema.views WHERE table_schema = %s
    UNION SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = %s
    UNION SELECT routine_name FROM information_schema.routines WHERE routine_schema = %s
    UNION SELECT event_name FROM information_schema.events WHERE event_schema = %s
"""
_MOVED = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = %s AND table_type <> 'VIEW' ORDER BY table_name
"""
_ANY_TABLE = "SELECT 1 FROM information_schema.tables WHERE table_schema = %s LIMIT 1"
_SORTED = """
    SELECT default_character_set_name, default_collation_name
    FROM information_schema.schemata WHERE schema_name = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MariaDb:
    """One server; see `DatabaseServer` for the promises."""

    connection: Connection
    password: str | None = field(default=None, repr=False)

    @property
    def _asking(self) -> Asking:
        return Asking(connection=self.connection, password=self.password)

    @property
    def _tools(self) -> Tools:
        return Tools(asking=self._asking)

    # ── Looking ─────────────────────────────────────────────────────────────────────────────

    def databases(self) -> tuple[str, ...]:
        """Return the databases this user may see, but the server's own."""
        with self._asking.cursor() as cursor:
            names = names_of(cursor, "SHOW DATABASES")
        return tuple(sorted(name for name in names if name.casefold() not in _OWN))

    def version(self) -> str:
        """Return the server's version."""
        with self._asking.cursor() as cursor:
            return names_of(cursor, "SELECT version()")[0].partition("-")[0]

    def exists(self, database: str) -> bool:
        """Return whether there is a database of that name."""
        with self._asking.cursor() as cursor:
            question = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
            return bool(rows_of(cursor, question, database))

    def size(self, database: str) -> int:
        """Return how many bytes its tables take, as the server guesses."""
        with self._asking.cursor(database) as cursor:
            question = "SELECT sum(data_length) FROM information_schema.tables"
            ((size,),) = rows_of(cursor, f"{question} WHERE table_schema = %s", database)
        return int(size or 0)

    def sessions(self, database: str) -> Sessions:
        """Return who else is connected; without a right of its own a user sees only itself."""
        with self._asking.cursor() as cursor:
            question = "SELECT user, host FROM information_schema.processlist"
            mine = f"{question} WHERE db = %s AND id <> connection_id()"
            rows = rows_of(cursor, mine, database)
            grants = names_of(cursor, "SHOW GRANTS")
        found = (Session(user=user, computer=host.partition(":")[0]) for user, host in rows)
        whole = any("ON *.*" in each and _sees_all(each) for each in grants)
        return Sessions(found=tuple(found), whole=whole)

    def tables(self, database: str) -> tuple[str, ...]:
        """Return its tables."""
        with self._asking.cursor(database) as cursor:
            return tuple(names_of(cursor, _TABLES, database))

    def bare(self, database: str) -> bool:
        """Return whether there is no table, view, trigger, routine or event in it."""
        with self._asking.cursor(database) as cursor:
            tables = rows_of(cursor, _ANY_TABLE, database)
            return not tables and not names_of(cursor, _UNMOVABLE, *[database] * 4)

    def mark(self, database: str) -> str:
        """Return the mark of when each table was last written, and about how much it holds.

        The server remembers the second. So that second is waited for to pass; in books that are
        written all the time it does not, and the mark is then like no other.
        """
        for _ in range(_LOOKS):
            with self._asking.cursor(database) as cursor:
                rows = rows_of(cursor, _WRITTEN, database)
            times: list[datetime] = [row[1] for row in rows if row[1]]
            if not rows or not times or max(times) < rows[0][0]:
                break
            time.sleep(_BETWEEN)
        else:
            return blake3(repr((time.time_ns(), rows)).encode()).hexdigest()
        return blake3(repr([row[1:] for row in rows]).encode()).hexdigest()

    def content(self, database: str, progress: Progress = SILENT) -> str:
        """Return the mark of a dump that is read and never written."""
        with self._nameable(database):
            return self._tools.content(database, self._shape(database), progress).mark

    def rows(self, database: str, progress: Progress = SILENT) -> Mapping[str, int]:
        """Count the rows of each table in one transaction."""
        rows = {}
        with self._asking.cursor(database) as cursor:
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            for name, kind, _ in rows_of(cursor, _TABLES, database):
                progress.check()
                past = " FOR SYSTEM_TIME ALL" if kind == "SYSTEM VERSIONED" else ""
                question = f"SELECT count(*) FROM {quoted(name)}{past}"  # noqa: S608 - quoted
                ((rows[name],),) = rows_of(cursor, question)
        return rows

    # ── Dumping and loading ─────────────────────────────────────────────────────────────────

    def try_folder(self) -> None:
        """Do nothing: its tools write here."""

    def dump(self, database: str, to: Path, progress: Progress = SILENT) -> Dumped:
        """Dump in one transaction, or with all tables locked where some know none."""
        before = self.tables(database)
        with self._nameable(database):
            dumped = self._tools.dump(
                database, self._shape(database), to, self.size(database), progress
            )
        missing = {*before} & {*self.tables(database)} - dumped.found.rows.keys()
        if missing:
            raise DumpIncomplete(database=database, detail=f"no table {min(missing)}")
        return dumped

    def create(self, database: str, like: str = "") -> None:
        """Make an empty database, with the letters and the sort order of another."""
        with self._asking.cursor(about=database) as cursor:
            _create(cursor, database, like)

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Load a dump statement by statement; the first that fails is the last."""
        self._tools.load(database, dump, progress)

    @contextmanager
    def _nameable(self, database: str) -> Iterator[None]:
        """Tell a database that is missing from one whose name its own tool spoils.

        It quotes the name twice where it asks for events: seen in 10.11.
        """
        try:
            yield
        except DatabaseMissing as missing:
            if self.exists(database):
                raise DatabaseNameUnfit(tool="mariadb-dump", database=database) from missing
            raise

    def _shape(self, database: str) -> Shape:
        """Return how to dump it. Raises SourceBusy when somebody keeps a table locked.

        The tool itself would wait for a day.
        """
        with self._asking.cursor(database) as cursor:
            rows = rows_of(cursor, _TABLES, database)
            for name, _, _ in rows:
                cursor.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 0")  # noqa: S608 - quoted
        return Shape(
            locked=not all(transactions for _, _, transactions in rows),
            history=any(kind == "SYSTEM VERSIONED" for _, kind, _ in rows),
        )

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def drop(self, database: str) -> None:
        """Remove a database nobody is connected to."""
        self._refuse_in_use(database)
        with self._asking.cursor(about=database) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted(database)}")

    def unmovable(self, database: str) -> tuple[str, ...]:
        """Return the views, triggers, routines and events; and an old server's version."""
        with self._asking.cursor(database) as cursor:
            found = names_of(cursor, _UNMOVABLE, *[database] * 4)
        version = self.version()
        numbers = tuple(int(number) for number in version.split(".")[:2])
        return tuple(sorted(found)) if numbers >= _ATOMIC else (*found, f"MariaDB {version}")

    def rename(self, database: str, to: str) -> None:
        """Move all tables to a new database."""
        self._check_movable(database)
        with self._asking.cursor(about=to) as cursor, self._made(cursor, to):
            self._move(cursor, (database, to))
            self._drop_empty(cursor, database)

    def swap(self, database: str, incoming: str, kept: str) -> None:
        """Move the tables of both in one statement."""
        self._check_movable(database, incoming)
        with self._asking.cursor(about=kept) as cursor, self._made(cursor, kept):
            self._move(cursor, (database, kept), (incoming, database))
            self._drop_empty(cursor, incoming)

    def _check_movable(self, *databases: str) -> None:
        for name in databases:
            self._refuse_in_use(name)
            if found := self.unmovable(name):
                raise DatabaseUnmovable(database=name, what=", ".join(found[:5]))

    @contextmanager
    def _made(self, cursor: "Cursor", database: str) -> Iterator[None]:
        """Make a database to move tables to, and remove it when none came."""
        if self.exists(database):
            raise DatabaseTaken(server=self.connection.server, database=database)
        _create(cursor, database, self.connection.database)
        try:
            yield
        except BaseException:
            self._drop_empty(cursor, database)
            raise

    def _move(self, cursor: "Cursor", *pairs: tuple[str, str]) -> None:
        moves = [
            f"{quoted(old)}.{quoted(table)} TO {quoted(new)}.{quoted(table)}"
            for old, new in pairs
            for table in names_of(cursor, _MOVED, old)
        ]
        if moves:
            cursor.execute("RENAME TABLE " + ", ".join(moves))

    def _drop_empty(self, cursor: "Cursor", database: str) -> None:
        if not rows_of(cursor, _ANY_TABLE, database):
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted(database)}")

    def _refuse_in_use(self, database: str) -> None:
        if found := self.sessions(database).found:
            server, who = self.connection.server, found[0].user
            raise DatabaseInUse(server=server, database=database, who=who)


def _create(cursor: "Cursor", database: str, like: str) -> None:
    """Make a database with the letters and the sort order of another, where that is there."""
    known = rows_of(cursor, _SORTED, like)
    words = "CHARACTER SET {} COLLATE {}".format(*known[0]) if known else ""
    cursor.execute(f"CREATE DATABASE {quoted(database)} {words}")


def _sees_all(grant: str) -> bool:
    return "ALL PRIVILEGES" in grant or "PROCESS" in grant
