"""While a program writes: a backup is whole, or it is said that the books are busy."""

from contextlib import closing
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.paths import home
from tests.load.grounds import BUSY, GROUNDS, ON_SERVERS, WHOLE, several

FEW, PAUSE = 2, 1.2


@pytest.mark.parametrize("name", [name for name in GROUNDS if name not in ON_SERVERS])
def test_under_a_writer_a_backup_is_whole_or_busy(name: str, tmp_path: Path) -> None:
    with closing(Engine(home())) as engine:
        ends = several(name, tmp_path / "ground", engine, FEW, PAUSE)
    assert len(ends) == FEW
    assert set(ends) <= {WHOLE, BUSY}


def test_the_judges_are_strict(tmp_path: Path) -> None:
    """A judge that finds a torn copy whole would make every figure worthless."""
    for name in ("files", "SQLite, WAL", "DBF", "Access"):
        root = tmp_path / name
        root.mkdir()
        with GROUNDS[name](root, 0.0) as ground:
            torn = root / "torn"
            torn.mkdir()
            live = [*root.glob("boek.sqlite"), *(root / "books").glob("*.*")]
            for file in live:
                data = file.read_bytes()
                (torn / file.name).write_bytes(data[: len(data) // 2 + 3])
            assert not ground.is_whole(torn), name
