"""SQL Server: a backup by the server itself, verified by it. Not tried against a live server.

Its backups are in a format of its own, so no rows are counted in them; and it offers no sure mark
of its content, so books on it are taken to have changed whenever they might have. It writes backups
on its own computer: on another one only into a folder that both see.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from blake3 import blake3

from bewaar.errors import (
    BewaarError,
    DatabaseTaken,
    DumpIncomplete,
    ServerElsewhere,
    ServerFolderUnseen,
    SourceDamaged,
)
from bewaar.files import hash_file
from bewaar.progress import SILENT, Progress
from bewaar.servers import sqlserver_words as words
from bewaar.servers.base import Dumped, Found, Session, Sessions
from bewaar.servers.connection import Connection
from bewaar.servers.postgresql_script import named
from bewaar.servers.sqlserver_asking import NULL, Asking
from bewaar.servers.sqlserver_channel import Channel, Sqlcmd, is_here
from bewaar.servers.sqlserver_folder import MAGIC, SharedFolder, fresh
from bewaar.servers.sqlserver_restore import Arrival

SUFFIX = ".bak"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlServer:
    """One server; see `DatabaseServer` for the promises."""

    connection: Connection
    password: str | None = field(default=None, repr=False)
    open: Callable[[Connection, str | None], Channel] = lambda connection, password: Sqlcmd(
        connection=connection, password=password
    )
    fresh: Callable[[], str] = fresh

    @property
    def _asking(self) -> Asking:
        return Asking(connection=self.connection, password=self.password, open=self.open)

    # ── Looking ─────────────────────────────────────────────────────────────────────────────

    def databases(self) -> tuple[str, ...]:
        """Return the databases this user may open, but the server's own."""
        return tuple(name for (name,) in self._asking.rows(words.DATABASES, 1))

    def version(self) -> str:
        """Return the server's version: "15.0.4123.1" is 2019."""
        return self._asking.row(words.VERSION)[0]

    def exists(self, database: str) -> bool:
        """Return whether there is a database of that name."""
        return self._asking.row(words.exists(database)) != (NULL,)

    def size(self, database: str) -> int:
        """Return how many bytes its files take."""
        (told,) = self._asking.row(words.size(database))
        return int(told) if told.isdecimal() else 0

    def sessions(self, database: str) -> Sessions:
        """Return who else is connected; without a right of its own a user sees only itself."""
        found = (
            Session(user=user, computer=computer, program=program, since=_moment(since))
            for user, computer, program, since in self._asking.rows(words.sessions(database), 4)
        )
        return Sessions(found=tuple(found), whole=self._asking.row(words.SEES_ALL) == ("1",))

    def tables(self, database: str) -> tuple[str, ...]:
        """Return the tables of all schemas."""
        return tuple(sorted(named(*row) for row in self._tables(database)))

    def bare(self, database: str) -> bool:
        """Return whether there is no table in it."""
        return not self.tables(database)

    def mark(self, database: str) -> str:
        """Return the mark of how many rows were written since the server last counted."""
        return blake3(repr([*self._asking.rows(words.MARK, 5, database)]).encode()).hexdigest()

    def content(self, database: str, progress: Progress = SILENT) -> str:
        """Return a mark like no other: the server offers none that is sure."""
        return uuid.uuid4().hex

    def rows(self, database: str, progress: Progress = SILENT) -> Mapping[str, int]:
        """Count the rows of each table, some hundred tables at a time."""
        return {
            named(schema, table): int(count)
            for statement in words.rows(self._tables(database))
            for schema, table, count in self._asking.rows(statement, 3, database, progress)
        }

    def _tables(self, database: str) -> Sequence[tuple[str, ...]]:
        return self._asking.rows(words.TABLES, 2, database)

    # ── Dumping and loading ─────────────────────────────────────────────────────────────────

    def try_folder(self) -> None:
        """Prove that what it writes comes here, and that it sees where restored books go."""
        if shared := self._shared():
            shared.prove(both_ways=True)
        folder, server = self.connection.data_folder, self.connection.server
        if folder and self._asking.row(words.sees(folder), 3)[1] != "1":
            raise ServerFolderUnseen(server=server, folder=folder)

    def dump(self, database: str, to: Path, progress: Progress = SILENT) -> Dumped:
        """Let the server write a backup, and verify it; over the shared folder if there is one."""
        progress.note("server.untried")
        try:
            found = self._dump(database, to, progress)
        except SourceDamaged as error:
            raise DumpIncomplete(database=database, detail=str(error)) from error
        return Dumped(found=found, tool=f"SQL Server {self.version()}", method="sqlserver-backup")

    def create(self, database: str, like: str = "") -> None:
        """Make an empty database; what it is to be like comes with what is loaded."""
        self._asking.do(words.create(database), about=database)

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Put a backup in the place of an empty database, its files beside the server's others.

        Raises DumpTooNew, and SourceDamaged also for what the server finds unsound afterwards.
        """
        self._expect_empty(database)
        with self._shown(dump, progress) as arrival:
            arrival.admit(self.version())
            moves = arrival.moves(database, self.fresh()[:8])
            arrival.verify(progress)
            self._expect_empty(database)  # still: reading a large backup takes hours
            self._asking.do(words.drop(database), about=database)
            arrival.put(database, moves, progress)

    def _expect_empty(self, database: str) -> None:
        if self.tables(database):
            raise DatabaseTaken(server=self.connection.server, database=database)

    def _dump(self, database: str, to: Path, progress: Progress) -> Found:
        shared = self._shared()
        if shared is None:
            self._back_up(database, str(to), str(to.parent), progress)
            return rows_in(to, progress)
        shared.prove(both_ways=False)
        with shared.lend() as lent:
            self._back_up(database, lent.there, shared.there, progress)
            taken = shared.take(lent, to, progress)
        found = rows_in(to, progress)
        if found.mark != taken:
            raise DumpIncomplete(database=database, detail="its copy differs")
        return found

    def _back_up(self, database: str, file: str, folder: str, progress: Progress) -> None:
        for statement in (words.back_up(database, file), words.verify(file)):
            self._asking.do(statement, progress, about=database, folder=folder)

    @contextmanager
    def _shown(self, dump: Path, progress: Progress) -> Iterator[Arrival]:
        """Let the server see a dump for the block."""
        shared = self._shared()
        if shared is None:
            file, folder = str(dump), str(dump.parent)
            yield Arrival(asking=self._asking, file=file, folder=folder, name=dump.name)
            return
        shared.prove(both_ways=False)
        with shared.lend() as lent:
            shared.give(dump, lent, progress)
            yield Arrival(asking=self._asking, file=lent.there, folder=shared.there, name=dump.name)

    def _shared(self) -> SharedFolder | None:
        """Return the folder that both see; None: none is named, and it is on this computer."""
        known = self.connection
        if known.folder_there:
            here = Path(known.folder_here)
            return SharedFolder(
                asking=self._asking, here=here, there=known.folder_there, fresh=self.fresh
            )
        if not is_here(known.host):
            raise ServerElsewhere(server=known.server)
        return None

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def drop(self, database: str) -> None:
        """Remove a database; the server refuses while somebody is connected."""
        if self.exists(database):
            self._asking.do(words.drop(database), about=database)

    def unmovable(self, database: str) -> tuple[str, ...]:
        """Return nothing: a rename takes all along."""
        return ()

    def rename(self, database: str, to: str) -> None:
        """Rename a database; the server refuses while somebody is connected."""
        self._asking.do(words.rename(database, to), about=database)

    def swap(self, database: str, incoming: str, kept: str) -> None:
        """Rename one after the other; when the second fails, the first is taken back."""
        self.rename(database, kept)
        try:
            self.rename(incoming, database)
        except BaseException:
            with suppress(BewaarError):
                self.rename(kept, database)
            raise


def rows_in(dump: Path, progress: Progress = SILENT) -> Found:
    """Return that a backup holds no rows anybody but its server can count.

    Raises SourceDamaged for a file that is none.
    """
    with dump.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise SourceDamaged(path=dump.name, detail="no backup of SQL Server")
    return Found(rows={}, mark=hash_file(dump, progress))


def _moment(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    except ValueError:
        return None
