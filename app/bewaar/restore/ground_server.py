"""The ground of a database server: the place and the stores are databases with other names."""

from collections.abc import Callable
from pathlib import Path

from bewaar.restore.ground import UNANSWERED, UNMOVED
from bewaar.restore.journal import Databases, Store
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import is_connection, load


class ServerGround:
    """The databases of one swap. Asks for the server anew each time: it may be back."""

    def __init__(
        self,
        databases: Databases,
        server: Callable[[], DatabaseServer],
        unsaid: Path | None = None,
    ) -> None:
        """`unsaid` is where the connection to new books is saved once they are whole."""
        self._databases = databases
        self._server = server
        self._unsaid = unsaid

    def is_away(self) -> bool:
        """Whether the server cannot be asked, or does not let Bewaar in."""
        try:
            self._server().exists(self._databases.here)
        except UNANSWERED:
            return True
        except UNMOVED:
            return False  # it answers, somehow: the next question tells
        return False

    def occupied(self) -> bool:
        """Whether there is a database of the name that the program knows."""
        return self._server().exists(self._databases.here)

    def holds(self, store: Store) -> bool:
        """Whether there are tables in the store: an empty database is what a move left behind."""
        name, server = self._databases.of(store), self._server()
        return bool(name) and server.exists(name) and bool(server.tables(name))

    def exchange(self, comes: Store, goes: Store | None) -> None:
        """Let both databases change their names in one step."""
        if goes is None:
            self.move_in(comes)
            return
        here = self._databases
        self._server().swap(here.here, incoming=here.of(comes), kept=here.of(goes))

    def move_away(self, store: Store) -> None:
        """Give the program's database the name of the store."""
        self._server().rename(self._databases.here, self._databases.of(store))

    def move_in(self, store: Store) -> None:
        """Give a store's database the name that the program knows."""
        self._server().rename(self._databases.of(store), self._databases.here)

    def give_back(self, store: Store) -> None:
        """Do nothing: a database goes as a whole."""

    def sync(self) -> None:
        """Do nothing: the server does that."""

    def clear(self) -> None:
        """Drop the databases that are stores, and one that was meant and is still empty.

        Whether that is ours nobody knows for sure: the end came before it was written down.
        """
        for store in Store:
            if self._databases.of(store):
                self._server().drop(self._databases.of(store))
        meant, server = self._databases.meant, self._server()
        if meant and server.exists(meant) and server.bare(meant):
            server.drop(meant)
        if self._unsaid and _leads_to(self._unsaid, self._databases.here):
            self._unsaid.unlink(missing_ok=True)


def _leads_to(file: Path, database: str) -> bool:
    return is_connection(file) and load(file).database == database
