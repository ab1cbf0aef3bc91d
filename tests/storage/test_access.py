"""Access databases: counted as mdbtools does, never taken in the middle of a change."""

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.model import Openness, Snapshot, Source
from bewaar.progress import Silent
from bewaar.storage.access import Access
from bewaar.storage.taking import Pace
from tests import writers
from tests.jet import KEY, PAGE, access_book
from tests.samples import SHARED, gnucash_book, needs_samples

ACCESS = Access(pace=Pace(settle=0.01, settle_lively=0.02, lively=600))
AN_HOUR = 3600
ROWS = 16  # where the number of rows stands in the page that describes a table
BOOKINGS = 4 * PAGE  # where the first table is described

needs_mdbtools = pytest.mark.skipif(not shutil.which("mdb-count"), reason="needs mdbtools")


@dataclass
class Hearing(Silent):
    """Keeps the notes."""

    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, code: str, /, **params: object) -> None:
        self.notes.append((code, params))


def rested(file: Path) -> Path:
    """Let it have been written an hour ago."""
    then = time.time() - AN_HOUR
    os.utime(file, (then, then))
    return file


def taken(place: Path, to: Path) -> tuple[Snapshot, Hearing]:
    to.mkdir()
    hearing = Hearing()
    return ACCESS.snapshot(Source(place=place), to, hearing), hearing


