"""Databases are copied whole, in whatever state their program left them, and never written."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress, Silent
from bewaar.storage.base import Storage
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.taking import Pace
from tests import samples, writers

QUICK = Pace(settle=0.01, settle_lively=0.02, database=0.4)


@pytest.fixture(params=[Sqlite(pace=QUICK), FileSet(pace=QUICK)], ids=["sqlite", "fileset"])
def storage(request: pytest.FixtureRequest) -> Storage:
    kind: Storage = request.param
    return kind


@pytest.fixture
def live(tmp_path: Path) -> Path:
    (tmp_path / "live").mkdir()
    return writers.database_of_generations(tmp_path / "live" / "boek.db")


@pytest.fixture
def to(tmp_path: Path) -> Path:
    (tmp_path / "to").mkdir()
    return tmp_path / "to"


def taken(
    storage: Storage, live: Path, to: Path, progress: Progress = SILENT
) -> tuple[Snapshot, Path]:
    """Return the snapshot of one database, and its copy; the live files must stay as they are."""
    before = samples.lying(live.parent)
    snapshot = storage.snapshot(Source(place=live), to, progress)
    assert samples.lying(live.parent) == before
    assert [file.path for file in snapshot.files] == [live.name]
    assert snapshot.files[0].database
    return snapshot, snapshot.files[0].local


def generations(copy: Path) -> set[int]:
    with closing(sqlite3.connect(copy)) as database:
        return {row[0] for row in database.execute("SELECT DISTINCT generation FROM entries")}


# ── What a crash leaves ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
def test_a_half_written_transaction_is_undone_in_the_copy_and_left_in_the_books(
    storage: Storage, live: Path, to: Path, mode: str
) -> None:
    writers.crash_while_writing(live, mode)
    assert (live.parent / "boek.db-journal").stat().st_size > 512
    snapshot, copy = taken(storage, live, to)
    assert generations(copy) == {0}
    assert writers.is_whole_database(copy)
    assert snapshot.fingerprint == storage.fingerprint(Source(place=live))
    assert snapshot.signature == storage.signature(Source(place=live))


@pytest.mark.parametrize("lock_board", [True, False], ids=["with shm", "without shm"])
def test_a_log_that_a_crash_left_is_taken_into_the_copy_and_left_in_the_books(
    storage: Storage, live: Path, to: Path, *, lock_board: bool
) -> None:
    writers.crash_while_writing(live, "wal")
    if not lock_board:
        (live.parent / "boek.db-shm").unlink()
    snapshot, copy = taken(storage, live, to)
    assert generations(copy) == {1}
    assert writers.is_whole_database(copy)
    assert snapshot.fingerprint == storage.fingerprint(Source(place=live))


def test_a_log_cut_short_counts_as_far_as_it_is_whole(
    storage: Storage, live: Path, to: Path
) -> None:
    writers.crash_while_writing(live, "wal")
    log = live.parent / "boek.db-wal"
    os.truncate(log, log.stat().st_size - 10)
    assert generations(taken(storage, live, to)[1]) == {0}


def test_the_journal_that_stays_for_next_time_is_no_half_transaction(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("PRAGMA journal_mode=PERSIST")
        book.execute("UPDATE entries SET generation = 7")
    assert (live.parent / "boek.db-journal").stat().st_size
    snapshot, copy = taken(storage, live, to)
    assert generations(copy) == {7}
    assert snapshot.method == "sqlite-backup"


# ── While its program has it open ───────────────────────────────────────────────────────────


def test_bookings_still_in_the_log_of_an_open_program_are_in_the_copy(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("PRAGMA journal_mode=WAL")
        book.execute("UPDATE entries SET generation = 3")
        assert generations(taken(storage, live, to)[1]) == {3}


def test_bookings_not_yet_saved_are_not_in_the_copy(storage: Storage, live: Path, to: Path) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("BEGIN IMMEDIATE")
        book.execute("UPDATE entries SET generation = 3")
        assert generations(taken(storage, live, to)[1]) == {0}


def test_a_database_locked_for_good_is_busy_and_never_copied_as_a_file(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("BEGIN EXCLUSIVE")
        with pytest.raises(errors.SourceBusy) as busy:
            storage.snapshot(Source(place=live), to)
        assert busy.value.params["path"] == "boek.db"
        assert not any(file.stat().st_size for file in to.iterdir())
        book.execute("COMMIT")
    assert generations(taken(storage, live, to)[1]) == {0}


def test_a_database_with_a_log_that_its_program_keeps_to_itself_is_copied_while_it_stands_still(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("PRAGMA locking_mode=EXCLUSIVE")
        book.execute("PRAGMA journal_mode=WAL")
        book.execute("UPDATE entries SET generation = 4")
        assert not (live.parent / "boek.db-shm").exists()
        assert generations(taken(storage, live, to)[1]) == {4}


_TRY_TO_WRITE = """
import sqlite3, sys
book = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
try:
    book.execute("UPDATE entries SET generation = 99")
