"""The fuzz run: the reader against as many broken backups as there is time for.

A crash ends libFuzzer, so it is started again until the time is over; each crash is kept as a
file. What was found interesting is kept too, and a later run goes on from there. Linux only.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installer.terminal import Failed, say

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".fuzz"
LIMITS = ("-max_len=200000", "-rss_limit_mb=1500", "-timeout=30")  # bytes, MB, seconds
MOST_CRASHES = 25

_STEP = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
_FIGURE = re.compile(r"stat::(\w+): +(\d+)")


@dataclass(slots=True)
class Figures:
    """What a run came to."""

    seconds: float = 0
    inputs: int = 0
    edges: int = 0  # of the reader's code
    features: int = 0  # edges, told apart by how often
    corpus: int = 0  # inputs that each reach something else
    slowest: int = 0  # seconds for one input
    memory: int = 0  # MB
    crashes: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Read one line of what libFuzzer says."""
        if found := _STEP.search(line):
            edges, features, self.corpus = map(int, found.groups())
            self.edges, self.features = max(self.edges, edges), max(self.features, features)
        if found := _FIGURE.search(line):
            name, number = found[1], int(found[2])
            if name == "number_of_executed_units":
                self.inputs += number
            elif name == "slowest_unit_time_sec":
                self.slowest = max(self.slowest, number)
            elif name == "peak_rss_mb":
                self.memory = max(self.memory, number)
        if "Test unit written to" in line:
            self.crashes.append(line.rsplit(maxsplit=1)[-1])

    def text(self) -> str:
        """Return the figures as one sentence."""
        return (
            f"{self.seconds / 60:.0f} minutes, {self.inputs:,} inputs, {self.edges} edges, "
            f"{self.features} features, {self.corpus} in the corpus, slowest {self.slowest} s, "
            f"{self.memory} MB, crashes: {len(self.crashes)}"
        )


def main(arguments: Sequence[str]) -> int:
    """Run for some minutes, print the figures, and say by the exit code whether all was well."""
    wishes = _parser().parse_args(arguments)
    corpus, crashes = KEPT / "corpus", KEPT / "crashes"
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    figures = Figures()
    start = time.monotonic()
    while (left := wishes.minutes * 60 - figures.seconds) >= 1:
        known = len(figures.crashes)
        wanted = [f"-max_total_time={left:.0f}", f"-artifact_prefix={crashes}/", str(corpus)]
        ended = _run(figures, wanted)
        figures.seconds = time.monotonic() - start
        if ended and len(figures.crashes) == known:
            raise Failed("The fuzz target stopped by itself; the reason is above.")
        if len(figures.crashes) >= MOST_CRASHES:
            break
    say(figures.text())
    for crash in figures.crashes:
        say(crash)
    return 1 if figures.crashes else 0


def _run(figures: Figures, arguments: list[str]) -> int:
    """Run libFuzzer until its time is over or something crashes; return its exit code."""
    command = [sys.executable, "-m", "tests.fuzz.target", *LIMITS, "-print_final_stats=1"]
    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None  # noqa: S101  it was asked for
        for line in process.stdout:
            figures.take(line)
            if not re.search("REDUCE|NEW|pulse|RELOAD|^stat::", line):
                say(line.rstrip())
    return process.returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 installer fuzz", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failure:
        sys.exit(str(failure))
