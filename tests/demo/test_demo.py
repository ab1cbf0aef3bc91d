"""The sample office is whole, always the same, and its history is real."""

import gzip
import sqlite3
import struct
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bewaar.demo import gnucash, holding, prepare
from bewaar.demo.bookings import bookings
from bewaar.engine import Engine
from bewaar.model import JobState, Standing
from bewaar.paths import Home
from bewaar.progress import SILENT
from bewaar.requests import BackupFile
from bewaar.secrets import MemorySecrets

FIRST, LAST, LATER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 20)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home as a newcomer sees it."""
    root = tmp_path_factory.mktemp("demo")
    place = Home(config=root, data=root / "data", state=root / "state", cache=root / "cache")
    prepare(place)
    return place


def test_it_ends_with_one_overdue_one_changed_and_one_safe(shown: Home) -> None:
    engine = Engine(shown, secrets=MemorySecrets())
    overview = engine.overview()
    engine.close()
    standings = {s.administration.name: s.standing for s in overview.states}
    assert standings == {
        "Bakkerij Jansen": Standing.CHANGED,
        "Jansen Holding": Standing.OVERDUE,
        "Stichting De Molen": Standing.PROVEN,
    }
    assert {s.administration.program for s in overview.states} == {"gnucash", "dbf"}
    assert not overview.clock_doubt
    assert not overview.failures


def test_every_backup_of_its_history_is_real(shown: Home) -> None:
    engine = Engine(shown, secrets=MemorySecrets())
    backups = [b for d in engine.destinations() for b in engine.backups_at(d.destination.id)]
    assert len(backups) >= 15
    assert len({backup.made_at.date() for backup in backups}) >= 8
    for backup in (backups[0], backups[-1]):
        job = engine.start_verify(BackupFile(backup=backup.id))
        assert engine.run(job.id, SILENT).state is JobState.DONE
    engine.close()


def test_everything_lies_below_the_home(shown: Home) -> None:
    engine = Engine(shown, secrets=MemorySecrets())
    places = [a.place for a in engine.settings().administrations]
    places += [d.destination.folder for d in engine.destinations()]
    engine.close()
    assert all(place.is_relative_to(shown.config) for place in places)


def test_a_home_that_keeps_something_is_left_alone(shown: Home) -> None:
    def content() -> dict[Path, bytes]:
        folder = shown.config / "Boeken"
        return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    before = content()
    prepare(shown)
    assert content() == before


@pytest.mark.parametrize("write", [gnucash.write_sqlite, gnucash.write_xml])
def test_a_book_is_always_the_same(write: object, tmp_path: Path) -> None:
    assert callable(write)
    for name in ("a", "b"):
        write(tmp_path / name, "Bakkerij Jansen", bookings("x", 9, FIRST, LAST))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_sqlite_book_balances_and_only_grows(tmp_path: Path) -> None:
    file = tmp_path / "Bakkerij.gnucash"
    gnucash.write_sqlite(file, "Bakkerij Jansen", bookings("x", 9, FIRST, LAST))
    before = set(_rows(file, "SELECT * FROM splits"))
    gnucash.write_sqlite(file, "Bakkerij Jansen", bookings("x", 9, FIRST, LATER))
    after = set(_rows(file, "SELECT * FROM splits"))
    assert before < after
    assert len(after) == 2 * 9 * ((LATER - FIRST).days + 1)
    unbalanced = "SELECT tx_guid FROM splits GROUP BY tx_guid HAVING sum(value_num) != 0"
    assert _rows(file, unbalanced) == []
    lost = "SELECT guid FROM splits WHERE account_guid NOT IN (SELECT guid FROM accounts)"
    assert _rows(file, lost) == []
    assert _rows(file, "PRAGMA integrity_check") == [("ok",)]


def test_an_xml_book_balances_and_counts_right(tmp_path: Path) -> None:
    file = tmp_path / "Molen.gnucash"
    entered = bookings("x", 2, FIRST, LAST)
    gnucash.write_xml(file, "Stichting <De> & Molen", entered)
    book = ET.fromstring(gzip.decompress(file.read_bytes()))
    spaces = {name: f"http://www.gnucash.org/XML/{name}" for name in ("gnc", "trn", "split", "cd")}
    transactions = book.findall(".//gnc:transaction", spaces)
    counted = {
        element.get(f"{{{spaces['cd']}}}type"): element.text
        for element in book.findall(".//gnc:count-data", spaces)
    }
    assert counted["transaction"] == str(len(transactions)) == str(len(entered))
    for transaction in transactions:
        values = [v.text for v in transaction.findall(".//split:value", spaces)]
        assert sum(int((value or "").removesuffix("/100")) for value in values) == 0


def test_a_table_is_a_valid_dbase_file(tmp_path: Path) -> None:
    entered = bookings("x", 4, FIRST, LAST)
    holding.write(tmp_path, entered, LAST)
    table = (tmp_path / "BOEKING.DBF").read_bytes()
    version, year, month, day, count, head, width = struct.unpack("<BBBBIHH", table[:12])
    assert (version, year + 1900, month, day) == (3, LAST.year, LAST.month, LAST.day)
    assert count == len(entered)
    assert len(table) == head + count * width + 1
    assert table[head - 1 : head] == b"\r"
    assert {table[head + n * width] for n in range(count)} == {ord(" ")}


def test_invoices_are_whole_pdf_files(tmp_path: Path) -> None:
    holding.write(tmp_path, bookings("x", 4, FIRST, LAST), LAST)
    invoices = list((tmp_path / "Documenten").glob("*.pdf"))
    assert invoices
    for invoice in invoices:
        content = invoice.read_bytes()
        start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
        assert content[start:].startswith(b"xref\n0 7\n")
        places = [int(line[:10]) for line in content[start:].splitlines()[3:9]]
        assert [content[p : p + 7] for p in places] == [b"%d 0 obj" % n for n in range(1, 7)]


def test_no_two_bookings_are_the_same() -> None:
    ids = Counter(b.id for of in ("x", "y") for b in bookings(of, 9, FIRST, LATER))
    assert set(ids.values()) == {1}


def _rows(file: Path, question: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(file)
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()
