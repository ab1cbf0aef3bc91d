"""SQL Server: a backup by the server itself, verified by it. Not tried against a live server.

Its backups are in a format of its own, so no rows are counted in them; and it offers no sure mark
of its content, so books on it are taken to have changed whenever they might have. It writes backups
on its own computer: only there can Bewaar take them.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

from blake3 import blake3

from bewaar.errors import (
    BewaarError,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseTaken,
    DumpIncomplete,
    ServerAway,
    ServerElsewhere,
    ServerFailed,
    ServerPasswordNeeded,
    ServerRefused,
    ServerRights,
    SourceBusy,
    SourceDamaged,
)
from bewaar.files import hash_file
from bewaar.progress import SILENT, Progress
from bewaar.servers import sqlserver_words as words
from bewaar.servers.base import Dumped, Found, Session, Sessions
from bewaar.servers.connection import Connection
from bewaar.servers.postgresql_script import named
from bewaar.servers.sqlserver_channel import MASTER, Channel, Refusal, Sqlcmd, is_here

SUFFIX = ".bak"

_MAGIC = b"TAPE"
_MEANINGS: dict[int, type[BewaarError]] = {
    **dict.fromkeys((18452, 18456, 18470, 18487, 18488), ServerRefused),
    **dict.fromkeys((229, 230, 262, 297, 300, 916, 15247), ServerRights),
    **dict.fromkeys((911, 4060), DatabaseMissing),
    **dict.fromkeys((3101, 3702, 5030), DatabaseInUse),
    **dict.fromkeys((1205, 1222), SourceBusy),
    **dict.fromkeys((3183, 3189, 3203, 3241, 3242, 3271), SourceDamaged),
    0: ServerAway,
    1801: DatabaseTaken,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlServer:
    """One server; see `DatabaseServer` for the promises."""

    connection: Connection
    password: str | None = field(default=None, repr=False)
    open: Callable[[Connection, str | None], Channel] = lambda connection, password: Sqlcmd(
        connection=connection, password=password
    )

    # ── Looking ─────────────────────────────────────────────────────────────────────────────

    def databases(self) -> tuple[str, ...]:
        """Return the databases this user may open, but the server's own."""
        return tuple(row[0] for row in self._ask(words.DATABASES))

    def version(self) -> str:
        """Return the server's version: "15.0.4123.1" is 2019."""
        return self._one(words.VERSION)

    def exists(self, database: str) -> bool:
        """Return whether there is a database of that name."""
        return self._one(words.exists(database)) != "NULL"

    def size(self, database: str) -> int:
        """Return how many bytes its files take."""
        told = self._one(words.size(database))
        return int(told) if told.isdecimal() else 0

    def sessions(self, database: str) -> Sessions:
        """Return who else is connected; without a right of its own a user sees only itself."""
        found = (
            Session(user=user, computer=computer, program=program, since=_moment(since))
            for user, computer, program, since in self._ask(words.sessions(database))
        )
        return Sessions(found=tuple(found), whole=self._one(words.SEES_ALL) == "1")

    def tables(self, database: str) -> tuple[str, ...]:
        """Return the tables of all schemas."""
        return tuple(sorted(named(*row) for row in self._ask(words.TABLES, database)))

    def mark(self, database: str) -> str:
        """Return the mark of how many rows were written since the server last counted."""
        return blake3(repr([*self._ask(words.MARK, database)]).encode()).hexdigest()

    def content(self, database: str, progress: Progress = SILENT) -> str:
        """Return a mark like no other: the server offers none that is sure."""
        return uuid.uuid4().hex

    def rows(self, database: str, progress: Progress = SILENT) -> Mapping[str, int]:
        """Count the rows of each table in one statement."""
        tables = self._ask(words.TABLES, database)
        counted = self._ask(words.rows(tables), database, progress) if tables else []
        return {named(schema, table): int(count) for schema, table, count in counted}

    # ── Dumping and loading ─────────────────────────────────────────────────────────────────

    def dump(self, database: str, to: Path, progress: Progress = SILENT) -> Dumped:
        """Let the server write a backup, and verify it."""
        self._expect_here()
        self._ask(words.back_up(database, str(to)), progress=progress, about=database)
        try:
            self._ask(words.verify(str(to)), progress=progress, about=database)
            found = rows_in(to, progress)
        except SourceDamaged as error:
            raise DumpIncomplete(database=database, detail=str(error)) from error
        return Dumped(found=found, tool=f"SQL Server {self.version()}", method="sqlserver-backup")

    def create(self, database: str, like: str = "") -> None:
        """Make an empty database; what it is to be like comes with what is loaded."""
        self._ask(words.create(database), about=database)

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Put a backup in the place of an empty database, its files beside the server's others."""
        self._expect_here()
        if self.tables(database):
            raise DatabaseTaken(server=self.connection.server, database=database)
        self._ask(words.verify(str(dump)), progress=progress, about=dump.name)
        files = self._ask(words.files_in(str(dump)), about=dump.name)
        ((data, log),) = self._ask(words.FOLDERS)
        moves = [
            (row[0], str(PureWindowsPath(log if row[2] == "L" else data) / f"{database}_{n}"))
            for n, row in enumerate(files, start=1)
        ]
        self._ask(words.drop(database), about=database)
        self._ask(words.restore(database, str(dump), moves), progress=progress, about=database)

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def drop(self, database: str) -> None:
        """Remove a database; the server refuses while somebody is connected."""
        if self.exists(database):
            self._ask(words.drop(database), about=database)

    def unmovable(self, database: str) -> tuple[str, ...]:
        """Return nothing: a rename takes all along."""
        return ()

    def rename(self, database: str, to: str) -> None:
        """Rename a database; the server refuses while somebody is connected."""
        self._ask(words.rename(database, to), about=database)

    def swap(self, database: str, incoming: str, kept: str) -> None:
        """Rename one after the other; when the second fails, the first is taken back."""
        self.rename(database, kept)
        try:
            self.rename(incoming, database)
        except BaseException:
            with suppress(BewaarError):
                self.rename(kept, database)
            raise

    # ── Asking ──────────────────────────────────────────────────────────────────────────────

    def _ask(
        self,
        statement: str,
        database: str = MASTER,
        progress: Progress = SILENT,
        about: str = "",
    ) -> list[tuple[str, ...]]:
        with self._meaning(about or database):
            channel = self.open(self.connection, self.password)
            return list(channel.ask(statement, database, progress))

    def _one(self, statement: str) -> str:
        rows = self._ask(statement)
        return rows[0][0] if rows else "NULL"

    def _expect_here(self) -> None:
        if not is_here(self.connection.host):
            raise ServerElsewhere(server=self.connection.server)

    @contextmanager
    def _meaning(self, database: str) -> Iterator[None]:
        """Let what the server refuses be one of our failures."""
        try:
            yield
        except Refusal as refusal:
            raise self._meant(refusal, database) from refusal

    def _meant(self, refusal: Refusal, database: str) -> BewaarError:
        kind = _MEANINGS.get(refusal.number or 0, ServerFailed)
        known = self.connection
        if kind is ServerRefused and self.password is None and not known.windows_login:
            kind = ServerPasswordNeeded
        return kind(
            server=known.server,
            user=known.user,
            database=database,
            reason=refusal.said,
            who="–",
            place=database,
            path=database,
            detail=refusal.said,
        )


def rows_in(dump: Path, progress: Progress = SILENT) -> Found:
    """Return that a backup holds no rows anybody but its server can count.

    Raises SourceDamaged for a file that is none.
    """
    with dump.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise SourceDamaged(path=dump.name, detail="no backup of SQL Server")
    return Found(rows={}, mark=hash_file(dump, progress))


def _moment(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    except ValueError:
        return None
