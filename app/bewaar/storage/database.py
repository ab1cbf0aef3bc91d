"""Books that are a database on a server, dumped by the server's own tools.

The place of such books is a small file that says how the server is reached. A snapshot is one dump
of one instant, which counts only once it was read to its end; the proof reads it so again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bewaar.counting import count_rows
from bewaar.errors import (
    BewaarError,
    DumpHasNoRoom,
    HomeUnwritable,
    SourceDamaged,
    SourceEmpty,
    SourceUnreadable,
)
from bewaar.files import free_space, safe_name
from bewaar.model import Counts, InUse, Openness, OpenState, Snapshot, SnapshotFile, Source
from bewaar.progress import SILENT, Progress
from bewaar.servers.base import DatabaseServer, Session
from bewaar.servers.connection import Connection, ServerKind, is_connection, load
from bewaar.servers.kinds import SUFFIXES, can_read, rows_in, server_at
from bewaar.storage.base import Extent, Live
from bewaar.vendorfiles.tape import has_end

# A dump of many small rows is that much smaller than their pages. Guessed so that nothing that
# fits is refused: what it really takes is noticed, too.
DENSER = 4

Servers = Callable[[Connection], DatabaseServer]  # with the password that is kept for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database on a server; see `Storage` for the promises.

    Beside those of the protocol it raises what servers raise, see `servers.base`.
    """

    kind: ServerKind
    server: Servers = server_at
    sound_while_open: bool = True  # a dump shows one instant, whoever writes meanwhile

    def fits(self, place: Path) -> bool:
        """Return whether there is a file that leads to such a server."""
        return is_connection(place, self.kind)

    def is_open(self, source: Source) -> OpenState:
        """Return who else is connected."""
        try:
            known, server = self._reached(source)
            sessions = server.sessions(known.database)
        except BewaarError:
            return OpenState(openness=Openness.UNKNOWN)
        openness = Openness.CLOSED if sessions.whole else Openness.UNKNOWN
        users = tuple(dict.fromkeys(_in_use(session) for session in sessions.found))
        return OpenState(
            openness=Openness.OPEN if users else openness,
            evidence=tuple(dict.fromkeys(name for user in users for name in user.evidence)),
            who=next((user.computer or user.person for user in users), ""),
            users=users,
        )

    def signature(self, source: Source) -> str:
        """Return the mark of what the server remembers of its tables."""
        known, server = self._reached(source)
        return server.mark(known.database)

    def fingerprint(self, source: Source, progress: Progress = SILENT) -> str:
        """Return the mark of all that a dump would hold now."""
        known, server = self._reached(source)
        return server.content(known.database, progress)

    def extent(self, source: Source) -> Extent:
        """Return how large the database is on its server; a dump is mostly smaller."""
        known, server = self._reached(source)
        return Extent(files=1, size=server.size(known.database))

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Dump the database, unless it holds no table."""
        known, server = self._reached(source)
        open_state = self.is_open(source)
        # Before the dump: what is written after this look makes the books changed.
        signature = server.mark(known.database)
        name = safe_name(known.database) + SUFFIXES[self.kind]
        local = to / name
        _expect_writable(local)
        if not server.tables(known.database):
            raise SourceEmpty(place=known.address)
        _expect_room(server, known.database, to)
        dumped = server.dump(known.database, local, progress)
        self._expect_closed(local)
        status = local.stat()
        dump = SnapshotFile(
            path=name,
            local=local,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            database=True,
        )
        return Snapshot(
            files=(dump,),
            folders=(),
            method=dumped.method,
            open_state=open_state,
            counts=count_rows(source.layout.count, dumped.found.rows),
            signature=signature,
            fingerprint=dumped.found.mark,
            single_file=True,
        )

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer nothing: a database is always dumped."""
        return None

    def counts_now(self, source: Source, progress: Progress = SILENT) -> Counts:
        """Ask the server for the rows of all tables, and count by them."""
        known, server = self._reached(source)
        return count_rows(source.layout.count, server.rows(known.database, progress))

    def count(
        self,
        folder: Path,
        paths: tuple[str, ...],
        progress: Progress = SILENT,
        *,
        rule: str = "",
        books: tuple[str, ...] = (),
        single: bool = False,
    ) -> Counts:
        """Read dumps to their end, and count what they hold; no server is asked."""
        rows: dict[str, int] = {}
        for path in paths:
            self._expect_closed(folder / path)
            rows |= rows_in(self.kind, folder / path, progress).rows
        return count_rows([rule], rows)

    def has_tools(self) -> bool:
        """Return whether dumps of this kind can be read here."""
        return can_read(self.kind)

    def _expect_closed(self, dump: Path) -> None:
        """Raise SourceDamaged for a backup of SQL Server that is cut short."""
        if self.kind is ServerKind.SQLSERVER and not has_end(dump, dump.stat().st_size):
            raise SourceDamaged(path=dump.name, detail="the end is missing")

    def _reached(self, source: Source) -> tuple[Connection, DatabaseServer]:
        connection = load(source.place)
        if connection.kind != self.kind:
            raise SourceUnreadable(path=str(source.place), reason=f"not {self.kind}")
        return connection, self.server(connection)


def _in_use(session: Session) -> InUse:
    where = f"{session.user}@{session.computer}" if session.computer else session.user
    return InUse(
        evidence=(f"{session.program}: {where}" if session.program else where,),
        sure=True,
        program=session.program,
        computer=session.computer,
        person=session.user,
        since=session.since,
    )


def _expect_room(server: DatabaseServer, database: str, folder: Path) -> None:
    """Raise DumpHasNoRoom where even a dump that is much smaller than its database cannot lie."""
    needed, free = server.size(database) // DENSER, free_space(folder)
    if free is not None and free < needed:
        raise DumpHasNoRoom(folder=str(folder), database=database, needed=needed, free=free)


def _expect_writable(local: Path) -> None:
    """Raise HomeUnwritable when no dump can be written there: a tool would tell it less clearly."""
    try:
        local.touch()
        local.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise HomeUnwritable(folder=str(local.parent), reason=reason) from error
