"""Questions to a PostgreSQL server, and what its refusals mean.

Servers speak many languages, so a refusal is told by its code, and where there is none by what the
connection itself knows.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

from bewaar.errors import (
    BewaarError,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseTaken,
    ServerAway,
    ServerFailed,
    ServerPasswordNeeded,
    ServerRefused,
    ServerRights,
    SourceBusy,
)
from bewaar.servers.connection import Connection

if TYPE_CHECKING:
    import psycopg

APP = "bewaar"  # as which Bewaar and its tools show up in the server's list of sessions
PATIENCE = 10  # seconds for a server to answer at all
LOCKED = "3s"  # how long to wait for a table that somebody keeps locked

_ANSWERED = re.compile(r"failed: \S+:  ")  # the severity a server's own refusal begins with
_MEANINGS: dict[str, type[BewaarError]] = {  # by SQLSTATE, or the two letters of its class
    "08": ServerAway,
    "57": ServerAway,
    "3D000": DatabaseMissing,
    "40": SourceBusy,
    "42501": ServerRights,
    "42P01": SourceBusy,  # a table that was there a moment ago
    "42P04": DatabaseTaken,
    "55006": DatabaseInUse,
    "55P03": SourceBusy,
    "57014": SourceBusy,
}
_FACTS: dict[type[BewaarError], tuple[str, ...]] = {
    DatabaseInUse: ("server", "database", "who"),
    DatabaseMissing: ("server", "database"),
    DatabaseTaken: ("server", "database"),
    ServerAway: ("server", "reason"),
    ServerFailed: ("server", "reason"),
    ServerRights: ("server", "user", "reason"),
    SourceBusy: ("place", "path"),
}
_GATES = ("postgres", "template1")  # databases that every server has
_QUIET = f"-c lock_timeout={LOCKED} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A server, and who asks."""

    connection: Connection
    password: str | None = field(default=None, repr=False)

    @contextmanager
    def database(self, name: str) -> Iterator["psycopg.Connection[Any]"]:
        """Connect to a database; each statement is a transaction of its own."""
        import psycopg

        try:
            with self._connected(name) as connected:
                yield connected
        except psycopg.Error as error:
            raise self.meant(error, name) from error

    @contextmanager
    def gate(self) -> Iterator["psycopg.Connection[Any]"]:
        """Connect to the server, for what concerns no database in particular."""
        import psycopg

        try:
            with self._first_connected() as connected:
                yield connected
        except psycopg.Error as error:
            raise self.meant(error, self.connection.database) from error

    @contextmanager
    def instant(
        self, name: str, tables: Sequence[tuple[str, str]]
    ) -> Iterator["psycopg.Connection[Any]"]:
        """Connect to a database and see it as it is at this instant, as long as it takes.

        The tables, by schema and name, cannot be emptied or rebuilt meanwhile: who looks at an
        earlier instant would find them empty. So they are held before that instant is chosen.
        """
        from psycopg import sql

        with self.database(name) as connected:
            connected.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connected.execute("SET LOCAL row_security = off")  # all rows, or a refusal
            if tables:
                names = sql.SQL(", ").join(sql.SQL("ONLY ") + sql.Identifier(*t) for t in tables)
                connected.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
            yield connected
            connected.execute("COMMIT")

    def meant(self, error: "psycopg.Error", database: str) -> BewaarError:
        """Return what a failure means."""
        import psycopg

        state, said = error.sqlstate or "", first_line(error)
        if not state and isinstance(error, psycopg.OperationalError):
            return self._unconnected(error, database)
        kind = _MEANINGS.get(state) or _MEANINGS.get(state[:2]) or ServerFailed
        return self.failure(kind, said, database)

    def failure(self, kind: type[BewaarError], reason: str, database: str) -> BewaarError:
        """Return a failure of this server with what belongs to it."""
        known = self.connection
        facts = {"server": known.server, "user": known.user, "database": database, "who": "–"}
        facts |= {"reason": reason, "place": database, "path": reason}
        return kind(**{name: facts[name] for name in _FACTS[kind]})

    def _first_connected(self) -> "psycopg.Connection[Any]":
        """Connect to the first database there is; who is refused for its password is not asked."""
        import psycopg

        *gates, last = (*_GATES, self.connection.database)
        for name in gates:
            try:
                return self._connected(name)
            except psycopg.OperationalError as error:
                if _needs_password(error) or not _ANSWERED.search(str(error)):
                    raise self._unconnected(error) from error
        return self._connected(last)

    def _connected(self, name: str) -> "psycopg.Connection[Any]":
        import psycopg

        known = self.connection
        return psycopg.connect(
            host=known.host,
            port=known.port,
            user=known.user,
            dbname=name,
            password=self.password,
            application_name=APP,
            connect_timeout=PATIENCE,
            options=_QUIET,
            client_encoding="UTF8",
            autocommit=True,
        )

    def _unconnected(self, error: "psycopg.Error", database: str = "") -> BewaarError:
        """Return why there is no connection at all."""
        known, said = self.connection, first_line(error)
        if not _ANSWERED.search(said) and not _needs_password(error):
            return ServerAway(server=known.server, reason=said)
        if _needs_password(error) and self.password is None:
            return ServerPasswordNeeded(server=known.server, user=known.user)
        if database and self._lacks(database):
            return DatabaseMissing(server=known.server, database=database)
        return ServerRefused(server=known.server, user=known.user, reason=said)

    def _lacks(self, database: str) -> bool:
        """Return whether the server lets us in and has no such database."""
        import psycopg

        question = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"
        try:
            with self._first_connected() as connected:
                return not one(connected, question, database)
        except (psycopg.Error, BewaarError):
            return False


def one(connected: "psycopg.Connection[Any]", question: LiteralString, *values: Any) -> Any:
    """Return the one value that a question asks for."""
    row = connected.execute(question, values or None).fetchone()
    return row[0] if row else None


def first_line(error: Exception) -> str:
    """Return the first line of what a server says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _needs_password(error: "psycopg.Error") -> bool:
    return error.pgconn is not None and bool(error.pgconn.needs_password)
