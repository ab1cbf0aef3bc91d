"""An office for the tests of the verbs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scene import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.engine.close()
