"""`python3 installer bench`: round after round, and the page of results."""

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from installer.bench.floor import Floor
from installer.bench.goals import judged
from installer.bench.laps import Lap, Track
from installer.bench.report import Race, page
from installer.terminal import Failed, say

RESULTS = Path(__file__).parents[2] / "tests" / "bench" / "RESULTS.md"
SIZE, MANY, ROUNDS, SEED = 1_000_000_000, 50_000, 3, 1
QUICK_SIZE, QUICK_MANY = 5_000_000, 100


def main(arguments: Sequence[str]) -> int:
    """Race, write the results, and say by the exit code whether all goals are met."""
    wishes = _wishes(arguments)
    if not sys.platform.startswith("linux"):
        say("The bench looks into /proc, which only Linux has.")
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="bewaar-bench-", dir=wishes.work) as work:
            for race in rounds(wishes, Path(work)):
                _tell(wishes, race)
    except Failed as failure:
        say(str(failure))
        return 1
    missed = [verdict.goal.work for verdict in judged(race.runs) if verdict.met is False]
    if wishes.quick:  # too short to say anything of the goals
        return 0
    say(f"See {wishes.to}. Missed: {'; '.join(missed) or 'nothing'}.")
    return 1 if missed else 0


def rounds(wishes: argparse.Namespace, work: Path) -> Iterator[Race]:
    """Make the books, run all laps, and yield after each round what came of them so far."""
    say(f"Making {wishes.size / 1e6:,.0f} MB of books in {work} …")
    track = Track(work, seed=wishes.seed, size=wishes.size, many=wishes.many)
    track.prepare()
    files = [path for path in track.books.folder.rglob("*") if path.is_file()]
    (scratch := work / "floor").mkdir()
    race = Race(
        command=shlex.join(["python3", "installer", "bench", *wishes.given]),
        size=sum(path.stat().st_size for path in files),
        files=len(files),
        many=wishes.many,
        stages=track.stages,
        floor=Floor(track.books.folder, scratch).measure(),
    )
    shutil.rmtree(scratch)
    for _ in range(wishes.rounds):
        race.loads.append(os.getloadavg()[0])
        for lap in track.laps():
            if _wanted(lap, wishes.only):
                done = lap.run()
                race.runs.setdefault(lap.name, []).append(done)
                number = len(race.loads)
                say(f"{number}  {lap.name:<20} {done.wall:8.2f} s  {done.cpu:8.2f} s CPU")
        yield race


def _tell(wishes: argparse.Namespace, race: Race) -> None:
    if wishes.quick:
        say(page(race))
        return
    wishes.to.parent.mkdir(parents=True, exist_ok=True)
    wishes.to.write_text(page(race), encoding="utf-8")


def _wanted(lap: Lap, only: Sequence[str]) -> bool:
    there = lap.tool == "bewaar" or shutil.which(lap.tool) is not None
    return there and (not only or any(lap.name.startswith(word) for word in only))


def _wishes(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="installer bench", description=__doc__)
    parser.add_argument("--size", type=_number, help="bytes of books: 1e9")
    parser.add_argument("--many", type=_number, help="small files that stay")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="+", default=(), metavar="LAP", help="how laps begin")
    parser.add_argument("--quick", action="store_true", help="a few MB, once; only told")
    parser.add_argument("--work", type=Path, help="where there is room for some GB")
    parser.add_argument("--to", type=Path, default=RESULTS, help="the page")
    wishes = parser.parse_args(arguments)
    wishes.given = list(arguments)
    if wishes.quick:
        wishes.rounds = 1
    wishes.size = wishes.size or (QUICK_SIZE if wishes.quick else SIZE)
    wishes.many = wishes.many or (QUICK_MANY if wishes.quick else MANY)
    return wishes


def _number(text: str) -> int:
    return int(float(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
