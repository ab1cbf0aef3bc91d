"""A change is noticed well within two seconds, whatever kind of change it is."""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.events import EventLog
from bewaar.model import Code
from bewaar.watch import Watcher
from tests.watch.conftest import Ears


def append(books: Path) -> None:
    with (books / "ledger.dbf").open("ab") as file:
        file.write(b"more")


def overwrite_without_growing(books: Path) -> None:
    with (books / "ledger.dbf").open("r+b") as file:
        file.write(b"y")


def save_as_editors_do(books: Path) -> None:
    (books / "~save.tmp").write_bytes(b"new")
    (books / "~save.tmp").replace(books / "ledger.dbf")


CHANGES: list[Callable[[Path], object]] = [
    append,
    overwrite_without_growing,
    save_as_editors_do,
    lambda books: (books / "2026/invoices/2.pdf").write_bytes(b"new"),
    lambda books: (books / "2026/invoices/1.pdf").unlink(),
    lambda books: (books / "ledger.dbf").rename(books / "LEDGER.DBF"),
    lambda books: (books / "2026").rename(books / "2027"),
    lambda books: shutil.rmtree(books / "2026"),
    lambda books: (books / "☕ é").mkdir(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_kind_of_change_in_a_folder_is_noticed(
    ears: Ears, books: Path, change: Callable[[Path], object]
) -> None:
    ears.watch(jansen=books)
    ears.settle()
    change(books)
    ears.hear("jansen")


def test_changes_in_folders_made_later_are_noticed(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    late = books / "2027" / "q1" / "january"
    late.mkdir(parents=True)
    ears.hear("jansen")
    ears.settle()
    (late / "bank.xml").write_text("new")
    ears.hear("jansen")


def test_a_commit_to_a_database_is_noticed_though_its_file_stays_the_same(
    ears: Ears, tmp_path: Path
) -> None:
    place = tmp_path / "book.gnucash"
    with closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE transactions (amount INTEGER)")
        database.commit()
        ears.watch(jansen=place)
        ears.settle()
        before = place.stat()
        database.execute("INSERT INTO transactions VALUES (1)")
        database.commit()
        ears.hear("jansen")
        assert place.stat().st_mtime_ns == before.st_mtime_ns


def test_of_two_files_in_one_folder_only_the_changed_one_is_told(
    ears: Ears, tmp_path: Path
) -> None:
    for name in ("jansen.gnucash", "molen.gnucash", "photo.jpg"):
        (tmp_path / name).write_text("x")
    ears.watch(jansen=tmp_path / "jansen.gnucash", molen=tmp_path / "molen.gnucash")
    ears.settle()
    (tmp_path / "photo.jpg").write_text("y")
    (tmp_path / "MOLEN.gnucash-journal").write_text("y")
    (tmp_path / "save").write_text("y")
    (tmp_path / "save").rename(tmp_path / "molen.gnucash")
    assert set(ears.told()) == {"molen"}


def test_an_administration_inside_another_is_told_for_both(ears: Ears, books: Path) -> None:
    ears.watch(all=books, year=books / "2026", ledger=books / "ledger.dbf")
    ears.settle()
    (books / "2026" / "new").write_text("x")
    assert set(ears.told()) == {"all", "year"}
    append(books)
    assert set(ears.told()) == {"all", "ledger"}
    ears.watcher.update({Code("year"): books / "2026"})
    ears.settle()
    (books / "2026" / "newer").write_text("x")
    ears.hear("year")


def test_a_place_behind_a_link_is_watched(ears: Ears, books: Path, tmp_path: Path) -> None:
    (tmp_path / "folder link").symlink_to(books)
    (tmp_path / "file link").symlink_to(books / "ledger.dbf")
    ears.watch(folder=tmp_path / "folder link", file=tmp_path / "file link")
    ears.settle()
    append(books)
    ears.hear("folder", "file")


def test_reading_is_no_change(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books, ledger=books / "ledger.dbf")
    ears.settle()
    for folder, _, names in os.walk(books):
        for name in names:
            Path(folder, name).read_bytes()
    assert ears.told() == []


def test_a_program_that_never_stops_writing_is_told_now_and_then(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    ears.settle()
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.005):
            append(books)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        ears.hear("jansen")
        start = time.monotonic()
        ears.hear("jansen")
        ears.hear("jansen")
        assert time.monotonic() - start >= 0.2
    finally:
        stop.set()
        writer.join()


def test_touched_ones_can_be_asked_for_once(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    ears.settle()
    assert ears.watcher.changed() == {"jansen"}
    assert ears.watcher.changed() == set()
    append(books)
    ears.hear("jansen")
    assert ears.watcher.changed() == {"jansen"}


def test_what_is_wanted_no_more_is_told_no_more(ears: Ears, books: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    ears.watch(jansen=books, other=other)
    ears.watcher.update({Code("other"): other, Code("ledger"): books / "ledger.dbf"})
    ears.hear("ledger")
    ears.settle()
    append(books)
    (other / "new").write_text("x")
    assert set(ears.told()) == {"ledger", "other"}


def test_a_code_that_moved_to_another_place_is_watched_there(
    ears: Ears, books: Path, tmp_path: Path
) -> None:
    ears.watch(jansen=books)
    other = tmp_path / "other"
    other.mkdir()
    ears.watch(jansen=other)
    ears.settle()
    append(books)
    assert ears.told() == []
    (other / "new").write_text("x")
    ears.hear("jansen")


def test_as_set_up_for_users_it_is_fast_enough(books: Path) -> None:
    log = EventLog()
    watcher = Watcher(log)
    try:
        watcher.update({Code("jansen"): books})
        cursor = log.wait(0, timeout=5).cursor
        append(books)
        start = time.monotonic()
        assert log.wait(cursor, timeout=2).events
        assert time.monotonic() - start < 1.5
    finally:
        watcher.stop()
