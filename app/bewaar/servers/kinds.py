"""The kinds of servers, by name."""

from collections.abc import Callable
from pathlib import Path

from bewaar.progress import Progress
from bewaar.servers import postgresql_dump
from bewaar.servers.base import DatabaseServer, Found
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.postgresql import PostgreSql

_RowsIn = Callable[[Path, Progress], Found]
_READERS: dict[ServerKind, _RowsIn] = {ServerKind.POSTGRESQL: postgresql_dump.rows_in}
_SUFFIXES = {ServerKind.POSTGRESQL: postgresql_dump.SUFFIX}


def server_at(connection: Connection, password: str | None = None) -> DatabaseServer:
    """Return the server a connection leads to; nothing is asked of it yet."""
    return PostgreSql(connection=connection, password=password)
