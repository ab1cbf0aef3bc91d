"""PostgreSQL's own tools: a dump of what a connection sees, loaded and read back.

The dump is PostgreSQL's archive, not packed: the backup packs it faster, and it is read several
times on the way.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bewaar.errors import (
    BewaarError,
    DumpIncomplete,
    ServerAway,
    ServerFailed,
    ServerRights,
    SourceBusy,
    SourceDamaged,
    ToolTooOld,
)
from bewaar.paths import unwritable
from bewaar.progress import SILENT, Progress
from bewaar.servers import postgresql_script as script
from bewaar.servers import tools
from bewaar.servers.base import Dumped, Found
from bewaar.servers.postgresql_asking import APP, LOCKED, PATIENCE, Asking, one
from bewaar.servers.scripts import Unfinished, meaning
from bewaar.servers.tools import Run, Tool, ToolEnded

if TYPE_CHECKING:
    import psycopg

SUFFIX = ".dump"

_NAME = "PostgreSQL"
_BAD_DUMP = ("input file", "could not read", "unexpected end", "did not find magic", "corrupt")
_NO_ROOM = ("could not write", "No space left")
_COMPLAINTS: dict[type[BewaarError], tuple[str, ...]] = {
    ServerAway: ("connection to server", "server closed the connection"),
    SourceBusy: ("lock timeout", "statement timeout", "deadlock"),  # in its tool all are one
    ServerRights: ("permission denied", "must be ", "row-level security"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What calls the tools for a server, as one user."""

    asking: Asking

    def dump(
        self, connected: "psycopg.Connection[Any]", to: Path, progress: Progress = SILENT
    ) -> Dumped:
        """Write what a connection sees at its instant to a file, and read that back."""
        database = connected.info.dbname
        total = int(one(connected, "SELECT pg_database_size(current_database())"))
        call = self._dumping(connected, "--format=custom", "--compress=0", f"--file={to}")
        with self._meaning(database, to):
            tools.run(call, progress, lambda: _step(progress, to, total))
        try:
            found = rows_in(to, progress)
        except SourceDamaged as error:
            raise DumpIncomplete(database=database, detail=str(error)) from error
        return Dumped(found=found, tool=call.tool.told, method="pg-dump")

    def content(self, connected: "psycopg.Connection[Any]", progress: Progress = SILENT) -> Found:
        """Return what such a dump would hold; nothing is written."""
        call = self._dumping(connected, "--format=plain")
        with (
            self._meaning(connected.info.dbname),
            tools.reading(call, progress) as output,
        ):
            return script.read(output, progress)

    def load(self, database: str, dump: Path, major: int, progress: Progress, *more: str) -> None:
        """Put a dump into a database, all of it or nothing."""
        call = Run(
            tool=tools.find("pg_restore", at_least=major, of=_NAME),
            arguments=[
                *("--exit-on-error", "--single-transaction", "--no-password", *more),
                *(f"--dbname={_conninfo(database)}", str(dump)),
            ],
            environment=self._environment(),
        )
        with self._meaning(database):
            tools.run(call, progress)

    def _dumping(self, connected: "psycopg.Connection[Any]", *arguments: str) -> Run:
        major = connected.info.server_version // 10000
        return Run(
            tool=tools.find("pg_dump", at_least=major, of=_NAME),
            arguments=[
                *("--no-password", f"--lock-wait-timeout={LOCKED}", *arguments),
                f"--snapshot={one(connected, 'SELECT pg_export_snapshot()')}",
                f"--dbname={_conninfo(connected.info.dbname)}",
            ],
            environment=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        known, password = self.asking.connection, self.asking.password
        found = {"PGHOST": known.host, "PGUSER": known.user, "PGAPPNAME": APP}
        found |= {"PGPORT": str(known.port)} if known.port else {}
        found |= {"PGPASSWORD": password} if password else {}
        return found | {"PGCONNECT_TIMEOUT": str(PATIENCE), "PGCLIENTENCODING": "UTF8"}

    def _meaning(self, database: str, to: Path | None = None) -> AbstractContextManager[None]:
        """Let what a tool complains of be one of our failures."""
        return meaning(database, lambda said: self._meant(said, database, to))

    def _meant(self, said: str, database: str, to: Path | None) -> BewaarError:
        if to is not None and any(mark in said for mark in _NO_ROOM):
            return unwritable(None, to.parent, reason=reason_in(said))
        kinds = (kind for kind, marks in _COMPLAINTS.items() if any(mark in said for mark in marks))
        kind = next(kinds, None)
        if kind is not None:
            return self.asking.failure(kind, reason_in(said), database)
        bad = _bad_dump(said, database)
        return bad or self.asking.failure(ServerFailed, reason_in(said), database)


def rows_in(dump: Path, progress: Progress = SILENT) -> Found:
    """Return what a dump holds, without a server. Raises SourceDamaged, ToolMissing, ToolTooOld."""
    try:
        with tools.reading(
            Run(tool=reader(), arguments=["--file=-", str(dump)]), progress
        ) as output:
            return script.read(output, progress)
    except ToolEnded as ended:
        bad = _bad_dump(ended.complaint, dump.name)
        raise bad or SourceDamaged(path=dump.name, detail=reason_in(ended.complaint)) from ended
    except Unfinished as error:
        raise SourceDamaged(path=dump.name, detail=str(error)) from error


def reader() -> Tool:
    """Return the tool that reads dumps. Raises ToolMissing."""
    return tools.newest("pg_restore", of=_NAME)


def reason_in(said: str) -> str:
    """Return the line in which a tool says what was wrong."""
    lines = [line for line in said.splitlines() if "error:" in line] or said.splitlines()
    return lines[0].partition("error: ")[2] or lines[0] if lines else "?"


def _bad_dump(said: str, name: str) -> BewaarError | None:
    if "unsupported version" in said:
        tool = reader()
        return ToolTooOld(tool=tool.name, version=tool.release, server=name)
    if any(mark in said for mark in _BAD_DUMP):
        return SourceDamaged(path=name, detail=reason_in(said))
    return None


def _step(progress: Progress, to: Path, total: int) -> None:
    done = to.stat().st_size if to.exists() else 0
    progress.step(min(done, total), total, to.name)


def _conninfo(database: str) -> str:
    """Return a database's name so that no tool takes it for anything else."""
    return "dbname='{}'".format(database.replace("\\", "\\\\").replace("'", "\\'"))
