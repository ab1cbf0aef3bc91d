"""What the suites of all destinations and all storages work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.grounds import GROUNDS, NEEDED, Ground
from tests.contract.ledgers import KINDS, OPEN, Books
from tests.mounts import Mounts, marks


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as these:
        yield these


@pytest.fixture(
    params=[
        pytest.param(name, marks=marks(*NEEDED[name]) if name in NEEDED else ()) for name in GROUNDS
    ]
)
def ground(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    if request.param == "folder without handles":
        monkeypatch.setattr("bewaar.destinations.handle._BY_HANDLE", False)
    with Mounts() as mounts:
        yield GROUNDS[request.param](tmp_path, mounts)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    root = tmp_path / "books"
    root.mkdir()
    yield request.param(root)
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"
