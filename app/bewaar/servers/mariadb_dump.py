"""MariaDB's own tools: a dump of one instant, loaded and read back.

Tables that know no transactions are locked while they are dumped; else nobody has to wait. The
password goes through a file that only this user can read, and that is gone afterwards.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from bewaar.errors import BewaarError, DumpIncomplete, SourceDamaged
from bewaar.paths import unwritable
from bewaar.progress import SILENT, Progress
from bewaar.servers import mariadb_script as script
from bewaar.servers import tools
from bewaar.servers.base import Dumped, Found
from bewaar.servers.mariadb_asking import PATIENCE, Asking
from bewaar.servers.scripts import Unfinished, meaning
from bewaar.servers.tools import Run, Tool

SUFFIX = ".sql"

_NAME = "MariaDB"
_PLAIN = ("--default-character-set=utf8mb4", "--max-allowed-packet=1G")
_WHOLE = (
    *("--quick", "--routines", "--triggers", "--events", "--hex-blob"),
    *("--skip-dump-date", "--no-tablespaces"),
)
_ONE_INSTANT = ("--single-transaction", "--skip-lock-tables")
_LOCKED = ("--lock-tables",)
_HISTORY = ("--dump-history",)  # the past of tables that keep it
_NO_ROOM = ("Errcode: 28", "errno: 28", "errno 28", "No space left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a database decides how it is dumped."""

    locked: bool  # some table knows no transactions
    history: bool  # some table keeps its past

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the tool is told."""
        return (*(_LOCKED if self.locked else _ONE_INSTANT), *(_HISTORY if self.history else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What calls the tools for a server, as one user."""

    asking: Asking

    def dump(
        self, database: str, shape: Shape, to: Path, total: int, progress: Progress = SILENT
    ) -> Dumped:
        """Write a database to a file, and read that back."""
        with (
            self._dumping(database, shape, f"--result-file={to}") as call,
            self._meaning(database, to),
        ):
            tools.run(call, progress, lambda: _step(progress, to, total))
        try:
            found = rows_in(to, progress)
        except SourceDamaged as error:
            raise DumpIncomplete(database=database, detail=str(error)) from error
        method = "mariadb-dump-locked" if shape.locked else "mariadb-dump"
        return Dumped(found=found, tool=call.tool.told, method=method)

    def content(self, database: str, shape: Shape, progress: Progress = SILENT) -> Found:
        """Return what such a dump would hold; nothing is written."""
        with (
            self._dumping(database, shape) as call,
            self._meaning(database),
            tools.reading(call, progress) as output,
        ):
            return script.read(output, progress)

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Put a dump into a database; what fails leaves part of it there."""
        tool = tools.find("mariadb", "mysql", of=_NAME, saying=_NAME)
        with (
            self._options() as file,
            self._meaning(database),
        ):
            arguments = [f"--defaults-file={file}", *_PLAIN, f"--database={database}"]
            tools.run(Run(tool=tool, arguments=arguments, stdin=dump), progress)

    @contextmanager
    def _dumping(self, database: str, shape: Shape, *arguments: str) -> Iterator[Run]:
        tool = _dump_tool()
        with self._options() as file:
            options = [f"--defaults-file={file}", *_PLAIN, *_WHOLE, *shape.arguments, *arguments]
            yield Run(tool=tool, arguments=[*options, "--", database])

    @contextmanager
    def _options(self) -> Iterator[Path]:
        """Give a file with what the tools need to reach the server, for this user's eyes only."""
        known, password = self.asking.connection, self.asking.password
        options = {"user": known.user, "loose-connect-timeout": str(PATIENCE)}
        if known.host.startswith("/"):
            options |= {"socket": known.host}
        else:
            options |= {"host": known.host, "protocol": "TCP"}
            options |= {"port": str(known.port)} if known.port else {}
        options |= {"password": password} if password is not None else {}
        text = "".join(f'{name}="{_escaped(value)}"\n' for name, value in options.items())
        handle, name = mkstemp(prefix="bewaar-", suffix=".cnf")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"[client]\n{text}")
            yield Path(name)
        finally:
            Path(name).unlink()

    def _meaning(self, database: str, to: Path | None = None) -> AbstractContextManager[None]:
        """Let what a tool complains of be one of our failures."""
        return meaning(database, lambda said: self._meant(said, database, to))

    def _meant(self, said: str, database: str, to: Path | None) -> BewaarError:
        if to is not None and any(mark in said for mark in _NO_ROOM):
            return unwritable(None, to.parent, reason=said.splitlines()[-1])
        return self.asking.meant(said, database)


def rows_in(dump: Path, progress: Progress = SILENT) -> Found:
    """Return what a dump holds, without a server or its tools. Raises SourceDamaged, Cancelled."""
    try:
        with dump.open("rb") as file:
            return script.read(file, progress)
    except Unfinished as error:
        raise SourceDamaged(path=dump.name, detail=str(error)) from error


def _dump_tool() -> Tool:
    return tools.find("mariadb-dump", "mysqldump", of=_NAME, saying=_NAME)


def _step(progress: Progress, to: Path, total: int) -> None:
    done = to.stat().st_size if to.exists() else 0
    progress.step(min(done, total), total, to.name)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
