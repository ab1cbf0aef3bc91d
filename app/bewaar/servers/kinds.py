"""The kinds of servers, by name."""

from collections.abc import Callable
from pathlib import Path

from bewaar.errors import ToolMissing
from bewaar.progress import SILENT, Progress
from bewaar.servers import mariadb_dump, postgresql_dump, sqlserver
from bewaar.servers.base import DatabaseServer, Found
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.mariadb import MariaDb
from bewaar.servers.postgresql import PostgreSql
from bewaar.servers.sqlserver import SqlServer

_SERVERS: dict[ServerKind, Callable[..., DatabaseServer]] = {
    ServerKind.POSTGRESQL: PostgreSql,
    ServerKind.MARIADB: MariaDb,
    ServerKind.SQLSERVER: SqlServer,
}
_READERS: dict[ServerKind, Callable[[Path, Progress], Found]] = {
    ServerKind.POSTGRESQL: postgresql_dump.rows_in,
    ServerKind.MARIADB: mariadb_dump.rows_in,
    ServerKind.SQLSERVER: sqlserver.rows_in,
}
SUFFIXES = {
    ServerKind.POSTGRESQL: postgresql_dump.SUFFIX,
    ServerKind.MARIADB: mariadb_dump.SUFFIX,
    ServerKind.SQLSERVER: sqlserver.SUFFIX,
}


def server_at(connection: Connection, password: str | None = None) -> DatabaseServer:
    """Return the server a connection leads to; nothing is asked of it yet."""
    return _SERVERS[connection.kind](connection=connection, password=password)


def rows_in(kind: ServerKind, dump: Path, progress: Progress = SILENT) -> Found:
    """Return what a dump holds, without a server. Raises SourceDamaged, ToolMissing, ToolTooOld."""
    return _READERS[kind](dump, progress)


def can_read(kind: ServerKind) -> bool:
    """Return whether this computer has the tool that reads dumps of this kind, if one is needed."""
    try:
        if kind is ServerKind.POSTGRESQL:
            postgresql_dump.reader()
    except ToolMissing:
        return False
    return True
