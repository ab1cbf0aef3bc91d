"""Questions to SQL Server, what their answers must look like, and what its refusals mean.

An answer of another shape is none: nothing is concluded from columns that may have moved.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bewaar.errors import (
    BewaarError,
    DatabaseInUse,
    DatabaseMissing,
    DatabaseTaken,
    DumpTooNew,
    ServerAway,
    ServerFailed,
    ServerFolderClosed,
    ServerPasswordNeeded,
    ServerRefused,
    ServerRights,
    ServerUntrusted,
    SourceBusy,
    SourceDamaged,
)
from bewaar.progress import SILENT, Progress
from bewaar.servers.connection import Connection
from bewaar.servers.sqlserver_channel import FATAL, MASTER, UNTRUSTED, Channel, Refusal

NULL = "NULL"  # what the tool writes for nothing

_MEANINGS: dict[int, type[BewaarError]] = {
    **dict.fromkeys((18452, 18456, 18470, 18487, 18488), ServerRefused),
    **dict.fromkeys((229, 230, 262, 297, 300, 916, 3110, 15247), ServerRights),
    **dict.fromkeys((911, 4060), DatabaseMissing),
    **dict.fromkeys((3101, 3702, 5030), DatabaseInUse),
    **dict.fromkeys((1205, 1222), SourceBusy),
    **dict.fromkeys((823, 824, 825, 3043, *range(8901, 9000)), SourceDamaged),
    **dict.fromkeys((3183, 3189, 3203, 3241, 3242, 3271), SourceDamaged),
    0: ServerAway,
    UNTRUSTED: ServerUntrusted,
    1801: DatabaseTaken,
    3169: DumpTooNew,
    3201: ServerFolderClosed,
}
_VERSION = re.compile(r"\b(\d+)\.(\d+)\.\d+")
_YEARS = {
    (9, 0): "2005",
    (10, 0): "2008",
    (10, 50): "2008 R2",
    (11, 0): "2012",
    (12, 0): "2014",
    (13, 0): "2016",
    (14, 0): "2017",
    (15, 0): "2019",
    (16, 0): "2022",
    (17, 0): "2025",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A server that is asked as one user."""

    connection: Connection
    password: str | None = field(default=None, repr=False)
    open: Callable[[Connection, str | None], Channel]

    def rows(
        self,
        statement: str,
        columns: int,
        database: str = MASTER,
        progress: Progress = SILENT,
        *,
        about: str = "",
        folder: str = "",
        more: bool = False,
    ) -> Sequence[tuple[str, ...]]:
        """Return the rows of an answer, each of so many columns, or of `more`.

        `about` is the database or file a failure is of, `folder` the one the server opens files in.
        """
        with self._meaning(about or database, folder):
            found = self.open(self.connection, self.password).ask(statement, database, progress)
        for row in found:
            if len(row) < columns or (len(row) > columns and not more):
                raise self._failed("an answer of another shape")
        return found

    def row(self, statement: str, columns: int = 1) -> tuple[str, ...]:
        """Return the only row of an answer."""
        found = self.rows(statement, columns)
        if len(found) != 1:
            raise self._failed("an answer of another shape")
        return found[0]

    def do(
        self, statement: str, progress: Progress = SILENT, *, about: str, folder: str = ""
    ) -> None:
        """Have something done that is answered by nothing."""
        self.rows(statement, 0, progress=progress, about=about, folder=folder)

    @contextmanager
    def _meaning(self, about: str, folder: str) -> Iterator[None]:
        """Let what the server refuses be one of our failures."""
        try:
            yield
        except Refusal as refusal:
            raise self._meant(refusal, about, folder) from refusal

    def _meant(self, refusal: Refusal, about: str, folder: str) -> BewaarError:
        unknown = ServerAway if refusal.severity >= FATAL else ServerFailed
        kind = _MEANINGS.get(refusal.number or 0, unknown)
        known = self.connection
        if kind is ServerRefused and self.password is None and not known.windows_login:
            kind = ServerPasswordNeeded
        made, now = (*_releases(refusal.said), "SQL Server", "SQL Server")[:2]
        return kind(
            server=known.server,
            user=known.user,
            database=about,
            reason=refusal.said,
            who="–",
            place=about,
            path=about,
            detail=refusal.said,
            folder=folder,
            made=made,
            now=now,
        )

    def _failed(self, reason: str) -> ServerFailed:
        return ServerFailed(server=self.connection.server, reason=reason)


def numbers(version: str) -> tuple[int, int] | None:
    """Return the first two numbers of a version; None for what is none."""
    found = _VERSION.search(version)
    return (int(found[1]), int(found[2])) if found else None


def release(numbers: tuple[int, int]) -> str:
    """Return a version as people know it: "SQL Server 2019"."""
    return f"SQL Server {_YEARS.get(numbers) or '{}.{}'.format(*numbers)}"


def _releases(said: str) -> list[str]:
    return [release((int(major), int(minor))) for major, minor in _VERSION.findall(said)]
