"""Open files on Linux, from /proc.

Of other users' processes the system shows nothing, and on every desktop some run: root's
services. So they make a sighting incomplete only when they may well have somebody's books open:
the processes of people, and file servers, which open files on behalf of other computers. What is
only mapped into memory, its handle closed, is not seen. `root` is where /proc is: tests bring one.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bewaar.system.holders import Holder, Process, Sighting, named
from bewaar.system.volumes import disk_facts

_FIRST_PERSON, _NOBODY = 1000, 65534  # user ids of people lie between, see login.defs(5)
_FILE_SERVERS = frozenset({"afpd", "ksmbd", "nfsd", "smbd"})
_NAME_LENGTH = 15  # TASK_COMM_LEN: longer names are cut
_STARTED = 19  # of the fields after the name in /proc/PID/stat, see proc(5)


def holders(places: Sequence[Path], root: Path = Path("/")) -> Sighting:
    """Return the processes that have one of the places open, or a file below it."""
    wanted = {os.path.realpath(place) for place in places}
    found: list[Holder] = []
    whole = _all_listed(root) and not any(disk_facts(place).network for place in places)
    for process in _processes(root):
        try:
            found += _held_by(process, wanted)
        except PermissionError:
            whole = whole and not _may_hold_books(process)
        except OSError:
            continue  # it ended meanwhile
    return Sighting(holders=tuple(found), whole=whole)


def alive(pid: int, root: Path = Path("/")) -> bool:
    """Return whether a process with that number runs."""
    return (root / "proc" / str(pid)).exists()


def started(pid: int, root: Path = Path("/")) -> datetime | None:
    """Return when a process was started; it is written in ticks since the computer was."""
    try:
        fields = (root / "proc" / str(pid) / "stat").read_text("utf-8", "replace")
        booted = (root / "proc/stat").read_text("ascii").partition("btime ")[2].split()[0]
        ticks = int(fields.rpartition(")")[2].split()[_STARTED])
    except (OSError, IndexError, ValueError):
        return None
    return datetime.fromtimestamp(int(booted) + ticks / _ticks_a_second(), UTC)


def _ticks_a_second() -> int:
    if sys.platform == "win32":
        return 100
    return os.sysconf("SC_CLK_TCK")


def running(programs: Sequence[str], root: Path = Path("/")) -> tuple[Process, ...]:
    """Return the processes that run one of these programs."""
    found = (Process(pid=int(p.name), program=_name(p)) for p in _processes(root))
    return tuple(each for each in found if named(each.program, programs, length=_NAME_LENGTH))


def _all_listed(root: Path) -> bool:
    # Mounted with hidepid, /proc does not even list other users' processes.
    return (root / "proc/1").exists()


def _processes(root: Path) -> Iterator[Path]:
    with suppress(OSError), os.scandir(root / "proc") as entries:
        for entry in entries:
            if entry.name.isdecimal() and int(entry.name) != os.getpid():
                yield Path(entry.path)


def _held_by(process: Path, wanted: set[str]) -> Iterator[Holder]:
    seen: set[str] = set()
    handles = process / "fd"
    for handle in os.listdir(handles):  # noqa: PTH208 - thousands of them: a Path costs more
        with suppress(FileNotFoundError):  # closed meanwhile
            target = os.readlink(f"{handles}/{handle}")  # noqa: PTH115
            if target not in seen and _within(target, wanted):
                seen.add(target)
                yield Holder(pid=int(process.name), program=_name(process), path=Path(target))


def _within(target: str, wanted: set[str]) -> bool:
    return any(target == place or target.startswith(f"{place}/") for place in wanted)


def _may_hold_books(process: Path) -> bool:
    try:
        person = _FIRST_PERSON <= process.stat().st_uid < _NOBODY
    except OSError:
        return False
    return person or _name(process) in _FILE_SERVERS


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "?"
