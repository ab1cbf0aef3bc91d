"""Questions to a MariaDB server, and what its refusals mean: they are told by their number."""

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bewaar.errors import (
    BewaarError,
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
    from pymysql.cursors import Cursor

PATIENCE = 10  # seconds for a server to answer at all
LOCKED = 10  # seconds to wait for a table that somebody keeps locked

_NUMBER = re.compile(r"(?:error|ERROR):? (\d{4})\b")
_REFUSED = (1045, 1129, 1130, 1524, 1698, 2049, 2054, 2059, 2061)
_BUSY = (1205, 1213, 1412)
_MEANINGS: dict[int, type[BewaarError]] = {
    **dict.fromkeys(_REFUSED, ServerRefused),
    **dict.fromkeys(_BUSY, SourceBusy),
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370, 1419), ServerRights),
    **dict.fromkeys((0, 1040, 1053, 1927, 2002, 2003, 2005, 2006, 2013, 2026), ServerAway),
    1007: DatabaseTaken,
    1049: DatabaseMissing,
}
_FACTS: dict[type[BewaarError], tuple[str, ...]] = {
    DatabaseMissing: ("server", "database"),
    DatabaseTaken: ("server", "database"),
    ServerAway: ("server", "reason"),
    ServerFailed: ("server", "reason"),
    ServerPasswordNeeded: ("server", "user"),
    ServerRefused: ("server", "user", "reason"),
    ServerRights: ("server", "user", "reason"),
    SourceBusy: ("place", "path"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A server, and who asks."""

    connection: Connection
    password: str | None = field(default=None, repr=False)

    @contextmanager
    def cursor(self, database: str = "", about: str = "") -> Iterator["Cursor"]:
        """Connect, to a database or to the server, and ask; failures are those of `about`."""
        import pymysql

        known = self.connection
        local = known.host.startswith("/")
        try:
            connected = pymysql.connect(
                host=None if local else known.host,
                port=known.port or 0,
                user=known.user,
                password=(self.password or "").encode(),  # a text would have to be Latin
                database=database or None,
                connect_timeout=PATIENCE,
                charset="utf8mb4",
                autocommit=True,
                init_command=f"SET SESSION lock_wait_timeout={LOCKED}",
                defer_connect=True,
            )
            connected.connect(_socket(known.host) if local else None)
            with connected, connected.cursor() as cursor:
                yield cursor
        except (pymysql.MySQLError, RuntimeError) as error:
            number = error.args[0] if error.args and isinstance(error.args[0], int) else None
            said = str(error.args[-1] if error.args else error)
            kind = _MEANINGS.get(-1 if number is None else number, ServerFailed)
            raise self.failure(kind, said, about or database) from error

    def meant(self, said: str, database: str) -> BewaarError:
        """Return what a tool's complaint means."""
        number = _NUMBER.search(said)
        kind = _MEANINGS.get(int(number[1]), ServerFailed) if number else ServerFailed
        return self.failure(kind, (said.splitlines() or ["?"])[-1], database)

    def failure(self, kind: type[BewaarError], reason: str, database: str) -> BewaarError:
        """Return a failure of this server with what belongs to it."""
        if kind is ServerRefused and self.password is None:
            kind = ServerPasswordNeeded
        known = self.connection
        facts = {"server": known.server, "user": known.user, "database": database}
        facts |= {"reason": reason, "place": database, "path": reason}
        return kind(**{name: facts[name] for name in _FACTS[kind]})


def _socket(path: str) -> socket.socket:
    """Connect to a socket's file; the library would leave one open that nobody answers."""
    import pymysql

    if sys.platform == "win32":  # it has pipes instead
        raise pymysql.OperationalError(2002, path)
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.settimeout(PATIENCE)
        connected.connect(path)
        connected.settimeout(None)
    except OSError as error:
        connected.close()
        raise pymysql.OperationalError(2002, str(error)) from error
    return connected


def quoted(name: str) -> str:
    """Return a name as SQL wants it."""
    return "`{}`".format(name.replace("`", "``"))


def rows_of(cursor: "Cursor", question: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return all rows that a question asks for."""
    cursor.execute(question, values or None)
    return list(cursor.fetchall())


def names_of(cursor: "Cursor", question: str, *values: Any) -> list[str]:
    """Return the first column of what a question asks for."""
    return [str(row[0]) for row in rows_of(cursor, question, *values)]
