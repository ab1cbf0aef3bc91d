"""PostgreSQL: rows and dump of one and the same instant, through an exported snapshot.

A dump counts only when reading it back gives the rows that were counted beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from bewaar.errors import (
    DatabaseInUse,
    DumpIncomplete,
    ServerFailed,
    ServerRights,
    SourceBusy,
)
from bewaar.progress import SILENT, Progress
from bewaar.servers import postgresql_likeness as likeness
from bewaar.servers.base import Dumped, Session, Sessions
from bewaar.servers.connection import Connection
from bewaar.servers.postgresql_asking import APP, Asking, one
from bewaar.servers.postgresql_dump import Tools
from bewaar.servers.postgresql_script import named

if TYPE_CHECKING:
    import psycopg

_TRIES = 4  # until it is said that the books are busy, and then once more
_TABLES: LiteralString = """
    SELECT n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname, c.relname
"""
# A table that is emptied as a whole counts nothing and gets another file: so that is in it too.
_MARK: LiteralString = """
    SELECT md5(coalesce(string_agg(concat_ws(' ', s.relid, s.schemaname, s.relname,
        c.relfilenode, c.relnatts, n_tup_ins, n_tup_upd, n_tup_del), E'\\n' ORDER BY s.relid), ''))
    FROM pg_stat_all_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE c.relpersistence <> 't' AND (s.relname = 'pg_largeobject'
        OR s.schemaname NOT LIKE 'pg\\_%' AND s.schemaname <> 'information_schema')
"""
_BARE: LiteralString = """
    WITH own AS (SELECT oid, nspname FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema')
    SELECT NOT EXISTS (SELECT FROM own WHERE nspname <> 'public')
        AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace IN (SELECT oid FROM own))
        AND NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own))
        AND NOT EXISTS (SELECT FROM pg_type WHERE typnamespace IN (SELECT oid FROM own))
        AND NOT EXISTS (SELECT FROM pg_largeobject_metadata)
