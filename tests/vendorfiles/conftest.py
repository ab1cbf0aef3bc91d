"""An office with a folder into which a program puts its backups, running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vendorfiles.office import VaultOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[VaultOffice]:
    made = VaultOffice(tmp_path)
    made.engine.start()
    yield made
    made.engine.close()
