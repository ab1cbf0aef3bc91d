"""Tables and Access databases among other files: none is taken in the middle of a write."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.counting import Copy
from bewaar.counting.dbf_table import table
from bewaar.model import Snapshot, Source
from bewaar.programs import load
from bewaar.storage.fileset import FileSet
from bewaar.storage.taking import Pace
from tests import writers
from tests.fox import fox_books, fox_table
from tests.jet import PAGE, access_book
from tests.samples import SHARED, needs_samples
from tests.storage.resting import Hearing, rested

FILES = FileSet(pace=Pace(settle=0.01, settle_lively=0.02, lively=600))
LAYOUT = {profile.id: profile.layout for profile in load()}["folder"]

Tear = Callable[[Path], None]


def taken(place: Path, to: Path) -> tuple[Snapshot, Hearing]:
    to.mkdir()
    hearing = Hearing()
    return FILES.snapshot(Source(place=place, layout=LAYOUT), to, hearing), hearing


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A folder of this and that, as people keep it."""
    place = tmp_path / "boeken"
    fox_books(place / "fox")
    access_book(place / "oud" / "boek.mdb")
    (place / "brief.txt").write_text("Geachte")
    return rested(place)


def a_row_promised(books: Path) -> None:
    """The header of a table says one more than there is."""
    with (books / "fox" / "KLANTEN.DBF").open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", 61))


def half_a_row(books: Path) -> None:
    file = books / "fox" / "KLANTEN.DBF"
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - 20)


def a_memo_promised(books: Path) -> None:
    """The header of the memos tells of one more, which is not there yet."""
    with (books / "fox" / "KLANTEN.FPT").open("r+b") as file:
        (following,) = struct.unpack(">I", file.read(4))
        file.seek(0)
        file.write(struct.pack(">I", following + 1))


def half_a_page(books: Path) -> None:
    file = books / "oud" / "boek.mdb"
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - 100)


def a_page_not_yet_written(books: Path) -> None:
    with (books / "oud" / "boek.mdb").open("r+b") as file:
        file.seek(5 * PAGE)
        file.write(bytes(PAGE))


@pytest.mark.parametrize(
    ("torn", "path"),
    [
        (a_row_promised, "fox/KLANTEN.DBF"),
        (half_a_row, "fox/KLANTEN.DBF"),
        (a_memo_promised, "fox/KLANTEN.FPT"),
        (half_a_page, "oud/boek.mdb"),
        (a_page_not_yet_written, "oud/boek.mdb"),
    ],
)
def test_a_file_caught_in_a_write_makes_the_folder_busy(
    torn: Tear, path: str, books: Path, tmp_path: Path
) -> None:
    torn(books)
    with pytest.raises(errors.SourceBusy) as busy:
        taken(books, tmp_path / "to")
    assert busy.value.params == {"place": str(books), "path": path}
    (tmp_path / "live").mkdir()
    assert FILES.in_place(Source(place=books, layout=LAYOUT), tmp_path / "live") is None


@pytest.mark.parametrize(
    ("torn", "path"), [(half_a_row, "fox/KLANTEN.DBF"), (half_a_page, "oud/boek.mdb")]
)
@pytest.mark.parametrize("lying", [False, True])
def test_a_file_damaged_long_ago_is_told_and_keeps_nobody_from_a_backup_of_the_rest(
    torn: Tear, path: str, lying: bool, books: Path, tmp_path: Path
) -> None:
    torn(books)
    rested(books)
    if lying:
        (tmp_path / "to").mkdir()
        hearing = Hearing()
        source = Source(place=books, layout=LAYOUT)
        live = FILES.in_place(source, tmp_path / "to", hearing)
        assert live is not None
        snapshot = live.snapshot
    else:
        snapshot, hearing = taken(books, tmp_path / "to")
    assert ("database.damaged", {"path": path}) in hearing.notes
    kept = {file.path: file.local.read_bytes() for file in snapshot.files}
    assert kept == {
        str(file.relative_to(books)): file.read_bytes()
        for file in books.rglob("*")
        if file.is_file()
    }
    assert not any(name.startswith(path) for name in snapshot.counts.tables)


@pytest.mark.parametrize("name", ["data.mdb", "kaart.dbf", "notitie.fpt", "leeg.accdb"])
@pytest.mark.parametrize("content", [b"", b"\0" * 8192, b"<html>404 Not Found</html>" * 99])
def test_what_is_only_called_so_is_copied_as_any_file(
    name: str, content: bytes, tmp_path: Path
) -> None:
    place = tmp_path / "map"
    place.mkdir()
    (place / name).write_bytes(content)
    snapshot, hearing = taken(place, tmp_path / "to")
    assert [file.local.read_bytes() for file in snapshot.files] == [content]
    assert "database.damaged" not in {code for code, _ in hearing.notes}


@needs_samples
@pytest.mark.parametrize("kind", ["dbf-foxpro", "access"])
def test_nothing_real_is_taken_for_torn_though_it_was_written_just_now(
    kind: str, tmp_path: Path
) -> None:
    place = tmp_path / "map"
    place.mkdir()
    for file in filter(Path.is_file, (SHARED / kind).rglob("*")):
        shutil.copyfile(file, place / file.name)
    snapshot, hearing = taken(place, tmp_path / "to")
    assert len(snapshot.files) == len(list(place.iterdir()))
    assert "database.damaged" not in {code for code, _ in hearing.notes}


@pytest.mark.parametrize(("between", "pause"), [(0.0, 0.0), (0.3, 0.1)])
def test_of_a_folder_with_a_table_that_grows_no_broken_copy_is_accepted(
    between: float, pause: float, tmp_path: Path
) -> None:
    live = fox_table(tmp_path / "map" / "fox" / "BOEK.DBF", 200, beside=False)
    (tmp_path / "map" / "brief.txt").write_text("Geachte")
    with writers.adding_rows(live, between=between, pause=pause):
        for number in range(3):
            try:
                snapshot, _ = taken(tmp_path / "map", tmp_path / f"{number}")
            except errors.SourceBusy:
                continue
            copy = {file.path: file.local for file in snapshot.files}["fox/BOEK.DBF"]
            found = table(Copy(path="BOEK.DBF", local=copy))
            numbers = [int(value) for (value,) in found.values("nr")]
            assert found.is_whole
            assert numbers == list(range(found.rows))


@pytest.mark.parametrize(("between", "pause"), [(0.0, 0.0), (0.2, 0.1)])
def test_of_a_folder_with_a_database_that_is_rewritten_no_broken_copy_is_accepted(
    between: float, pause: float, tmp_path: Path
) -> None:
    states = (
        access_book(tmp_path / "before.mdb", {"Boekingen": 140}),
        access_book(tmp_path / "after.mdb", {"Boekingen": 190}, text="geboekt"),
    )
    whole = {state.read_bytes() for state in states}
    (tmp_path / "map").mkdir()
    live = Path(shutil.copy(states[0], tmp_path / "map" / "live.mdb"))
    with writers.rewriting_pages(live, states, between=between, pause=pause):
        for number in range(3):
            try:
                snapshot, _ = taken(tmp_path / "map", tmp_path / f"{number}")
            except errors.SourceBusy:
                continue
            assert snapshot.files[0].local.read_bytes() in whole
