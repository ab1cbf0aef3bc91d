"""The results as a page: what is promised and kept, every lap, and where our time goes."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from installer.bench.floor import Seconds
from installer.bench.goals import Verdict, judged, memory_limit, peak
from installer.bench.stages import LISTING, LOADING, SYNCING, WRITING
from installer.bench.watch import Run

OURS = ("backup", "verify", "restore")  # the verbs whose memory is promised
ALIKE = (LOADING, WRITING, LISTING, SYNCING)  # the stages of ours that the others know too
ALIKE_TO = ("7z default", "7z -mx=1", "pyzipper", "restic first", "borg first")
_VERSIONS = {
    "7z": ("7z", "i"),
    "zip": ("zip", "-v"),
    "restic": ("restic", "version"),
    "borg": ("borg", "--version"),
}
_PACKAGES = ("pyzipper", "isal", "blake3", "cryptography")


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What was run, and what came of it."""

    command: str
    size: int  # bytes of the books
    files: int
    many: int  # files of which none changed
    runs: dict[str, list[Run]] = field(default_factory=dict)
    stages: Sequence[Mapping[str, tuple[float, float]]]  # seconds by the wall, of the CPU
    floor: Seconds  # of the CPU
    loads: list[float] = field(default_factory=list)  # of the machine, before each round


def page(race: Race) -> str:
    """Return the whole page, in Markdown."""
    profile = (*_profile(race), *_alone(race))
    parts = (_head(race), _goals(race), _laps(race), profile, _floor(race))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(race: Race) -> Iterator[str]:
    yield "# The race"
    yield ""
    yield f"`{race.command}`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. This page is written by it."
    yield ""
    yield f"- Books: {race.size / 1e6:,.0f} MB in {race.files:,} files, made up from a fixed seed;"
    yield f"  and {race.many:,} small files of which none changes."
    yield f"- {len(race.loads)} rounds; in each every tool runs once, in turn, after a `sync`. The"
    yield "  books are in the system's memory. Times and bytes are medians; a ratio is the median"
    yield "  of the rounds' ratios: what slows the machine down for a while slows both sides."
    loads = ", ".join(f"{load:.1f}" for load in race.loads)
    yield f"- Machine: {_processor()}, {os.cpu_count()} cores, {platform.system()}."
    yield f"  Load before each round: {loads}."
    yield f"- Python {platform.python_version()}; {_versions()}."
    yield "- Time is that of the whole command with all it starts, interpreter included; CPU and"
    yield "  memory (resident pages, looked at a hundred times a second) are the whole tree's."
    yield "  Where others work on the machine meanwhile, the ratio of the CPU times says more."
    yield "- **Our side** brings everything onto the medium (fsync); the others leave that to the"
    yield "  system. *written*: databases copied and checked, everything read, hashed, packed,"
    yield "  encrypted and on the medium, and the books hashed once more where they lie: the rooms"
    yield "  of the product, in a process of their own. *written and proven*, *verify*, *restore*,"
    yield "  *nothing changed*: the product's own verbs. The proof reads from the medium."
    yield "  *small*: as written, for those who choose smaller files."
    yield "- **Their side** is one plain command with a password; only `zip` goes without."


def _goals(race: Race) -> Iterator[str]:
    yield "## Promised and kept"
    yield ""
    yield "| work, ours / theirs | ours | theirs | ratio | goal | | CPU ratio |"
    yield "|---|--:|--:|--:|--:|---|--:|"
    for verdict in judged(race.runs):
        yield _row(verdict)
    yield from _memory(race)


def _row(verdict: Verdict) -> str:
    goal = verdict.goal
    ours, theirs = (_measured(each, goal.size) for each in (verdict.ours, verdict.theirs))
    most = "" if goal.most is None else f"≤ {goal.most:.2f}"
    cpu = "" if goal.size else f"{verdict.cpu:.3f}"
    parts = (goal.work, ours, theirs, f"{verdict.ratio:.3f}", most, _said(verdict), cpu)
    return f"| {' | '.join(parts)} |"


def _said(verdict: Verdict) -> str:
    if verdict.goal.most is None:
        return ""
    if verdict.met:
        return "met"
    over = verdict.ratio / verdict.goal.most - 1
    needed = verdict.theirs * verdict.goal.most
    return f"**missed** by {over:.0%}: {_measured(needed, verdict.goal.size)} would do"


