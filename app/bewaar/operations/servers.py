"""Books in databases on servers: signing in, keeping one, signing in differently later.

A connection counts only once the server let Bewaar in. It is kept as a small file, which is the
place of the administration; its password goes to the password store and nowhere else.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.books import Books
from bewaar.errors import (
    AdministrationExists,
    BewaarError,
    DatabaseMissing,
    KeyringUnavailable,
    NotOnServer,
)
from bewaar.model import Account, Administration, Code
from bewaar.paths import Home
from bewaar.restore import Journal
from bewaar.secrets import Secrets
from bewaar.servers import connection as connections
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import Connection, Folders

LOG = logging.getLogger(__name__)

OpenServer = Callable[[Connection, str | None], DatabaseServer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """What a server shows to somebody who is let in."""

    version: str
    databases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """A server that Bewaar can sign in to."""

    file: Path  # a connection to it
    connection: Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWork:
    """Signing in to servers, with the rooms it needs."""

    home: Home
    books: Books
    secrets: Secrets
    open: OpenServer

    def look(self, connection: Connection, password: str | None) -> Lobby:
        """Return what the server shows; None: with the kept password. Raises what servers raise.

        Also that dumps come here from it is tried.
        """
        server = self._server(self._completed(connection), password)
        lobby = Lobby(version=server.version(), databases=server.databases())
        server.try_folder()
        return lobby

    def add(
        self,
        connection: Connection,
        password: str | None,
        *,
        name: str | None,
        code: Code | None,
        program: str | None,
    ) -> Administration:
        """Keep a database from now on, and the password that opened it.

        Raises what servers raise, DatabaseMissing, AdministrationExists, KeyringUnavailable, and
        what `Books.add` raises.
        """
        self._refuse_known(connection)
        connection = self._completed(connection)
        tables = self._tables(connection, password)
        with self._saved(connection, password) as file:
            return self.books.add(
                file,
                name=name or connection.database,
                code=code,
                program=program or self.books.program_of(tables, connection.kind),
            )

    def know(self, connection: Connection, password: str | None) -> Path:
        """Sign in to a server for later, and return the file that says how; no books are kept."""
        self.look(connection, password)
        with self._saved(self._completed(connection), password) as file:
            return file

    def change_login(
        self,
        code: Code,
        host: str,
        port: int | None,
        user: str,
        password: str | None,
        folders: Folders | None = None,
    ) -> Connection:
        """Sign in there and as that user from now on; None: with the kept password, if any.

        `folders`: those of SQL Server, None: as before. Raises what servers raise,
        DatabaseMissing, NotOnServer, KeyringUnavailable.
        """
        administration = self.books.get(code)
        known = self.connection(administration)
        changed = replace(known, host=host, port=port, user=user)
        changed = connections.checked(changed if folders is None else folders.of(changed))
        self._tables(changed, password)
        if password:
            self.secrets.set(password, changed.account)
        connections.save(administration.place, changed)
        return changed

    def forget(self, place: Path) -> None:
        """Remove what led to books that are kept no longer, and a login that nothing else uses.

        What a restore has still to put back or to clear away there keeps both.
        """
        ours = place.parent == self.home.servers and place.name.endswith(connections.SUFFIX)
        if not ours or place in self._needed():
            return
        login = self._account(place)
        place.unlink(missing_ok=True)
        if login is None or login in map(self._account, self._needed()):
            return
        for known in self._files():
            if known.connection.account == login:  # signed in to, and nothing is kept there
                known.file.unlink(missing_ok=True)
        try:
            self.secrets.forget(login)
        except KeyringUnavailable as error:
            LOG.warning("the password of %s stays in the password store: %s", login, error)

    def _needed(self) -> set[Path]:
        """Return the files by which books are reached, or what a restore left."""
        swaps = Journal(self.home.journal).swaps()
        ways = {Path(swap.databases.via) for swap in swaps if swap.databases}
        return {each.place for each in self.books.all()} | {swap.place for swap in swaps} | ways

    def _account(self, place: Path) -> Account | None:
        known = connections.load(place) if connections.is_connection(place) else None
        return known.account if known else None

    def connection(self, administration: Administration) -> Connection:
        """Return how an administration's database is reached. Raises NotOnServer, SourceGone."""
        if not administration.place.name.endswith(connections.SUFFIX):
            raise NotOnServer(name=administration.name)
        return connections.load(administration.place)

    def known(self) -> tuple[KnownServer, ...]:
        """Return the servers there are connections to, each once for every user."""
        servers: dict[Account, KnownServer] = {}
        for known in self._files():
            servers.setdefault(known.connection.account, known)
        return tuple(servers.values())

    # ── Files and passwords ─────────────────────────────────────────────────────────────────

    def _files(self) -> Iterator[KnownServer]:
        for file in sorted(self.home.servers.glob(f"*{connections.SUFFIX}")):
            try:
                yield KnownServer(file=file, connection=connections.load(file))
            except BewaarError:
                continue  # not one of ours, or damaged: the administration says so itself

    @contextmanager
    def _saved(self, connection: Connection, password: str | None) -> Iterator[Path]:
        """Have connection and password kept for the block, and on only when that ends well."""
        taken = {each.place for each in self.books.all()}
        spare = (k.file for k in self._files() if k.connection == connection)
        name = connection.database or connection.host.rpartition("/")[2]
        file = next((each for each in spare if each not in taken), None)
        before = self._kept(connection) if password else None
        made = file is None
        file = file or connections.free_file(self.home.servers, name)
        try:
            if made:
                connections.save(file, connection)
            if password:
                self.secrets.set(password, connection.account)
            yield file
        except BaseException:
            if made:
                file.unlink(missing_ok=True)
            if password:
                self._put_back(before, connection.account)
            raise

    def _put_back(self, password: str | None, account: Account) -> None:
        if password:
            self.secrets.set(password, account)
        else:
            self.secrets.forget(account)

    # ── Asking ──────────────────────────────────────────────────────────────────────────────

    def _server(self, connection: Connection, password: str | None) -> DatabaseServer:
        wanted = connections.checked(connection)
        return self.open(wanted, password or self._kept(wanted))

    def _completed(self, connection: Connection) -> Connection:
        """Return a connection with the folders that are known of its server, if it names none."""
        given = Folders.in_(connection)
        same = (k.connection for k in self._files() if k.connection.account == connection.account)
        known = (Folders.in_(each) for each in same)
        return (given or next(filter(None, known), given)).of(connection)

    def _kept(self, connection: Connection) -> str | None:
        """Return the kept password; a store that cannot be asked keeps none."""
        if connection.windows_login:
            return None
        try:
            return self.secrets.get(connection.account)
        except KeyringUnavailable:
            return None

    def _tables(self, connection: Connection, password: str | None) -> tuple[str, ...]:
        """Return what is in a database that is really there, and whose dumps come here."""
        server = self._server(connection, password)
        if not connection.database or not server.exists(connection.database):
            raise DatabaseMissing(server=connection.server, database=connection.database)
        server.try_folder()
        return server.tables(connection.database)

    def _refuse_known(self, connection: Connection) -> None:
        """Raise AdministrationExists when that database is kept, whoever signs in to it."""
        kept = {each.place: each for each in self.books.all()}
        for known in self._files():
            if known.file in kept and known.connection.same_database(connection):
                found = kept[known.file]
                raise AdministrationExists(
                    code=found.code, place=connection.address, name=found.name
                )
