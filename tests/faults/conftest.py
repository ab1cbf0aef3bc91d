"""One world and one machine for all faults of a test process; each run makes the world anew."""

from collections.abc import Iterator

import pytest

from tests.faults.machine import Machine, why_not
from tests.faults.runs import Range
from tests.faults.world import World


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    if reason := why_not():
        pytest.skip(reason)
    base = tmp_path_factory.mktemp("faults")
    with World(base / "office") as world, Machine(base / "machine") as machine:
        yield Range(world, machine)
