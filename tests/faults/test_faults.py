"""After every fault, every promise: a sample of the long run, the same in every test run."""

from collections.abc import Sequence
from itertools import islice

import pytest

from tests.faults.harms import EVERY, Harm
from tests.faults.runs import Range, Run, planned
from tests.mounts import marks

SEED = 7
AT_ONCE = 4  # runs of one test: also a slow machine is through in time
RUNS = {"killed": 16, "killed in a write": 4, "killed twice": 4, "catalogue cut": 4}
FEW = 2  # runs of each other kind in each place


def cases() -> Sequence[object]:
    """Return the runs of each harm, a few to a test."""
    found = []
    for harm in EVERY:
        count = FEW if harm.disk == "fat" else RUNS.get(harm.kind, FEW)
        runs = list(islice(planned(SEED, [harm]), count))
        for start in range(0, count, AT_ONCE):
            name = f"{harm.kind}, {harm.room or 'everywhere'} {harm.disk} {start // AT_ONCE + 1}"
            found.append(pytest.param(runs[start : start + AT_ONCE], id=name, marks=needed(harm)))
    return found


def needed(harm: Harm) -> list[pytest.MarkDecorator]:
    return marks(*harm.programs) if harm.disk else []


@pytest.mark.parametrize("runs", cases())
def test_after_a_fault_every_promise_holds(ground: Range, runs: list[Run]) -> None:
    for run in runs:
        report = ground.make(run)
        assert not report.broken, (str(run), report.broken)
        assert sum(report.checked.values()) > 40
