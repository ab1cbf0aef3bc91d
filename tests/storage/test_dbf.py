"""Tables of dBASE and FoxPro: no copy of one in the middle of a write, and nothing left behind."""

import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.counting import Copy
from bewaar.counting.dbf_table import table
from bewaar.model import Snapshot, Source
from bewaar.storage.dbf import Dbf
from bewaar.storage.taking import Pace
from tests import writers
from tests.fox import fox_books, fox_row, fox_table
from tests.samples import SHARED, needs_samples
from tests.storage.resting import Hearing, rested

TABLES = Dbf(pace=Pace(settle=0.01, settle_lively=0.02, lively=600))

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="handles are seen in /proc")


def taken(place: Path, to: Path, *, storage: Dbf = TABLES) -> tuple[Snapshot, Hearing]:
    to.mkdir()
    hearing = Hearing()
    return storage.snapshot(Source(place=place), to, hearing), hearing


def tell(file: Path, more: int) -> None:
    """Let the header tell of more rows, or of fewer, than it did."""
    with file.open("r+b") as opened:
        opened.seek(4)
        (rows,) = struct.unpack("<I", opened.read(4))
        opened.seek(4)
        opened.write(struct.pack("<I", rows + more))


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return rested(fox_books(tmp_path / "books"))


# ── What is recognised ──────────────────────────────────────────────────────────────────────


