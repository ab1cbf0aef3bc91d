"""Counts in a backup: taken from the copy, counted again in the proof, compared with the last."""

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bewaar.errors import BackupDamaged
from bewaar.model import Backup, Code, Counts, Job, JobState, Snapshot
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.restore.plan import RestorePlan
from bewaar.storage.kinds import by_kind
from bewaar.verify import Prover
from tests.archive.books import archive, listed_file, snapshot_of
from tests.clocks import SetClock
from tests.counting.books import table
from tests.fox import fox_books, fox_table
from tests.jet import access_book
from tests.samples import dbf_folder, enter, gnucash_book, gnucash_xml, lying
from tests.scene import Office, tree

AN_AGE = 1_700_000_000  # long ago, in seconds


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.engine.close()


def notes(job: Job) -> list[str]:
    return [note.code for note in job.notes]


def remove(book: Path, transactions: int) -> None:
    """Remove bookings, as a program would."""
    with closing(sqlite3.connect(book)) as database:
        which = f"(SELECT guid FROM transactions LIMIT {transactions})"
        database.execute(f"DELETE FROM splits WHERE tx_guid IN {which}")
        database.execute(f"DELETE FROM transactions WHERE guid IN {which}")
        database.commit()


@pytest.mark.parametrize("password", [None, "kaas-en-brood-é-77"])
def test_a_backup_knows_how_many_bookings_it_holds(office: Office, password: str | None) -> None:
    book = office.engine.add(gnucash_book(office.root / "boek.gnucash", transactions=37))
    backup = office.proven(book, password=password)
    (content,) = backup.contents
    assert (content.counts.transactions, content.counts.rule) == (37, "gnucash.sqlite")


def test_bookings_of_text_files_come_back_with_a_restore(office: Office) -> None:
    book = office.engine.add(
        gnucash_xml(office.root / "b.gnucash", transactions=9, compressed=True)
    )
    backup = office.proven(book)
    assert backup.contents[0].counts.transactions == 9
    assert backup.proof is not None
    assert backup.proof.databases == 0
    assert office.restore_new(backup, book.code, "Terug").state is JobState.DONE


def test_tables_and_databases_of_one_folder_are_restored(office: Office) -> None:
    folder = dbf_folder(office.root / "fox")
    gnucash_book(folder / "extra.db", transactions=5)
    fox = office.engine.add(folder)
    backup = office.proven(fox)
    tables = backup.contents[0].counts.tables
    assert tables["TABEL3.DBF"] == 50
    assert tables["extra.db/transactions"] == 5
    assert office.restore_new(backup, fox.code, "Terug").state is JobState.DONE


def test_fewer_bookings_than_in_the_last_backup_are_told(office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=40)
    book = office.engine.add(file)
    office.proven(book)
    remove(file, 3)
    job = office.back_up(book)
    assert job.state is JobState.DONE
    (note,) = (each for each in job.notes if each.code == "counts.dropped")
    assert (note.params["before"], note.params["now"]) == (40, 37)


def test_more_bookings_are_no_reason_to_say_anything(office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=40)
    book = office.engine.add(file)
    office.proven(book)
    gnucash_book(file.with_name("more.gnucash"), transactions=41).replace(file)
    job = office.back_up(book)
    assert (job.state, "counts.dropped" in notes(job)) == (JobState.DONE, False)


def test_fewer_bookings_that_the_user_calls_right_are_not_told_again(office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=40)
    book = office.engine.add(file)
    office.proven(book)
    remove(file, 39)
    refused = office.back_up(book)
    assert refused.error is not None
    assert refused.error.code == "source.shrunk"
    job = office.back_up(book, accept_fewer=True)
    assert (job.state, "counts.dropped" in notes(job)) == (JobState.DONE, False)


def test_what_cannot_be_counted_is_backed_up_and_told(office: Office) -> None:
    file = gnucash_xml(office.root / "b.gnucash")
    book = office.engine.add(file)
    file.write_bytes(file.read_bytes()[:-30])
    job = office.back_up(book)
    assert job.state is JobState.DONE
    assert "counts.unknown" in notes(job)
    assert office.engine.backup(job.backups[0]).contents[0].counts == Counts()


def test_rows_of_a_table_that_vanish_are_refused(office: Office) -> None:
    folder = office.root / "fox"
    folder.mkdir()
    table(folder / "A.DBF", [b" x"] * 100)
    fox = office.engine.add(folder)
    office.proven(fox)
    table(folder / "A.DBF", [b"*x"] * 90 + [b" x"] * 10)
    job = office.back_up(fox)
    assert job.error is not None
    assert (job.error.code, job.error.params["unit"]) == ("source.shrunk", "records")


def test_books_of_tables_and_of_access_come_back_with_their_rows(office: Office) -> None:
    fox = office.engine.add(fox_books(office.root / "fox"))
    access = office.engine.add(access_book(office.root / "boek.mdb", {"Boekingen": 140}))
    assert (fox.storage, access.storage) == ("dbf", "access")
    for book, rows in ((fox, {"KLANTEN.DBF": 60}), (access, {"boek.mdb/Boekingen": 140})):
        backup = office.proven(book)
        assert rows.items() <= backup.contents[0].counts.tables.items()
        assert office.restore_new(backup, book.code, f"Terug {book.name}").state is JobState.DONE
    (restored,) = (office.root / "restored").rglob("*.mdb")
    assert restored.read_bytes() == access.place.read_bytes()


