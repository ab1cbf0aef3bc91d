"""Open files on macOS, from `lsof`, which every Mac has.

It shows this user's processes; of other users' it says nothing, so a sighting is whole only where
the file lies on this computer and nobody else is logged in. Written from lsof's manual and not
yet run there.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bewaar.system.holders import Holder, Process, Sighting, named
from bewaar.system.volumes import disk_facts

_PATIENCE = 20  # seconds; on a busy Mac lsof takes two or three


def holders(places: Sequence[Path]) -> Sighting:
    """Return the processes that have one of the places open, or a file below it."""
    wanted = {os.path.realpath(place) for place in places}
    try:
        listed = _run("lsof", "-nPw", "-F", "pcn")
        people = {line.split()[0] for line in _run("who").splitlines() if line}
    except (OSError, subprocess.SubprocessError):
        return Sighting(holders=(), whole=False)
    near = not any(disk_facts(place).network for place in places)
    return Sighting(holders=tuple(parsed(listed, wanted)), whole=near and len(people) <= 1)


def alive(pid: int) -> bool:
    """Return whether a process with that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it runs, as somebody else
    return True


def started(pid: int) -> datetime | None:
    """Return when a process was started, to the second."""
    try:
        told = _run("env", "LC_ALL=C", "ps", "-o", "lstart=", "-p", str(pid))
        local = datetime.strptime(" ".join(told.split()), "%a %b %d %H:%M:%S %Y")  # noqa: DTZ007
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return local.astimezone(UTC)  # `ps` tells local time, which a naive one is taken for


def running(programs: Sequence[str]) -> tuple[Process, ...]:
    """Return the processes that run one of these programs."""
    try:
        return tuple(listed_running(_run("ps", "-axo", "pid=,comm="), programs))
    except (OSError, subprocess.SubprocessError):
        return ()


def listed_running(listed: str, programs: Sequence[str]) -> Iterator[Process]:
    """Yield those of the programs that `ps` lists: a number, and the path of what runs."""
    for line in listed.splitlines():
        pid, _, path = line.strip().partition(" ")
        program = path.strip().rpartition("/")[2]
        if pid.isdecimal() and named(program, programs):
            yield Process(pid=int(pid), program=program)


def parsed(listed: str, wanted: set[str]) -> Iterator[Holder]:
    """Yield the holders in lsof's field output: `p` number, `c` program, `n` name of a file."""
    pid, program = 0, ""
    for line in listed.splitlines():
        field, value = line[:1], line[1:]
        if field == "p":
            pid = int(value)
        elif field == "c":
            program = value
        elif field == "n" and pid != os.getpid() and _within(value, wanted):
            yield Holder(pid=pid, program=program, path=Path(value))


def _within(target: str, wanted: set[str]) -> bool:
    return any(target == place or target.startswith(f"{place}/") for place in wanted)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=_PATIENCE, stdin=subprocess.DEVNULL
    )
    return done.stdout.decode("utf-8", "surrogateescape")
