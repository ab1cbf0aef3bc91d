"""Books read where they lie: offered only when they lie still, believed only if they did."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from bewaar.errors import SourceBusy
from bewaar.model import Layout, Snapshot, Source
from bewaar.storage.base import Live
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.taking import Pace
from tests import samples

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="handles are seen in /proc")

FILES = FileSet(pace=Pace(settle=0.02, settle_lively=0.05, database=5))
AN_HOUR = 3600
_PROGRAM = "import sys; book = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def aged(folder: Path) -> Path:
    """Let all files have been written an hour ago."""
    then = time.time() - AN_HOUR
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))
    return folder


@pytest.fixture
def books(tmp_path: Path) -> Path:
    place = samples.dbf_folder(tmp_path / "books")
    samples.gnucash_book(place / "data" / "grootboek.gnucash")
    (place / "brieven").mkdir()
    (place / "brieven" / "Müller é.txt").write_text("een brief", encoding="utf-8")
    return aged(place)


def offered(place: Path, to: Path) -> Live:
    to.mkdir()
    live = FILES.in_place(Source(place=place), to)
    assert live is not None
    return live


def as_read(snapshot: Snapshot) -> dict[str, str]:
    return {file.path: blake3(file.local.read_bytes()).hexdigest() for file in snapshot.files}


# ── When they lie still ─────────────────────────────────────────────────────────────────────


def test_files_are_offered_where_they_lie_and_databases_as_copies(
    books: Path, tmp_path: Path
) -> None:
    live = offered(books, tmp_path / "to")
    for file in live.snapshot.files:
        assert file.live is not file.database
        assert file.local.is_relative_to(tmp_path / "to" if file.database else books)
    assert len(list((tmp_path / "to").iterdir())) == 1


def test_what_is_offered_is_what_copies_would_hold(books: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    live = offered(books, tmp_path / "to")
    copied = FILES.snapshot(Source(place=books), tmp_path / "copies")
    assert as_read(live.snapshot) == as_read(copied)
    assert live.snapshot.counts == copied.counts
    assert live.snapshot.signature == copied.signature
    assert live.snapshot.folders == copied.folders


def test_books_that_lay_still_are_confirmed_with_the_fingerprint_of_the_live_books(
    books: Path, tmp_path: Path
) -> None:
    live = offered(books, tmp_path / "to")
    fingerprint = live.confirm(as_read(live.snapshot))
    assert fingerprint == FILES.fingerprint(Source(place=books))


def test_bookings_are_counted_where_they_lie(tmp_path: Path) -> None:
    place = aged(samples.dbf_folder(tmp_path / "books"))
    (tmp_path / "to").mkdir()
    source = Source(place=place, layout=Layout(count=("dbf.rows",)))
    live = FILES.in_place(source, tmp_path / "to")
    assert live is not None
    assert live.snapshot.counts.tables
    (tmp_path / "copies").mkdir()
    assert live.snapshot.counts == FILES.snapshot(source, tmp_path / "copies").counts


# ── When they do not ────────────────────────────────────────────────────────────────────────


def _written(books: Path) -> None:
    with (books / "TABEL1.DBF").open("ab") as file:
        file.write(b"one booking more")


def _written_behind_its_old_time_and_size(books: Path) -> None:
    file = books / "TABEL1.DBF"
    status, data = file.stat(), bytearray(file.read_bytes())
    data[-2] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _removed(books: Path) -> None:
    (books / "TABEL1.DBF").unlink()


def _come(books: Path) -> None:
    (books / "brieven" / "nog een.txt").write_text("post", encoding="utf-8")


def _come_empty(books: Path) -> None:
    (books / "nieuwe map").mkdir()


def _replaced_by_a_folder(books: Path) -> None:
    (books / "TABEL1.DBF").unlink()
    (books / "TABEL1.DBF").mkdir()


def _become_a_database(books: Path) -> None:
    shutil.copyfile(books / "data" / "grootboek.gnucash", books / "TABEL1.DBF")


@pytest.mark.parametrize(
    "happens",
    [
        _written,
        _written_behind_its_old_time_and_size,
        _removed,
        _come,
        _come_empty,
        _replaced_by_a_folder,
        _become_a_database,
    ],
)
def test_whatever_happens_between_the_two_looks_is_noticed(
    books: Path, tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    live = offered(books, tmp_path / "to")
    read = as_read(live.snapshot)
    happens(books)
    with pytest.raises(SourceBusy):
        live.confirm(read)


def test_what_was_read_in_the_middle_of_a_change_is_not_confirmed(
    books: Path, tmp_path: Path
) -> None:
    live = offered(books, tmp_path / "to")
    read = as_read(live.snapshot)
    read["TABEL1.DBF"] = blake3(b"half old, half new").hexdigest()
    with pytest.raises(SourceBusy):
        live.confirm(read)


def test_a_booking_in_a_database_that_was_copied_already_disturbs_nobody(
    books: Path, tmp_path: Path
) -> None:
    live = offered(books, tmp_path / "to")
    read = as_read(live.snapshot)
    book = sqlite3.connect(books / "data" / "grootboek.gnucash")
    samples.enter(book, range(1000, 1003))
    book.commit()
    book.close()
    fingerprint = live.confirm(read)
    assert fingerprint != FILES.fingerprint(Source(place=books))  # so the books count as changed


# ── When nothing is offered ─────────────────────────────────────────────────────────────────


def test_books_that_were_written_just_now_are_copied(books: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    _written(books)
    assert FILES.in_place(Source(place=books), tmp_path / "to") is None


@linux
def test_books_that_a_program_has_open_are_copied(books: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    command = [sys.executable, "-c", _PROGRAM, str(books / "TABEL1.DBF")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        assert FILES.in_place(Source(place=books), tmp_path / "to") is None
        program.communicate()
    assert FILES.in_place(Source(place=books), tmp_path / "to") is not None


def test_books_that_are_one_database_are_copied(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "books").mkdir()
    place = samples.gnucash_book(tmp_path / "books" / "boek.gnucash")
    aged(tmp_path / "books")
    assert FILES.in_place(Source(place=place), tmp_path / "to") is None
    assert Sqlite().in_place(Source(place=place), tmp_path / "to") is None
    assert list((tmp_path / "to").iterdir()) == []
