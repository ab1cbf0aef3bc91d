"""The servers' own tools: found on this computer, run, and ended when they are no longer wanted.

No password is ever an argument: other users of the computer can read those. A tool that is asked
to stop, or whose output nobody reads any more, is killed and waited for.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from bewaar.errors import Cancelled, ToolMissing, ToolTooOld
from bewaar.progress import SILENT, Progress

# Where installers put them without telling the PATH; the newest comes last.
FOLDERS = {
    "linux": ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/usr/pgsql-*/bin"),
    "darwin": (
        *("/opt/homebrew/opt/libpq/bin", "/opt/homebrew/opt/*/bin", "/usr/local/opt/*/bin"),
        *("/Library/PostgreSQL/*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin"),
    ),
    "win32": (
        *("C:/Program Files/PostgreSQL/*/bin", "C:/Program Files/MariaDB */bin"),
        "C:/Program Files/Microsoft SQL Server/Client SDK/ODBC/*/Tools/Binn",
    ),
}

_GLANCE = 0.2  # seconds between two looks whether to stop
_COMPLAINT = 4000  # characters of what a tool says, from its end
_ENGLISH = {"LC_ALL": "C", "LANGUAGE": "C"}  # so that complaints can be understood
_RELEASE = re.compile(r"(?:Distrib|from) (\d+)\.(\d+)")  # of MariaDB, whose tools count apart
_NUMBERS = re.compile(r"(\d+)(?:\.(\d+))?")


class ToolEnded(Exception):
    """A tool gave up; its `complaint` says why, in English where the tool decides."""

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program of a server's makers, as it was found here."""

    name: str
    path: str
    told: str  # what it says of its version: "pg_dump (PostgreSQL) 15.14"

    @property
    def version(self) -> tuple[int, int]:
        """The first two numbers of its version."""
        found = _RELEASE.search(self.told) or _NUMBERS.search(self.told.partition(self.name)[2])
        return (int(found[1]), int(found[2] or 0)) if found else (0, 0)

    @property
    def release(self) -> str:
        """Its version as people write it."""
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call of a tool."""

    tool: Tool
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # beside what is there
    stdin: Path | None = None


def find(*names: str, at_least: int = 0, of: str = "", saying: str = "") -> Tool:
    """Return the oldest tool of these names that is new enough; `of` says for what.

    The oldest, as what a newer one writes an older server may not understand. `saying` must stand
    in what it tells of its version. Raises ToolMissing, ToolTooOld.
    """
    found = _known(names, of, saying)
    fitting = [tool for tool in found if tool.version[0] >= at_least]
    if not fitting:
        newest = max(found, key=_version)
        raise ToolTooOld(tool=newest.name, version=newest.release, server=f"{of} {at_least}")
    return min(fitting, key=_version)


def newest(name: str, *, of: str) -> Tool:
    """Return the newest tool of a name: it reads what the older ones wrote. Raises ToolMissing."""
    return max(_known([name], of), key=_version)


def named(name: str, *, of: str) -> Tool:
    """Return a tool that says nothing of its version. Raises ToolMissing."""
    path = next(_paths(name), None)
    if path is None:
        raise ToolMissing(tool=name, server=of)
    return Tool(name=name, path=path, told="")


def _known(names: Sequence[str], of: str, saying: str = "") -> list[Tool]:
    """Return the tools of the first of these names that is here. Raises ToolMissing."""
    for name in names:
        told = ((path, _told(path, Path(path).stat().st_mtime_ns)) for path in _paths(name))
        found = [Tool(name=name, path=path, told=text) for path, text in told if text]
        if found := [tool for tool in found if saying in tool.told]:
            return found
    raise ToolMissing(tool=names[0], server=of)


def _version(tool: Tool) -> tuple[int, int]:
    return tool.version


def _paths(name: str) -> Iterator[str]:
    """Yield where a tool is: first the one on the PATH, then the newest elsewhere."""
    known = shutil.which(name)
    found = [known] if known else []
    for pattern in FOLDERS.get(sys.platform, ()):
        anchor = Path(pattern).anchor
        folders = sorted(Path(anchor).glob(pattern.removeprefix(anchor)), key=_age, reverse=True)
        found += [path for folder in folders if (path := shutil.which(name, path=str(folder)))]
    yield from dict.fromkeys(found)


def _age(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


@lru_cache
def _told(path: str, _written_at: int) -> str:
    """Return what a program tells of its version, asked once as long as it stays the same."""
    try:
        answer = subprocess.run(
            [path, "--version"],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
            env=os.environ | _ENGLISH,
            creationflags=_quiet(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip() if answer.returncode == 0 else ""


def run(call: Run, progress: Progress = SILENT, tick: Callable[[], object] | None = None) -> None:
    """Run a tool to its end; `tick` is called now and then. Raises ToolEnded, Cancelled."""
    with reading(call, progress, tick) as output:
        while output.read(1 << 16):
            pass


@contextmanager
def reading(
    call: Run, progress: Progress = SILENT, tick: Callable[[], object] | None = None
) -> Iterator[IO[bytes]]:
    """Give what a tool writes; leaving early ends it. Raises ToolEnded, ToolMissing, Cancelled."""
    with TemporaryFile() as complaints, _begun(call, complaints) as process:
        assert process.stdout is not None  # noqa: S101 - for mypy: it was asked for
        watch = _Watch(process, progress, tick)
        try:
            with watch:
                yield process.stdout
                left_over = process.stdout.read(1)
                if left_over:
                    process.kill()
                process.wait()
        except BaseException as error:
            gave_up = _ended_by_itself(process, error)
            process.kill()
            process.wait()
            if watch.stopped:
                raise watch.stopped from error
            if gave_up:
                raise ToolEnded(_said(complaints)) from error
            raise
        if watch.stopped:
            raise watch.stopped
        if process.returncode and not left_over:
            raise ToolEnded(_said(complaints))


@contextmanager
def _begun(call: Run, complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    stdin = call.stdin.open("rb") if call.stdin else None
    try:
        process = subprocess.Popen(
            [call.tool.path, *call.arguments],
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=os.environ | _ENGLISH | dict(call.environment),
            creationflags=_quiet(),
        )
    except OSError as error:
        raise ToolMissing(tool=call.tool.name, server="") from error
    finally:
        if stdin:
            stdin.close()
    with process:
        yield process


def _ended_by_itself(process: subprocess.Popen[bytes], error: BaseException) -> bool:
    """Return whether what went wrong comes of a tool that gave up."""
    if isinstance(error, Cancelled) or not isinstance(error, Exception):
        return False
    try:
        return process.wait(_GLANCE) > 0
    except subprocess.TimeoutExpired:
        return False


class _Watch:
    """Looks now and then whether a tool is still wanted, also while it says nothing."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        progress: Progress,
        tick: Callable[[], object] | None,
    ) -> None:
        self.stopped: Cancelled | None = None
        self._process, self._progress, self._tick = process, progress, tick
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="bewaar-tool", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_GLANCE):
            try:
                self._progress.check()
            except Cancelled as stopped:
                self.stopped = stopped
                self._process.kill()
                return
            if self._tick:
                self._tick()


def _said(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read().decode("utf-8", "replace").strip()[-_COMPLAINT:]


def _quiet() -> int:
    """Return what keeps Windows from opening a console for each tool."""
    return getattr(subprocess, "CREATE_NO_WINDOW", 0)
