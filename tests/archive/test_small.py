"""Archives for those who choose smaller files: smaller, and just as good."""

import io
from pathlib import Path

import pytest

from bewaar.archive import Item, open_archive, write
from bewaar.archive.deflate import pack, pack_blocks
from tests.archive.books import (
    ID,
    MADE_AT,
    PASSWORD,
    administration,
    bookings,
    noise,
    put,
    snapshot,
)

PROTECTION = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])


def made(tmp_path: Path, files: dict[str, bytes], password: str | None, *, small: bool) -> bytes:
    folder = tmp_path / ("small" if small else "quick")
    folder.mkdir()
    item = Item(administration=administration(), snapshot=snapshot(put(folder, files)))
    sink = io.BytesIO()
    write(sink, id=ID, made_at=MADE_AT, items=[item], password=password, small=small)
    return sink.getvalue()


@PROTECTION
def test_a_small_archive_is_smaller_and_reads_back(tmp_path: Path, password: str | None) -> None:
    files = {
        "boek.dbf": bookings(3 << 20),
        "klein.txt": bookings(40_000),
        "scan.pdf": noise(64 << 10),
    }
    quick, small = (made(tmp_path, files, password, small=each) for each in (False, True))
    assert len(small) < 0.97 * len(quick)
    with open_archive(io.BytesIO(small), file="small.zip", password=password) as archive:
        assert archive.verify().files == len(files)


@pytest.mark.parametrize("size", [0, 1, 16 << 10, 1 << 20])
def test_what_does_not_shrink_grows_no_more_than_else(size: int) -> None:
    data = noise(size)
    assert pack(data, small=True) == pack(data)
    assert len(pack_blocks(data, last=True, small=True)) <= size + size // 1000 + 100
