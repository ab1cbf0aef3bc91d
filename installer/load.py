"""The long run of backups under a writer: how many are accepted, broken, or said to be busy.

For every storage a program writes all the time, with rests of a length that follows from the run's
number: with the shortest a backup of files may never find a quiet moment, and has to say so.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from installer.terminal import say

RESTS = (1.5, 1.0, 0.7, 0.3)  # seconds between two writes, for a part of the runs each
SHARES = (0.4, 0.3, 0.25, 0.05)


def main(arguments: Sequence[str]) -> int:
    """Make the backups, print the table, and say by the exit code whether one was broken."""
    from tests.load.grounds import GROUNDS, why_not

    wishes = _parser().parse_args(arguments)
    rows = []
    for name in GROUNDS:
        if wishes.kind and name not in wishes.kind:
            continue
        if reason := why_not(name):
            say(f"Left out: {name} ({reason}).")
            continue
        began = time.monotonic()
        ends = _made(name, wishes.runs, wishes.within)
        rows.append((name, ends))
        say(f"{name}: {dict(ends)}, {time.monotonic() - began:.0f} seconds")
    say(f"\n{_table(rows)}")
    return 1 if any(ends["broken accepted"] for _, ends in rows) else 0


def _made(name: str, runs: int, within: Path | None) -> Counter[str]:
    from bewaar.engine import Engine
    from bewaar.paths import home
    from tests.load.grounds import several

    ends: Counter[str] = Counter()
    base = Path(tempfile.mkdtemp(prefix="bewaar-load-", dir=within))
    os.environ["BEWAAR_HOME"] = str(base / "home")
    try:
        with closing(Engine(home())) as engine:
            for number, (rest, share) in enumerate(zip(RESTS, SHARES, strict=True)):
                some = round(runs * share)
                ends.update(several(name, base / f"{number}", engine, some, rest) if some else ())
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return ends


def _table(rows: Sequence[tuple[str, Counter[str]]]) -> str:
    """Return the figures as Markdown."""
    known = ("accepted", "broken accepted", "busy")
    lines = ["| storage | backups | accepted | of them broken | busy | other |"]
    lines.append("|---|---:|---:|---:|---:|---|")
    for name, ends in rows:
        whole, broken, busy = (ends[end] for end in known)
        other = ", ".join(f"{n} {end}" for end, n in ends.items() if end not in known) or "–"
        lines.append(
            f"| {name} | {ends.total()} | {whole + broken} | {broken} | {busy} | {other} |"
        )
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installer load", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="backups of each storage")
    parser.add_argument("--kind", action="append", default=[], help="only this one; repeatable")
    parser.add_argument("--within", type=Path, help="the folder to work in")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
