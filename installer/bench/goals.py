"""What is promised, and whether it is kept: medians and ratios, held against the goals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from installer.bench.watch import Run

Runs = Mapping[str, Sequence[Run]]  # lap → its runs, one for each round

MEMORY, MEMORY_PER_FILE = 100_000_000, 1_500  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Our lap against one or more of theirs."""

    work: str
    ours: str
    theirs: tuple[str, ...]  # run one after the other
    most: float | None = None  # ours / theirs; None: told, but not promised
    size: bool = False  # the bytes made are compared instead of the time


GOALS = (
    Goal(work="written / `7z` default", ours="written", theirs=("7z default",), most=0.06),
    Goal(work="written / `7z -mx=1`", ours="written", theirs=("7z -mx=1",), most=0.20),
    Goal(work="written / pyzipper", ours="written", theirs=("pyzipper",), most=0.10),
    Goal(work="written / restic, first", ours="written", theirs=("restic first",), most=0.25),
    Goal(work="written / restic, 1 % changed", ours="written", theirs=("restic second",), most=1.0),
    Goal(work="written / borg, 1 % changed", ours="written", theirs=("borg second",), most=1.0),
    Goal(work="written and proven / restic, 1 % changed", ours="backup", theirs=("restic second",)),
    Goal(work="written and proven / borg, 1 % changed", ours="backup", theirs=("borg second",)),
    Goal(
        work="written and proven / `7z -mx=1` and `7z t`",
        ours="backup",
        theirs=("7z -mx=1", "7z t"),
        most=0.25,
    ),
    Goal(work="verify / `7z t`", ours="verify", theirs=("7z t",), most=0.25),
    Goal(work="restore / `7z x`", ours="restore", theirs=("7z x",), most=0.30),
    Goal(work="size / `7z -mx=1`", ours="backup", theirs=("7z -mx=1",), most=1.04, size=True),
    Goal(
        work="small: size / `7z` default",
        ours="small",
        theirs=("7z default",),
        most=1.03,
        size=True,
    ),
    Goal(work="small: written / `7z` default", ours="small", theirs=("7z default",), most=0.20),
    Goal(
        work="nothing changed in many small files / restic",
        ours="unchanged",
        theirs=("restic unchanged",),
        most=1.0,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a goal stands."""

    goal: Goal
    ours: float  # seconds, or bytes
    theirs: float
    ratio: float  # the median of the rounds'
    cpu: float  # the same of processor time, which a busy machine changes little

    @property
    def met(self) -> bool | None:
        """Whether it is kept; None: nothing was promised."""
        return None if self.goal.most is None else self.ratio <= self.goal.most


def judged(runs: Runs, goals: Sequence[Goal] = GOALS) -> list[Verdict]:
    """Return the verdicts on all goals whose laps were run."""
    return [
        _verdict(goal, runs)
        for goal in goals
        if all(runs.get(lap) for lap in (goal.ours, *goal.theirs))
    ]


def _verdict(goal: Goal, runs: Runs) -> Verdict:
    """Compare round by round: what slowed the machine down in a round slowed both."""
    ours, theirs = _sums(goal, runs, "made" if goal.size else "wall")
    return Verdict(
        goal=goal,
        ours=median(ours),
        theirs=median(theirs),
        ratio=_ratio(ours, theirs),
        cpu=_ratio(*_sums(goal, runs, "cpu")),
    )


def _sums(goal: Goal, runs: Runs, what: str) -> tuple[list[float], list[float]]:
    """Return what was measured of us and of them in each round."""
    rounds = zip(*(runs[lap] for lap in goal.theirs), strict=True)
    ours = [float(getattr(run, what)) for run in runs[goal.ours]]
    return ours, [float(sum(getattr(run, what) for run in each)) for each in rounds]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


def memory_limit(files: int) -> int:
    """Return the bytes that may be in use for so many files."""
    return MEMORY + MEMORY_PER_FILE * files


def peak(runs: Sequence[Run]) -> int:
    """Return the most memory that any of the runs took."""
    return max(run.peak for run in runs)
