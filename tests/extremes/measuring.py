"""Bewaar as a user starts it, and what it took: time, and the memory of all its processes."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

_LOOK = 0.05  # seconds between two looks at the processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one run took."""

    seconds: float
    memory: int  # bytes; the sum of each process's highest resident memory
    output: str

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.memory / 1e6:.0f} MB"


def bewaar(*words: str | Path, expect: int = 0, stdin: str = "") -> Took:
    """Run the command line to its end; any other exit code than expected is a failure."""
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "bewaar_tray", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        peaks: dict[int, int] = {}
        with ThreadPoolExecutor(1) as reader:
            said = reader.submit(program.communicate, stdin)
            while not said.done():
                for process in _family(program.pid):
                    peaks[process] = max(peaks.get(process, 0), _peak(process))
                wait([said], _LOOK)
            output, _ = said.result()
        seconds = time.monotonic() - begun
    assert program.returncode == expect, output
    return Took(seconds=seconds, memory=sum(peaks.values()), output=output)


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                found += _family(int(child))
    except OSError:  # it has just ended
        pass
    return found


def _peak(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0
