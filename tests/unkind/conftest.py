"""An office to do harm to, and disks to do it on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mounts import Mounts
from tests.scene import Office
from tests.unkind.promises import rest, work_left


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, mounts: Mounts) -> Iterator[Office]:
    """Whatever is done to it: at its end nothing half-done may lie around."""
    made = Office(tmp_path)
    rest(made.root / "books")
    yield made
    made.engine.close()
    assert work_left(made) == []
