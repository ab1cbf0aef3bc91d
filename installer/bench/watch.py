"""A command watched from outside: how long it and all it starts run, and what they take.

Processor time is what the system charges for the command and every child it waited for. Memory is
the sum of the resident pages (RSS) of the whole process tree, looked at a hundred times a
second; pages that two processes share count twice. (What the system says of a child at its end
counts what the parent had when it was made.) Linux only.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from installer.terminal import Failed

if TYPE_CHECKING:
    import resource

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PAUSE = 0.01  # seconds between two looks
_TAIL = 2000  # bytes of what a command said that are shown when it fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one command took."""

    wall: float  # seconds
    cpu: float  # seconds
    peak: int  # bytes of memory, of the whole tree
    made: int = 0  # bytes on disk
    said: str = ""


def watched(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
) -> Run:
    """Run a command to its end, which must be a good one. Raises Failed."""
    with log.open("w+b") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**_surroundings(), **(env or {})},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        assert process.stdin is not None  # noqa: S101 - asked for above
        with process.stdin as pipe:
            pipe.write(stdin)
        peak, status, usage = _waited(process.pid)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{said[-_TAIL:]}")
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=peak, said=said)


def _surroundings() -> dict[str, str]:
    """Return the environment without what would have Python compile everything each time."""
    return {name: told for name, told in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _waited(pid: int) -> "tuple[int, int, resource.struct_rusage]":
    peak = 0
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return peak, status, usage
        peak = max(peak, resident(pid))
        time.sleep(_PAUSE)


def resident(pid: int) -> int:
    """Return the bytes that a process and all below it hold in memory now."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in _children(task)]
    except (OSError, IndexError):  # it ended meanwhile
        return 0
    return pages * _PAGE + sum(map(resident, below))


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except OSError:
        return []
