"""The idle figures: memory and processor time of a Bewaar that only keeps an eye on the books.

Starts a tray with three administrations and no window on a desktop of its own, lets it settle,
and reads from /proc what its whole process tree holds and uses. Linux only.

Memory is PSS: pages that several programs share are divided among them. RSS counts them in full,
as if nothing else on the computer used GTK or Python; the truth of a desktop lies in between.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer.terminal import say

MOST_MB, MOST_PERCENT = 60.0, 0.1  # what is promised
SETTLING = 30.0  # seconds from the start to the first look
SECONDS = 130.0  # between the first look and the last
PREPARE = "from bewaar import demo, paths; demo.prepare(paths.home())"
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a process tree holds and has used, at one moment."""

    at: float  # seconds
    processes: int
    pss: float  # MB
    rss: float  # MB
    cpu: float  # seconds of processor time since the start
    switches: int  # how often its threads gave the processor back


def main(arguments: Sequence[str]) -> int:
    """Measure, print the figures, and say by the exit code whether the promise is kept."""
    wishes = _parser().parse_args(arguments)
    if not sys.platform.startswith("linux"):
        say("The idle figures are read from /proc, which only Linux has.")
        return 1
    with _running(wishes) as tray:
        time.sleep(wishes.settling)
        before = look(tray.pid)
        say(f"Measuring for {wishes.seconds:.0f} seconds …")
        time.sleep(wishes.seconds)
        after = look(tray.pid)
    return _report(before, after)


def look(pid: int) -> Look:
    """Return what the tree below a process holds now."""
    tree = [pid, *below(pid)]
    memory = [_memory(each) for each in tree]
    return Look(
        at=time.monotonic(),
        processes=len(tree),
        pss=sum(each.get("Pss", 0) for each in memory) / 1000,
        rss=sum(each.get("Rss", 0) for each in memory) / 1000,
        cpu=sum(map(_cpu, tree)),
        switches=sum(map(_switches, tree)),
    )


def below(pid: int) -> list[int]:
    """Return all descendants of a process."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    return [found for child in children for found in (child, *below(child))]


def _memory(pid: int) -> dict[str, float]:
    """Return the fields of smaps_rollup in kB, counted by 1000 as the promise is."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return {field[0].rstrip(":"): int(field[1]) * 1.024 for field in fields}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime, see proc(5)


def _switches(pid: int) -> int:
    statuses = (task / "status" for task in Path(f"/proc/{pid}/task").iterdir())
    lines = (line for status in statuses for line in status.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


def _report(before: Look, after: Look) -> int:
    seconds = after.at - before.at
    percent = 100 * (after.cpu - before.cpu) / seconds
    say(f"Processes   {after.processes}")
    say(f"Memory      {after.pss:.1f} MB PSS ({after.rss:.1f} MB RSS), at most {MOST_MB:.0f}")
    say(f"Processor   {percent:.3f} %, at most {MOST_PERCENT} %")
    say(f"Wakings     {(after.switches - before.switches) / seconds:.1f} per second")
    return 0 if after.pss <= MOST_MB and percent <= MOST_PERCENT else 1


@contextmanager
def _running(wishes: argparse.Namespace) -> Iterator[subprocess.Popen[bytes]]:
    """Run the tray on a desktop of its own for the block, with the three sample administrations.

    They are made by a process of their own: what that loads is no part of an idle Bewaar.
    """
    from tests.desktop.stage import Stage, eventually

    words = ["tray"] if wishes.window else ["tray", "--at-login"]
    with tempfile.TemporaryDirectory(prefix="bewaar-idle-") as folder, Stage() as stage:
        env = stage.env | {"BEWAAR_HOME": folder}
        subprocess.run([sys.executable, "-c", PREPARE], env=env, check=True)
        tray = subprocess.Popen([sys.executable, "-m", "bewaar_tray", *words], env=env)
        try:
            if wishes.window:
                window = eventually(lambda: stage.windows("Bewaar"), "the window")[0]
                stage.do("sleep", "5", "windowclose", str(window.id))
            yield tray
        finally:
            tray.send_signal(signal.SIGTERM)
            tray.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installer idle", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--settling", type=float, default=SETTLING)
    parser.add_argument("--window", action="store_true", help="open the window and close it first")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
