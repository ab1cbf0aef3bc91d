"""An office whose books and backups lie in awkward places."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mounts import Mounts
from tests.scene import Office

YESTERDAY = 1_700_000_001  # an odd second: FAT cannot hold it


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, mounts: Mounts) -> Iterator[Office]:
    made = Office(tmp_path)
    for path in (tmp_path / "books").rglob("*"):
        os.utime(path, (YESTERDAY, YESTERDAY))  # no backup waits for what was just written
    yield made
    made.engine.close()