"""
_SIZE: LiteralString = """
    SELECT coalesce(sum(pg_table_size(c.oid)), 0)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND (c.oid = 'pg_largeobject'::regclass
        OR n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')
"""
_SESSIONS: LiteralString = """
    SELECT coalesce(usename, ''), coalesce(client_hostname, host(client_addr), ''),
        coalesce(application_name, ''), backend_start
    FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid() AND application_name IS DISTINCT FROM %s
      AND backend_type = 'client backend'
    ORDER BY backend_start
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSql:
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
        """Return the databases one can connect to, but the server's own."""
        with self._asking.gate() as connected:
            rows = connected.execute(
                "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate "
                "AND datname <> 'postgres' ORDER BY datname"
            )
            return tuple(name for (name,) in rows)

    def version(self) -> str:
        """Return the server's version."""
        with self._asking.gate() as connected:
            return str(one(connected, "SHOW server_version")).partition(" ")[0]

    def exists(self, database: str) -> bool:
        """Return whether there is a database of that name."""
        with self._asking.gate() as connected:
            question = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"
            return bool(one(connected, question, database))

    def size(self, database: str) -> int:
        """Return how many bytes its tables and large objects take, without indexes."""
        with self._asking.database(database) as connected:
            return int(one(connected, _SIZE))

    def sessions(self, database: str) -> Sessions:
        """Return who else is connected; every user may see that there is somebody."""
        with self._asking.gate() as connected:
            rows = connected.execute(_SESSIONS, [database, APP]).fetchall()
        found = (
            Session(user=u, computer=c, program=p, since=s.astimezone(UTC) if s else None)
            for u, c, p, s in rows
        )
        return Sessions(found=tuple(found), whole=True)

    def tables(self, database: str) -> tuple[str, ...]:
        """Return the tables of all schemas."""
        with self._asking.database(database) as connected:
            return tuple(named(*table) for table in connected.execute(_TABLES))

    def bare(self, database: str) -> bool:
        """Return whether there is no schema, table, function or large object of its own in it."""
        with self._asking.database(database) as connected:
            return bool(one(connected, _BARE))

    def mark(self, database: str) -> str:
        """Return the mark of the counters that the server keeps of every table."""
        with self._asking.database(database) as connected:
            return str(one(connected, _MARK))

    def content(self, database: str, progress: Progress = SILENT) -> str:
        """Return the mark of a dump that is read and never written."""
        with self._asking.instant(database, self._named(database)) as connected:
            return self._tools.content(connected, progress).mark

    def rows(self, database: str, progress: Progress = SILENT) -> Mapping[str, int]:
        """Count the rows of each table at one instant."""
        tables = self._named(database)
        with self._asking.instant(database, tables) as connected:
            return _rows(connected, tables, progress)

    # ── Dumping and loading ─────────────────────────────────────────────────────────────────

    def try_folder(self) -> None:
        """Do nothing: its tools write here."""

    def dump(self, database: str, to: Path, progress: Progress = SILENT) -> Dumped:
        """Dump what an exported snapshot shows, and count the rows it shows."""
        for _ in range(_TRIES):
            try:
                return self._dump(database, to, progress)
            except SourceBusy:  # who waited for a table has had it now
                progress.check()
        return self._dump(database, to, progress)

    def _dump(self, database: str, to: Path, progress: Progress) -> Dumped:
        tables = self._named(database)
        with self._asking.instant(database, tables) as connected:
            # First the dump: whoever waits for a table keeps its tool waiting, too.
            dumped = self._tools.dump(connected, to, progress)
            rows = _rows(connected, tables, progress)
        found = dumped.found.rows
        different = sorted(name for name in rows if found.get(name) != rows[name])
        if different:
            raise DumpIncomplete(database=database, detail=f"rows of {different[0]}")
        return dumped

    def create(self, database: str, like: str = "") -> None:
        """Make an empty database, without what an administrator may have put into the template."""
        import psycopg
        from psycopg import sql

        with self._asking.gate() as connected, self._about(database):
            name, options = sql.Identifier(database), likeness.choices(connected, like)
            making = sql.SQL("CREATE DATABASE {} TEMPLATE template0{}")
            connected.execute(making.format(name, options))
            try:
                likeness.take_over(connected, database, like)
            except psycopg.Error:
                connected.execute(sql.SQL("DROP DATABASE {}").format(name))
                raise

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Load a dump in one transaction; where its owners are not known, without them."""
        major = int(self.version().partition(".")[0])
        try:
            self._tools.load(database, dump, major, progress)
        except (ServerFailed, ServerRights):
            without = ("--no-owner", "--no-privileges")
            self._tools.load(database, dump, major, progress, *without)
            progress.note("server.owners", database=database)

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def drop(self, database: str) -> None:
        """Remove a database nobody is connected to."""
        from psycopg import sql

        self._refuse_in_use(database)
        with self._asking.gate() as connected, self._about(database):
            connected.execute(
                sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database))
            )

    def unmovable(self, database: str) -> tuple[str, ...]:
        """Return nothing: a rename takes all along."""
        return ()

    def rename(self, database: str, to: str) -> None:
        """Rename a database nobody is connected to."""
        self._rename_all((database, to))

    def swap(self, database: str, incoming: str, kept: str) -> None:
        """Rename both in one transaction."""
        self._rename_all((database, kept), (incoming, database))

    def _rename_all(self, *pairs: tuple[str, str]) -> None:
        from psycopg import sql

        for name, _ in pairs:
            self._refuse_in_use(name)
        with self._asking.gate() as connected, connected.transaction():
            for old, new in pairs:
                names = sql.Identifier(old), sql.Identifier(new)
                with self._about(new):
                    connected.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    def _refuse_in_use(self, database: str) -> None:
        if found := self.sessions(database).found:
            raise DatabaseInUse(server=self.connection.server, database=database, who=found[0].user)

    def _named(self, database: str) -> list[tuple[str, str]]:
        """Return the tables by schema and name."""
        with self._asking.database(database) as connected:
            return [(schema, table) for schema, table in connected.execute(_TABLES)]

    @contextmanager
    def _about(self, database: str) -> Iterator[None]:
        """Let a failure inside be one of this database."""
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise self._asking.meant(error, database) from error


def _rows(
    connected: "psycopg.Connection[Any]", tables: Sequence[tuple[str, str]], progress: Progress
) -> dict[str, int]:
    from psycopg import sql

    rows = {}
    for table in tables:
        progress.check()
        question = sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(*table))
        ((rows[named(*table)],),) = connected.execute(question).fetchall()
    return rows
