"""The long run of faults: as many real ones as one asks for, and a table of what became of them.

Which runs are made follows from the seed: `--seed S --first N --runs 1` repeats one.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from installer.terminal import say

if TYPE_CHECKING:
    from tests.faults.harms import Harm

SEED = 20261121
OFTEN = 50  # runs between two lines that say how far it is


def main(arguments: Sequence[str]) -> int:
    """Make the runs, print the table, and say by the exit code whether every promise held."""
    from tests.faults.harms import EVERY
    from tests.faults.machine import Machine, why_not
    from tests.faults.runs import Range, planned
    from tests.faults.world import World

    wishes = _parser().parse_args(arguments)
    if reason := why_not():
        say(f"No faults can be made here: {reason}.")
        return 1
    harms = [harm for harm in EVERY if _wanted(harm, wishes.kind)]
    table, began = Table(), time.monotonic()
    base = Path(tempfile.mkdtemp(prefix="bewaar-faults-", dir=wishes.within))
    try:
        with World(base / "world") as world, Machine(base) as machine:
            ground = Range(world, machine)
            runs = islice(planned(wishes.seed, harms), wishes.first - 1, None)
            for run in islice(runs, wishes.runs):
                report = ground.make(run)
                table.add(run.harm.kind, sum(report.checked.values()), report.broken)
                for broken in report.broken:
                    say(f"BROKEN {run.number}: {run}: {broken}")
                if table.runs.total() % OFTEN == 0:
                    say(f"{table.runs.total()} runs, {table.broken.total()} broken")
    finally:
        shutil.rmtree(base, ignore_errors=True)
    say(f"\nSeed {wishes.seed}, {time.monotonic() - began:.0f} seconds\n\n{table}")
    return 1 if table.broken.total() else 0


class Table:
    """Kind of fault × runs × promises checked × broken."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.runs: Counter[str] = Counter()
        self.checked: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()

    def add(self, kind: str, checked: int, broken: Sequence[str]) -> None:
        """Count one run."""
        self.runs[kind] += 1
        self.checked[kind] += checked
        self.broken[kind] += len(broken)

    def __str__(self) -> str:
        """Return it as Markdown."""
        rows = [(k, self.runs[k], self.checked[k], self.broken[k]) for k in sorted(self.runs)]
        whole = ("all", self.runs.total(), self.checked.total(), self.broken.total())
        lines = [f"| {kind} | {runs:,} | {c:,} | {b:,} |" for kind, runs, c, b in [*rows, whole]]
        head = ["| fault | runs | promises checked | broken |", "|---|---:|---:|---:|"]
        return "\n".join([*head, *lines])


def _wanted(harm: "Harm", kinds: Sequence[str]) -> bool:
    from tests.mounts import why_not

    if kinds and harm.kind not in kinds:
        return False
    reason = why_not(*harm.programs) if harm.disk else ""
    if reason:
        say(f"Left out: {harm.kind} on {harm.disk} ({reason}).")
    return not reason


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installer faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--first", type=int, default=1, help="number of the first run")
    parser.add_argument("--kind", action="append", default=[], help="only this kind; repeatable")
    parser.add_argument("--within", type=Path, help="the folder to work in")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
