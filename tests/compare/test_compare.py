"""Two states of the same books held against each other: what came, what went, what changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bewaar.compare import Difference
from bewaar.errors import PasswordWrong, UnknownAdministration
from bewaar.model import Administration, Backup, Code
from bewaar.requests import BackupFile, CompareRequest
from tests.samples import enter, gnucash_book
from tests.scene import Office, book, tree


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.engine.close()


def compared(office: Office, one: Backup, other: Backup, of: Administration) -> Difference:
    first, second = BackupFile(backup=one.id), BackupFile(backup=other.id)
    return office.engine.compare(CompareRequest(code=of.code, one=first, other=second))


def with_today(office: Office, backup: Backup, of: Administration) -> Difference:
    one = BackupFile(backup=backup.id)
    return office.engine.compare(CompareRequest(code=of.code, one=one))


def test_files_that_came_went_and_changed_are_told_apart(office: Office) -> None:
    first = office.proven(office.holding)
    (office.folder_books / "new.txt").write_bytes(b"new")
    (office.folder_books / "index.txt").write_bytes(b"other")
    (office.folder_books / "2025" / "journaal 0 é.dat").unlink()
    second = office.proven(office.holding)
    for pair in ((first, second), (second, first)):
        told = compared(office, *pair, office.holding)
        assert [each.path for each in told.added] == ["new.txt"]
        assert [(each.path, each.then, each.now) for each in told.changed] == [("index.txt", 15, 5)]
        assert [each.path for each in told.removed] == ["2025/journaal 0 é.dat"]
        assert (told.files, told.files_same, told.then.at) == (3, 5, first.made_at)


def test_a_file_with_another_time_and_the_same_content_is_the_same(office: Office) -> None:
    first = office.proven(office.holding)
    (office.folder_books / "index.txt").touch()
    assert with_today(office, first, office.holding).nothing


def test_rows_are_compared_by_table_with_what_was_lost_first(office: Office) -> None:
    with closing(sqlite3.connect(office.sqlite_books)) as database:
        database.executescript("CREATE TABLE old (a); INSERT INTO old VALUES (1), (2)")
    first = office.proven(office.bakery)
    with closing(sqlite3.connect(office.sqlite_books)) as database:
        database.executescript(
            "DROP TABLE old; CREATE TABLE fresh (a); INSERT INTO fresh VALUES (1)"
        )
    book(office.sqlite_books, rows=30)
    told = with_today(office, first, office.bakery)
    rows = [(t.name.rpartition("/")[2], t.then, t.now, t.more) for t in told.tables]
    assert rows == [("old", 2, None, None), ("entries", 120, 150, 30), ("fresh", None, 1, None)]


def test_bookings_and_their_newest_date_are_told(office: Office, tmp_path: Path) -> None:
    file = gnucash_book(tmp_path / "books" / "Molen.gnucash", transactions=10)
    mill = office.engine.add(file, name="De Molen")
    first = office.proven(mill)
    with closing(sqlite3.connect(file)) as database:
        enter(database, range(10, 13))
        database.execute("UPDATE transactions SET post_date='2026-12-01 10:59:00' WHERE num='12'")
        database.commit()
    told = with_today(office, first, mill)
    assert told.transactions == 3
    assert told.newest == (date(2026, 11, 20), date(2026, 12, 1))


def test_looking_at_todays_books_leaves_them_and_bewaars_own_folder_as_they_were(
    office: Office,
) -> None:
    first, before = office.proven(office.holding), tree(office.folder_books)
    told = with_today(office, first, office.holding)
    assert told.nothing
    assert told.now.today
    assert tree(office.folder_books) == before
    assert not office.home.snapshots.exists() or list(office.home.snapshots.iterdir()) == []


def test_a_clock_that_went_back_does_not_make_today_the_past(office: Office) -> None:
    first = office.proven(office.holding)
    office.clock.move(days=-5)
    assert with_today(office, first, office.holding).now.today


def test_documents_one_side_was_made_without_are_not_told_as_removed(office: Office) -> None:
    first = office.proven(office.holding)
    second = office.proven(office.holding, documents=False, even_unchanged=True)
    assert compared(office, first, second, office.holding).removed == ()


def test_an_encrypted_backup_needs_its_password_and_no_other(office: Office) -> None:
    first = office.proven(office.holding, password="correct horse battery")
    (office.folder_books / "index.txt").write_bytes(b"other")
    second = office.proven(office.holding)
    asked = CompareRequest(
        code=office.holding.code,
        one=BackupFile(backup=second.id),
        other=BackupFile(backup=first.id),
    )
    with pytest.raises(PasswordWrong):
        office.engine.compare(replace(asked, passwords=(None, "wrong")))
    told = office.engine.compare(replace(asked, passwords=(None, "correct horse battery")))
    assert [each.path for each in told.changed] == ["index.txt"]


def test_books_that_a_backup_does_not_hold_are_not_compared(office: Office) -> None:
    first = office.proven(office.holding)
    asked = CompareRequest(code=Code("nobody"), one=BackupFile(backup=first.id))
    with pytest.raises(UnknownAdministration):
        office.engine.compare(asked)
