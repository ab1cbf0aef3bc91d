"""The verbs about databases on servers: sign in, look, keep one, sign in differently."""

from pathlib import Path

from bewaar.engine.rooms import Rooms
from bewaar.model import Administration, Code
from bewaar.operations import KnownServer, Lobby
from bewaar.servers import search
from bewaar.servers.connection import Connection, Folders
from bewaar.servers.search import Answer


class Serving(Rooms):
    """Servers that hold books."""

    def servers_here(self) -> tuple[Answer, ...]:
        """Return the servers that answer on this computer, within a moment."""
        return search.here()

    def servers_at(self, host: str, port: int | None = None) -> tuple[Answer, ...]:
        """Return those that answer on another, at the usual ports or at one."""
        return search.at(host, port)

    def servers_in_network(self) -> tuple[Answer, ...]:
        """Return the SQL Servers that answer to a call to all."""
        return search.in_network()

    def look_at_server(self, connection: Connection, password: str | None = None) -> Lobby:
        """Sign in and return what the server shows; None: with the kept password."""
        return self._servers.look(connection, password)

    def add_database(
        self,
        connection: Connection,
        password: str | None = None,
        *,
        name: str | None = None,
        code: Code | None = None,
        program: str | None = None,
    ) -> Administration:
        """Keep a database on a server from now on, and the password that opened it."""
        added = self._servers.add(connection, password, name=name, code=code, program=program)
        self._pulse.rewatch()
        self._observer.look(added)
        return added

    def know_server(self, connection: Connection, password: str | None = None) -> Path:
        """Sign in to a server, so that books can be restored onto it."""
        return self._servers.know(connection, password)

    def known_servers(self) -> tuple[KnownServer, ...]:
        """Return the servers that Bewaar can sign in to."""
        return self._servers.known()

    def connection(self, code: Code) -> Connection:
        """Return how an administration's database is reached. Raises NotOnServer."""
        return self._servers.connection(self._books.get(code))

    def change_login(
        self,
        code: Code,
        host: str,
        port: int | None,
        user: str,
        password: str | None = None,
        folders: Folders | None = None,
    ) -> Connection:
        """Sign in to an administration's server there and as that user from now on."""
        changed = self._servers.change_login(code, host, port, user, password, folders)
        self._observer.look(self._books.get(code))
        return changed