def test_a_single_table_comes_back_with_its_memos(office: Office) -> None:
    (office.root / "fox").mkdir()
    table = office.engine.add(fox_table(office.root / "fox" / "Boek.DBF", 40), name="Boek")
    files = [table.place.with_suffix(ending) for ending in (".DBF", ".FPT", ".CDX")]
    before = [file.read_bytes() for file in files]
    backup = office.proven(table)
    assert backup.contents[0].files == 3
    fox_table(table.place, 41)
    job = office.restore_original(backup, table.code, typed="Boek")
    assert job.state is JobState.DONE, job.error
    assert [file.read_bytes() for file in files] == before
    assert office.restore_new(backup, table.code, "Terug").state is JobState.DONE
    restored = (each for each in tree(office.root / "restored").values() if each is not None)
    assert sorted(restored) == sorted(before)


def test_a_table_that_stays_torn_fails_the_backup_and_the_earlier_one_stays(office: Office) -> None:
    fox = office.engine.add(fox_books(office.root / "fox"))
    earlier = office.proven(fox)
    torn = fox.place / "BOEKINGEN.DBF"
    torn.write_bytes(torn.read_bytes()[:-200])
    os.utime(torn, (AN_AGE, AN_AGE))
    job = office.back_up(fox)
    assert job.error is not None
    assert (job.error.code, job.error.params["path"]) == ("source.damaged", "BOEKINGEN.DBF")
    assert office.engine.backup(earlier.id).proof == earlier.proof
    assert office.restore_new(earlier, fox.code, "Terug").state is JobState.DONE


# ── What would be lost ──────────────────────────────────────────────────────────────────────


def test_a_damaged_table_among_other_files_is_told_with_the_backup(office: Office) -> None:
    place = fox_books(office.root / "alles" / "fox").parent
    (place / "brief.txt").write_text("Geachte")
    torn = place / "fox" / "KLANTEN.DBF"
    torn.write_bytes(torn.read_bytes()[:-20])
    for path in place.rglob("*"):
        os.utime(path, (AN_AGE, AN_AGE))
    kept = office.engine.add(place, program="folder")
    backup = office.proven(kept)
    told = {note.code: note.params["path"] for note in office.engine.findings(backup)}
    assert told == dict.fromkeys(("counts.unknown", "database.damaged"), "fox/KLANTEN.DBF")
    assert office.restore_new(backup, kept.code, "Alles").state is JobState.DONE
    assert tree(office.root / "restored" / "Alles") == tree(place)


def plan(office: Office, backup: Backup, code: Code) -> RestorePlan:
    request = RestoreRequest(
        file=BackupFile(backup=backup.id), code=code, mode=RestoreMode.ORIGINAL
    )
    return office.engine.plan_restore(request)


def test_a_restore_says_how_many_bookings_would_be_lost(office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=40)
    book = office.engine.add(file)
    backup = office.proven(book)
    same = plan(office, backup, book.code)
    assert (same.transactions_now, same.transactions_then) == (40, 40)
    assert same.transactions == 0
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        enter(database, range(40, 77))
    before = lying(file.parent)
    more = plan(office, backup, book.code)
    assert (more.transactions_now, more.transactions_then) == (77, 40)
    assert (more.transactions, more.newest_then) == (37, date(2026, 11, 20))
    assert {path: what for path, what in lying(file.parent).items() if path in before} == before
    assert list(office.home.snapshots.iterdir()) == []


def test_books_that_cannot_be_counted_now_are_unknown(office: Office) -> None:
    file = gnucash_xml(office.root / "b.gnucash", transactions=9)
    book = office.engine.add(file)
    backup = office.proven(book)
    file.write_bytes(file.read_bytes()[:-30])
    found = plan(office, backup, book.code)
    assert (found.transactions_now, found.transactions_then) == (None, 9)


def test_books_that_are_open_are_left_alone(office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=40)
    book = office.engine.add(file)
    backup = office.proven(book)
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        enter(database, range(40, 50))
    holder = "import sys; book = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        found = plan(office, backup, book.code)
        program.communicate()
    assert (found.transactions_now, found.transactions_then) == (None, 40)
    assert plan(office, backup, book.code).transactions_now == 50


# ── A manifest that says something else than the files ──────────────────────────────────────


def snapshot(folder: Path, counts: Counts) -> Snapshot:
    file = gnucash_xml(folder / "b.gnucash", transactions=9)
    taken = snapshot_of((listed_file("b.gnucash", file),))
    return replace(taken, counts=counts, single_file=True)


@pytest.mark.parametrize(
    "counts",
    [
        Counts(transactions=10, rule="gnucash.xml"),
        Counts(transactions=9, documents=1, rule="gnucash.xml"),
        Counts(rule="gnucash.xml"),
        Counts(transactions=9, rule="gnucash.xml", tables={"b.gnucash": 9}),
        Counts(transactions=9, rule="gnucash.sqlite"),
    ],
)
def test_a_proof_finds_other_numbers_than_the_manifest_tells(
    counts: Counts, tmp_path: Path
) -> None:
    with pytest.raises(BackupDamaged, match="counts of JANSEN differ"):
        prove(snapshot(tmp_path, counts), tmp_path)


@pytest.mark.parametrize(
    "counts",
    [
        Counts(transactions=9, rule="gnucash.xml"),
        Counts(transactions=99, rule="martian.books", tables={"b.gnucash/x": 3}),
        Counts(),
    ],
)
def test_a_proof_believes_what_is_right_or_counted_by_a_rule_of_another_bewaar(
    counts: Counts, tmp_path: Path
) -> None:
    prove(snapshot(tmp_path, counts), tmp_path)


def prove(taken: Snapshot, folder: Path) -> None:
    prover = Prover(storages=by_kind, scratch=folder / "scratch", clock=SetClock())
    prover.prove(io.BytesIO(archive(taken).data), file="backup.zip")