def _measured(value: float, size: bool) -> str:  # noqa: FBT001
    return f"{value / 1e6:,.1f} MB" if size else f"{value:.2f} s"


def _memory(race: Race) -> Iterator[str]:
    limit = memory_limit(race.files)
    for name in OURS:
        if runs := race.runs.get(name):
            most = peak(runs)
            said = "met" if most <= limit else f"**missed** by {most / limit - 1:.0%}"
            mega = f"{most / 1e6:.0f} MB | {limit / 1e6:.0f} MB"
            yield (
                f"| memory of {name} / 100 MB + 1.5 KB per file | {mega} | "
                f"{most / limit:.3f} | ≤ 1.00 | {said} | |"
            )


def _laps(race: Race) -> Iterator[str]:
    yield "## Every lap"
    yield ""
    yield "| lap | wall | from … to | CPU | memory | made |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, runs in race.runs.items():
        walls = [run.wall for run in runs]
        made = _middle(runs, "made")
        yield (
            f"| {name} | {median(walls):.2f} s | {min(walls):.2f} … {max(walls):.2f} "
            f"| {_middle(runs, 'cpu'):.2f} s | {peak(runs) / 1e6:.0f} MB "
            f"| {f'{made / 1e6:,.1f} MB' if made else ''} |"
        )


def _profile(race: Race) -> Iterator[str]:
    yield "## Where our time goes"
    yield ""
    yield "One encrypted backup, written and proven in one process, stage after stage. A stage"
    yield "whose CPU is about its wall time runs on one core; where it is twice that, on both."
    yield ""
    yield "| stage | wall | share | CPU |"
    yield "|---|--:|--:|--:|"
    stages = race.stages[0] if race.stages else {}
    walls = {name: median(each[name][0] for each in race.stages) for name in stages}
    for name, wall in walls.items():
        cpu = median(each[name][1] for each in race.stages)
        yield f"| {name} | {wall:.2f} s | {wall / sum(walls.values()):.0%} | {cpu:.2f} s |"


def _alone(race: Race) -> Iterator[str]:
    """Compare only what the others do too: they copy and check no databases, nor look again."""
    alone = [sum(wall for name, (wall, _) in each.items() if name in ALIKE) for each in race.stages]
    if not alone:
        return
    yield ""
    yield f"What the others do as well ({', '.join(ALIKE)}) took {median(alone):.2f} s of it:"
    yield ""
    for other in ALIKE_TO:
        if runs := race.runs.get(other):
            ratios = [mine / run.wall for mine, run in zip(alone, runs, strict=True)]
            yield f"- {median(ratios):.3f} of the time of {other}"


def _floor(race: Race) -> Iterator[str]:
    yield "## The floor"
    yield ""
    yield "The primitives alone, one after the other on one core, with the same libraries: what no"
    yield "program that does all of this with them can go below."
    yield ""
    yield "| primitive | CPU |"
    yield "|---|--:|"
    floor, cores = race.floor, os.cpu_count() or 1
    for said, own, before in (
        ("until it is written", floor.written, 0.0),
        ("until it is proven", floor.proven, sum(floor.written.values())),
        ("to verify it again", {}, sum(floor.proven.values())),
        ("to give it back", floor.restored, sum(floor.proven.values())),
    ):
        for name, each in own.items():
            yield f"| {name} | {each:.2f} s |"
        total = before + sum(own.values())
        yield f"| **{said}**; on {cores} cores at best {total / cores:.2f} s | **{total:.2f} s** |"


def _middle(runs: Sequence[Run], field: str) -> float:
    return float(median(getattr(run, field) for run in runs))


def _versions() -> str:
    found = [f"{name} {version(name)}" for name in _PACKAGES]
    return ", ".join([*filter(None, map(_version, _VERSIONS.values())), *found])


def _version(command: Sequence[str]) -> str:
    """Return the line in which a tool names itself; "" when it is not there."""
    try:
        said = subprocess.run(command, capture_output=True, check=False, text=True).stdout
    except OSError:
        return ""
    lines = [line.strip() for line in said.splitlines() if any(c.isdigit() for c in line)]
    wanted = next((line for line in lines if line.startswith("This is")), (lines or [""])[0])
    return wanted.removeprefix("This is ").partition(" : ")[0].partition(", by")[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