@pytest.fixture(params=["Jet", "ACE"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    ending = "mdb" if request.param == "Jet" else "accdb"
    return rested(access_book(tmp_path / "books" / f"boek.{ending}", sign=request.param))


# ── What is recognised ──────────────────────────────────────────────────────────────────────


def test_a_database_is_recognised_by_what_it_holds_whatever_its_name(book: Path) -> None:
    assert ACCESS.fits(book)
    assert ACCESS.fits(book.rename(book.with_name("zonder ending")))
    assert not ACCESS.fits(book.parent)


@pytest.mark.parametrize("content", [b"", b"<html>404 Not Found</html>" * 9, bytes(9999)])
def test_what_is_only_called_a_database_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mdb").write_bytes(content)
    assert not ACCESS.fits(tmp_path / "a.mdb")
    assert not ACCESS.fits(gnucash_book(tmp_path / "b.accdb"))


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", errors.SourceEmpty), (b"<html>404 Not Found</html>" * 9, errors.SourceDamaged)],
)
def test_books_that_something_overwrote_are_refused(
    book: Path, tmp_path: Path, content: bytes, error: type[errors.BewaarError]
) -> None:
    book.write_bytes(content)
    with pytest.raises(error):
        taken(book, tmp_path / "to")
    with pytest.raises(error):
        ACCESS.in_place(Source(place=book), tmp_path / "to")


# ── What is counted ─────────────────────────────────────────────────────────────────────────


def by_mdbtools(file: Path) -> dict[str, int]:
    def asked(*command: str | Path) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    tables = asked("mdb-tables", "-1", file).splitlines()
    return {f"{file.name}/{table}": int(asked("mdb-count", file, table)) for table in tables}


@needs_mdbtools
def test_made_books_count_as_mdbtools_does(book: Path, tmp_path: Path) -> None:
    snapshot, hearing = taken(book, tmp_path / "to")
    assert snapshot.counts.tables == by_mdbtools(book)
    assert snapshot.counts.tables == {f"{book.name}/Boekingen": 120, f"{book.name}/Relaties": 7}
    assert (snapshot.counts.rule, hearing.notes) == ("access.rows", [])


@needs_samples
@needs_mdbtools
@pytest.mark.parametrize("version", ["V1997", "V2003", "V2010"])
def test_the_practice_set_counts_as_mdbtools_does(version: str, tmp_path: Path) -> None:
    files = [f for f in (SHARED / "access").rglob("*db") if f.is_file() and version in f.parts]
    assert files
    for file in files:
        copy = Path(shutil.copy(file, tmp_path))  # written just now: it is read page by page
        snapshot, hearing = taken(copy, tmp_path / file.stem)
        assert (dict(snapshot.counts.tables), hearing.notes) == (by_mdbtools(file), [])


def test_books_that_lie_still_are_counted_where_they_lie(book: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    live = ACCESS.in_place(Source(place=book), tmp_path / "to")
    assert live is not None
    assert live.snapshot.counts.tables[f"{book.name}/Boekingen"] == 120


def encrypt(book: Path, *, says: bool = True) -> None:
    """Scramble all pages but the first, which `says` so, as a password in Access does."""
    data = bytearray(book.read_bytes())
    data[PAGE:] = bytes(byte ^ 0x5A for byte in data[PAGE:])
    if says:
        data[KEY] ^= 0x77
    book.write_bytes(data)
    rested(book)


@pytest.mark.parametrize(("says", "why"), [(True, "encrypted"), (False, "encrypted or damaged")])
def test_an_encrypted_database_is_kept_whole_and_its_rows_are_unknown(
    book: Path, tmp_path: Path, says: bool, why: str
) -> None:
    encrypt(book, says=says)
    snapshot, hearing = taken(book, tmp_path / "to")
    assert snapshot.files[0].local.read_bytes() == book.read_bytes()
    assert (dict(snapshot.counts.tables), snapshot.counts.rule) == ({}, "")
    ((code, params),) = hearing.notes
    assert (code, params["path"]) == ("counts.unknown", book.name)
    assert str(params["reason"]).endswith(why)


# ── Who has it open ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lock", ["boek.ldb", "BOEK.LACCDB"])
def test_the_lock_file_says_who_has_it_open_and_stays_out_of_the_backup(
    book: Path, tmp_path: Path, lock: str
) -> None:
    (book.parent / lock).write_bytes(b"PC-ANNA".ljust(32, b"\0") + b"Anna".ljust(32, b"\0"))
    state = ACCESS.is_open(Source(place=book))
    assert (state.openness, state.who) == (Openness.OPEN, "PC-ANNA/Anna")
    assert ACCESS.in_place(Source(place=book), tmp_path / "live") is None
    snapshot, _ = taken(book, tmp_path / "to")
    assert [file.path for file in snapshot.files] == [book.name]
    assert snapshot.open_state.openness is Openness.OPEN


# ── In the middle of a change ───────────────────────────────────────────────────────────────


def cut(book: Path) -> None:
    with book.open("r+b") as file:
        file.truncate(book.stat().st_size - 100)


def a_row_promised(book: Path) -> None:
    """A table says it holds one row more than there are."""
    with book.open("r+b") as file:
        file.seek(BOOKINGS + ROWS)
        file.write(struct.pack("<I", 121))


def a_page_not_yet_written(book: Path) -> None:
    with book.open("r+b") as file:
        file.seek(BOOKINGS + PAGE)
        file.write(bytes(PAGE))


@pytest.mark.parametrize("torn", [cut, a_row_promised, a_page_not_yet_written])
def test_a_database_caught_in_a_change_is_not_taken(
    torn: Callable[[Path], None], book: Path, tmp_path: Path
) -> None:
    torn(book)
    with pytest.raises(errors.SourceBusy) as busy:
        taken(book, tmp_path / "to")
    assert busy.value.params == {"place": str(book), "path": book.name}


def test_a_database_that_stays_cut_short_is_damaged(book: Path, tmp_path: Path) -> None:
    cut(book)
    rested(book)
    with pytest.raises(errors.SourceDamaged):
        taken(book, tmp_path / "to")
    with pytest.raises(errors.SourceDamaged):
        ACCESS.in_place(Source(place=book), tmp_path / "live")


def test_a_table_that_holds_other_rows_than_it_says_is_told(book: Path, tmp_path: Path) -> None:
    a_row_promised(book)
    rested(book)
    _, hearing = taken(book, tmp_path / "to")
    told = {"path": f"{book.name}/Boekingen", "told": 121, "found": 120}
    assert hearing.notes == [("counts.declared", told)]


def test_a_database_of_which_a_page_is_lost_is_kept_and_unknown(book: Path, tmp_path: Path) -> None:
    with book.open("r+b") as file:
        file.seek(2 * PAGE)
        file.write(bytes(PAGE))
    rested(book)
    snapshot, hearing = taken(book, tmp_path / "to")
    assert dict(snapshot.counts.tables) == {}
    assert [code for code, _ in hearing.notes] == ["counts.unknown"]


@pytest.mark.parametrize(("between", "pause"), [(0.0, 0.0), (0.2, 0.1)])
def test_a_database_that_is_rewritten_is_copied_whole_or_said_to_be_busy(
    between: float, pause: float, tmp_path: Path
) -> None:
    states = (
        access_book(tmp_path / "before.mdb", {"Boekingen": 140}),
        access_book(tmp_path / "after.mdb", {"Boekingen": 190}, text="geboekt"),
    )
    whole = {state.read_bytes(): rows for state, rows in zip(states, (140, 190), strict=True)}
    live = Path(shutil.copy(states[0], tmp_path / "live.mdb"))
    with writers.rewriting_pages(live, states, between=between, pause=pause):
        for number in range(2):
            try:
                snapshot, _ = taken(live, tmp_path / f"{number}")
            except errors.SourceBusy:
                continue
            rows = whole[snapshot.files[0].local.read_bytes()]
            assert snapshot.counts.tables == {"live.mdb/Boekingen": rows}