def test_tables_are_recognised_wherever_they_lie_not_far_below(tmp_path: Path) -> None:
    fox_table(tmp_path / "a" / "admins" / "JANSEN" / "Boek.Dbf", 1)
    assert TABLES.fits(tmp_path / "a")
    assert TABLES.fits(tmp_path / "a" / "admins" / "JANSEN" / "Boek.Dbf")
    assert not TABLES.fits(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>404 Not Found</html>" * 9, b"\x03", bytes(999)])
def test_what_is_only_called_a_table_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.dbf").write_bytes(content)
    (tmp_path / "b.dbf").mkdir()
    assert not TABLES.fits(tmp_path)
    assert not TABLES.fits(tmp_path / "a.dbf")


def test_a_folder_with_thousands_of_other_files_is_not_searched_to_its_end(tmp_path: Path) -> None:
    for number in range(2001):
        (tmp_path / f"{number}.txt").touch()
    (tmp_path / "map").mkdir()
    fox_table(tmp_path / "map" / "boek.dbf", 1)
    assert not TABLES.fits(tmp_path)


# ── What is counted ─────────────────────────────────────────────────────────────────────────


def test_every_table_is_counted_without_what_is_deleted(books: Path, tmp_path: Path) -> None:
    fox_table(books / "OUD.DBF", 9, deleted=(0, 4, 8))
    snapshot, hearing = taken(books, tmp_path / "to")
    assert (snapshot.counts.rule, hearing.notes) == ("dbf.rows", [])
    assert snapshot.counts.tables == {
        "BOEKEN.DBC": 2,
        "BOEKINGEN.DBF": 120,
        "KLANTEN.DBF": 60,
        "OUD.DBF": 6,
    }


def test_tables_that_lie_still_are_counted_where_they_lie(books: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    live = TABLES.in_place(Source(place=books), tmp_path / "to")
    assert live is not None
    assert live.snapshot.counts.tables["BOEKINGEN.DBF"] == 120
    assert not list((tmp_path / "to").iterdir())


_ROWS = """
my $table = XBase->new(name => $ARGV[0], ignorememo => 1) or exit 3;
my $rows = 0;
for (0 .. $table->last_record) { my ($deleted) = $table->get_record_nf($_); $rows++ if !$deleted }
print $rows;
"""


def rows_by_xbase(file: Path) -> int | None:
    """Count as Debian's XBase does; None for what it cannot read."""
    command = ["perl", "-MXBase", "-e", _ROWS, str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode in {0, 3}, done.stderr
    return int(done.stdout) if done.returncode == 0 else None


def has_xbase() -> bool:
    command = ["perl", "-MXBase", "-e", "1"]
    return bool(shutil.which("perl")) and not subprocess.run(command, check=False).returncode


needs_xbase = pytest.mark.skipif(not has_xbase(), reason="needs libdbd-xbase-perl")


@needs_xbase
def test_made_tables_count_as_xbase_does(tmp_path: Path) -> None:
    fox_table(tmp_path / "books" / "A.DBF", 300, deleted=range(0, 300, 7))
    snapshot, _ = taken(tmp_path / "books", tmp_path / "to")
    expected = rows_by_xbase(tmp_path / "books" / "A.DBF")
    assert (snapshot.counts.tables, expected) == ({"A.DBF": 257}, 257)


@needs_samples
@needs_xbase
def test_the_practice_set_counts_as_xbase_does(tmp_path: Path) -> None:
    place = shutil.copytree(SHARED / "dbf-foxpro", tmp_path / "books")
    snapshot, hearing = taken(place, tmp_path / "to")
    unknown = {params["path"] for code, params in hearing.notes if code == "counts.unknown"}
    assert {str(path).rpartition("/")[2] for path in unknown} == {"dbase_02.dbf"}
    files = [f for f in snapshot.files if f.path.lower().endswith((".dbf", ".dbc"))]
    assert len(files) == len(snapshot.counts.tables) + 1 == 19
    for file in files:
        expected = rows_by_xbase(place / file.path)
        assert expected in {snapshot.counts.tables.get(file.path), None}


# ── What a table cannot do without ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("called", ["klanten", "klanten van vroeger"])
@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("KLANTEN.DBF", [("BOEKEN.DBC", "klanten.dbf")]),
        ("KLANTEN.FPT", [("KLANTEN.DBF", "KLANTEN.fpt")]),
        ("BOEKINGEN.CDX", [("BOEKINGEN.DBF", "BOEKINGEN.cdx")]),
        ("BOEKEN.DBC", [("BOEKINGEN.DBF", "BOEKEN.DBC"), ("KLANTEN.DBF", "BOEKEN.DBC")]),
        ("BOEKEN.DCX", [("BOEKEN.DBC", "BOEKEN.dcx")]),
    ],
)
def test_what_is_missed_is_told_and_the_rest_is_kept(
    called: str, gone: str, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    books = rested(fox_books(tmp_path / "books", called={"KLANTEN": called}))
    (books / gone).unlink()
    snapshot, hearing = taken(books, tmp_path / "to")
    assert len(snapshot.files) == len(list(books.iterdir()))
    assert [(params["path"], params["missing"]) for _, params in hearing.notes] == told


@pytest.mark.parametrize("damage", [b"", b"\0" * 700, b"\xff" * 700])
def test_a_container_whose_memos_are_damaged_is_counted_all_the_same(
    damage: bytes, books: Path, tmp_path: Path
) -> None:
    (books / "BOEKEN.DCT").write_bytes(damage)
    (books / "KLANTEN.DBF").unlink()
    rested(books)
    snapshot, hearing = taken(books, tmp_path / "to")
    assert snapshot.counts.tables["BOEKEN.DBC"] == 2
    assert [params["missing"] for _, params in hearing.notes] == ["klanten.dbf"]


def test_a_single_table_brings_its_memos_and_indexes_and_nothing_else(tmp_path: Path) -> None:
    place = fox_table(tmp_path / "Boek.DBF", 5)
    fox_table(tmp_path / "Boek2.DBF", 5)
    rested(tmp_path)
    source = Source(place=place)
    snapshot, hearing = taken(place, tmp_path / "to")
    assert {file.path for file in snapshot.files} == {"Boek.DBF", "Boek.FPT", "Boek.CDX"}
    assert (snapshot.single_file, hearing.notes) == (True, [])
    assert TABLES.extent(source).files == 3
    place.with_suffix(".FPT").write_bytes(b"another note")
    assert TABLES.signature(source) != snapshot.signature
    assert TABLES.fingerprint(source) != snapshot.fingerprint


def test_a_folder_that_has_lost_all_its_tables_is_no_backup(books: Path, tmp_path: Path) -> None:
    for file in (*books.glob("*.DBF"), *books.glob("*.DBC")):
        file.unlink()
    with pytest.raises(errors.SourceEmpty):
        taken(books, tmp_path / "to")
    with pytest.raises(errors.SourceEmpty):
        TABLES.in_place(Source(place=rested(books)), tmp_path / "to")


# ── In the middle of a write ────────────────────────────────────────────────────────────────


def a_row_promised(file: Path) -> None:
    """The header says one more than there is, as between two steps of a program."""
    tell(file, 1)


def a_row_not_yet_told(file: Path) -> None:
    """There is one more than the header says."""
    tell(file, -1)


def half_a_row(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - 20)


@pytest.mark.parametrize("torn", [a_row_promised, a_row_not_yet_told, half_a_row])
def test_a_table_caught_in_a_write_is_not_taken(
    torn: Callable[[Path], None], books: Path, tmp_path: Path
) -> None:
    torn(books / "KLANTEN.DBF")
    with pytest.raises(errors.SourceBusy) as busy:
        taken(books, tmp_path / "to")
    assert busy.value.params == {"place": str(books), "path": "KLANTEN.DBF"}
    (tmp_path / "live").mkdir()
    assert TABLES.in_place(Source(place=books), tmp_path / "live") is None


def test_the_table_is_taken_once_its_program_is_done(books: Path, tmp_path: Path) -> None:
    a_row_promised(books / "KLANTEN.DBF")

    def finish() -> None:
        with (books / "KLANTEN.DBF").open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(fox_row(60) + b"\x1a")

    program = threading.Timer(0.3, finish)
    program.start()
    patient = Dbf(pace=Pace(settle=0.02, settle_lively=0.4, lively=600))
    snapshot, _ = taken(books, tmp_path / "to", storage=patient)
    program.join()
    assert snapshot.counts.tables["KLANTEN.DBF"] == 61


@pytest.mark.parametrize("torn", [a_row_promised, half_a_row])
def test_a_table_that_stays_torn_is_damaged(
    torn: Callable[[Path], None], books: Path, tmp_path: Path
) -> None:
    torn(books / "KLANTEN.DBF")
    rested(books)
    with pytest.raises(errors.SourceDamaged) as damaged:
        taken(books, tmp_path / "to")
    assert damaged.value.params["path"] == "KLANTEN.DBF"
    with pytest.raises(errors.SourceDamaged):
        TABLES.in_place(Source(place=books), tmp_path / "to")


_HOLD = "import sys; file = open(sys.argv[1], 'rb'); print(flush=True); sys.stdin.read()"


@contextmanager
def held(file: Path) -> Iterator[None]:
    command = [sys.executable, "-c", _HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        program.stdout.readline()
        yield
        program.communicate()


@linux
def test_a_torn_table_that_a_program_has_open_is_busy_and_not_damaged(
    books: Path, tmp_path: Path
) -> None:
    a_row_promised(books / "KLANTEN.DBF")
    rested(books)
    with held(books / "KLANTEN.DBF"), pytest.raises(errors.SourceBusy):
        taken(books, tmp_path / "to")


@pytest.mark.parametrize("content", ["longer", "row", b"", b"<html>404 Not Found</html>" * 9])
def test_a_table_that_is_odd_but_opens_is_kept_and_its_rows_are_unknown(
    content: str | bytes, books: Path, tmp_path: Path
) -> None:
    odd = books / "KLANTEN.DBF"
    if content == "longer":
        a_row_not_yet_told(odd)
    elif content == "row":
        odd.write_bytes(odd.read_bytes()[:-50] + b"x" * 50)
    else:
        odd.write_bytes(bytes(content, "ascii") if isinstance(content, str) else content)
    rested(books)
    snapshot, hearing = taken(books, tmp_path / "to")
    assert snapshot.counts.tables == {"BOEKEN.DBC": 2, "BOEKINGEN.DBF": 120}
    assert [(code, params["path"]) for code, params in hearing.notes] == [
        ("counts.unknown", "KLANTEN.DBF")
    ]
    assert "KLANTEN.DBF" in {file.path for file in snapshot.files}


def is_whole(file: Path) -> bool:
    """Return whether a copy holds as many rows as it says, each as it was written."""
    found = table(Copy(path=file.name, local=file))
    numbers = [int(number) for (number,) in found.values("nr")]
    return found.is_whole and numbers == list(range(found.rows))


@pytest.mark.parametrize(("between", "pause"), [(0.0, 0.0), (0.3, 0.1)])
def test_a_table_to_which_rows_are_added_is_copied_whole_or_said_to_be_busy(
    between: float, pause: float, tmp_path: Path
) -> None:
    live = fox_table(tmp_path / "books" / "BOEK.DBF", 200, beside=False)
    with writers.adding_rows(live, between=between, pause=pause):
        for number in range(2):
            try:
                snapshot, _ = taken(live.parent, tmp_path / f"{number}")
            except errors.SourceBusy:
                continue
            assert is_whole(snapshot.files[0].local)
            assert snapshot.counts.tables["BOEK.DBF"] >= 200
