"""What a database on a server is called, for somebody who knows neither files nor addresses."""

from bewaar.messages.speech import Speech
from bewaar.model import Content
from bewaar.servers.connection import Connection, ServerKind, told

SERVER_NAMES = {
    ServerKind.POSTGRESQL: "PostgreSQL",
    ServerKind.MARIADB: "MariaDB",
    ServerKind.SQLSERVER: "SQL Server",
}


def database(speech: Speech, known: Connection) -> str:
    """Return which database it is, and where."""
    return speech.gettext(
        "database %(database)s on %(server)s (%(kind)s)",
        database=known.database,
        server=known.server,
        kind=SERVER_NAMES[known.kind],
    )


def came_from(speech: Speech, content: Content) -> str:
    """Return where the books in a backup lay; of older ones it may be known no more."""
    if content.storage not in set(ServerKind):
        return content.place
    known = told(content.place)
    if known:
        return database(speech, known)
    kind = SERVER_NAMES[ServerKind(content.storage)]
    return speech.gettext("a database on a server (%(kind)s)", kind=kind)
