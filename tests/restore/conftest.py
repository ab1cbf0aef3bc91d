"""An office for the tests of the verbs, and one whose books are a database on a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scene import Office
from tests.served import Desk, working
from tests.servers import Server


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.engine.close()


@pytest.fixture
def desk(server: Server, tmp_path: Path) -> Iterator[Desk]:
    with working(server, tmp_path) as desk:
        yield desk


@pytest.fixture
def one_desk(mariadb: Server, tmp_path: Path) -> Iterator[Desk]:
    """For what is the same on every server."""
    with working(mariadb, tmp_path) as desk:
        yield desk