except sqlite3.OperationalError as error:
    print(error)
"""


@dataclass
class Meddling(Silent):
    """In the middle of the copying, looks at the books from another thread and from a program."""

    live: Path
    storage: Storage
    answers: list[str] = field(default_factory=list)
    onlooker: threading.Thread | None = None
    marks: list[str] = field(default_factory=list)

    def step(self, done: int, total: int, item: str = "") -> None:
        if self.onlooker is None and done < total:
            self.onlooker = threading.Thread(target=self._look)
            self.onlooker.start()
            self.onlooker.join(0.3)  # it may not come through before the copy is done
            command = [sys.executable, "-c", _TRY_TO_WRITE, str(self.live)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
            self.answers.append(answer.stdout.strip())

    def _look(self) -> None:
        self.storage.fits(self.live)
        self.marks.append(self.storage.fingerprint(Source(place=self.live)))


def test_looking_at_a_database_from_another_thread_does_not_open_the_lock_on_it(
    storage: Storage, live: Path, to: Path
) -> None:
    # Closing any handle of a file drops all of a process's locks on it, see storage/turns.py.
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("CREATE TABLE scans (image BLOB)")
        book.execute("INSERT INTO scans VALUES (zeroblob(?))", [24 << 20])
    meddling = Meddling(live=live, storage=storage)
    snapshot = storage.snapshot(Source(place=live), to, meddling)
    assert meddling.onlooker
    meddling.onlooker.join(20)
    assert meddling.answers == ["database is locked"]
    assert meddling.marks == [snapshot.fingerprint]


@dataclass
class Booking(Silent):
    """Books something each time a piece was copied."""

    book: sqlite3.Connection
    entered: int = 0

    def step(self, done: int, total: int, item: str = "") -> None:
        self.entered += 1
        self.book.execute("UPDATE entries SET generation = ?", [self.entered])


def test_what_is_booked_while_the_copy_is_taken_makes_the_books_changed(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("PRAGMA journal_mode=WAL")
        booking = Booking(book=book)
        snapshot = storage.snapshot(Source(place=live), to, booking)
        assert snapshot.method == "sqlite-backup"
        (copied,) = generations(snapshot.files[0].local)
        assert copied < booking.entered
        assert snapshot.fingerprint != storage.fingerprint(Source(place=live))
        assert snapshot.signature != storage.signature(Source(place=live))


# ── What is a database and what only looks like one ─────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "map"
    place.mkdir()
    return place


def files_of(place: Path, to: Path) -> dict[str, tuple[bool, int]]:
    snapshot = FileSet(pace=QUICK).snapshot(Source(place=place), to)
    return {file.path: (file.database, file.size) for file in snapshot.files}


def test_a_database_is_known_by_its_first_bytes_not_by_its_name(folder: Path, to: Path) -> None:
    samples.gnucash_book(folder / "boekhouding.doc")
    (folder / "geheim.sqlite").write_bytes(os.urandom(8192))  # encrypted: no header
    (folder / "klein.db").write_bytes(b"SQLite format 3\0")  # too short to be one
    (folder / "leeg.db").touch()
    found = files_of(folder, to)
    assert {path: database for path, (database, _) in found.items()} == {
        "boekhouding.doc": True,
        "geheim.sqlite": False,
        "klein.db": False,
        "leeg.db": False,
    }


def test_what_lies_beside_a_database_is_no_file_of_its_own(folder: Path, to: Path) -> None:
    live = writers.database_of_generations(folder / "boek.db")
    writers.crash_while_writing(live, "wal")
    assert len(list(folder.iterdir())) == 3
    assert list(files_of(folder, to)) == ["boek.db"]


def test_files_that_are_only_called_like_that_are_files(folder: Path, to: Path) -> None:
    for name in ("brief", "brief-wal", "brief-shm", "brief-journal", "wees-wal"):
        (folder / name).write_bytes(b"text")
    assert len(files_of(folder, to)) == 5


def test_what_is_called_like_that_beside_a_single_plain_file_is_not_its(
    folder: Path, to: Path
) -> None:
    for name in ("brief", "brief-wal", "brief-journal"):
        (folder / name).write_bytes(b"text")
    source = Source(place=folder / "brief")
    snapshot = FileSet(pace=QUICK).snapshot(source, to)
    assert [file.path for file in snapshot.files] == ["brief"]
    assert snapshot.signature == FileSet().signature(source)


def test_a_link_to_a_database_brings_the_log_beside_the_real_one(
    folder: Path, live: Path, to: Path
) -> None:
    writers.crash_while_writing(live, "wal")
    (folder / "boek.db").symlink_to(live)
    before = samples.lying(live.parent)
    source = Source(place=folder)
    snapshot = FileSet(pace=QUICK).snapshot(source, to)
    assert [file.path for file in snapshot.files] == ["boek.db"]
    assert generations(snapshot.files[0].local) == {1}
    assert samples.lying(live.parent) == before
    assert list(folder.iterdir()) == [folder / "boek.db"]
    assert snapshot.signature == FileSet().signature(source)
    (live.parent / "boek.db-wal").unlink()
    assert snapshot.signature != FileSet().signature(source)


def test_a_view_for_a_newer_sqlite_does_not_keep_a_database_from_being_copied(
    storage: Storage, live: Path, to: Path
) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as book:
        book.execute("CREATE VIEW v AS SELECT 1")
        book.execute("PRAGMA writable_schema = ON")
        book.execute("UPDATE sqlite_master SET sql = 'CREATE VIEW v ((' WHERE name = 'v'")
    snapshot, copy = taken(storage, live, to)
    assert snapshot.counts.tables == {"boek.db/entries": writers.ROWS}
    assert b"CREATE VIEW v ((" in copy.read_bytes()


def test_a_path_too_long_for_sqlite_is_read_all_the_same(
    storage: Storage, tmp_path: Path, to: Path
) -> None:
    deep = tmp_path / ("n" * 200) / ("o" * 200) / ("p" * 200)
    deep.mkdir(parents=True)
    live = writers.database_of_generations(tmp_path / "boek.db").rename(deep / "boek.db")
    assert generations(taken(storage, live, to)[1]) == {0}


def test_a_damaged_database_among_other_files_is_named(folder: Path, to: Path) -> None:
    samples.document(folder / "bon.pdf")
    (folder / "sub").mkdir()
    (folder / "sub" / "kapot.db").write_bytes(b"SQLite format 3\0" + os.urandom(9000))
    with pytest.raises(errors.SourceDamaged) as damaged:
        files_of(folder, to)
    assert damaged.value.params["path"] == "sub/kapot.db"
