"""The practice set: every file is counted as others count it, or is unknown; none is guessed."""

import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.counting.books import counted, reason
from tests.samples import SHARED, needs_samples

pytestmark = needs_samples

needs_mdbtools = pytest.mark.skipif(not shutil.which("mdb-count"), reason="needs mdbtools")


def files(kind: str, *endings: str) -> list[Path]:
    found = sorted((SHARED / kind).rglob("*")) if SHARED.is_dir() else []
    return [path for path in found if path.suffix.lower() in endings]


def name(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


def asked(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@needs_mdbtools
@pytest.mark.parametrize("file", files("access", ".mdb", ".accdb"), ids=name)
def test_access_counts_as_mdbtools_does(file: Path) -> None:
    tables = asked("mdb-tables", "-1", file).splitlines()
    expected = {f"{file.name}/{table}": int(asked("mdb-count", file, table)) for table in tables}
    assert expected
    assert counted("access.rows", file).counts.tables == expected


GNUCASH = """
    SELECT count(*) FROM transactions WHERE guid NOT IN (
        SELECT tx_guid FROM splits WHERE account_guid IN (
            SELECT guid FROM accounts WHERE parent_guid IN (SELECT root_template_guid FROM books)))
"""


@pytest.mark.parametrize("file", files("gnucash-sqlite", ".gnucash"), ids=name)
def test_gnucash_counts_as_sqlite_does(file: Path) -> None:
    expected = int(asked("sqlite3", f"file:{file}?immutable=1", GNUCASH))
    found = counted("gnucash.sqlite", file)
    assert (found.counts.transactions, found.findings) == (expected, ())


@pytest.mark.parametrize("file", files("gnucash-xml", ".gnucash"), ids=name)
def test_gnucash_xml_counts_as_a_plain_parser_does(file: Path) -> None:
    space = "{http://www.gnucash.org/XML/gnc}"
    (found_book,) = ET.parse(file).getroot().findall(f"{space}book")
    found = counted("gnucash.xml", file)
    assert found.counts.transactions == len(found_book.findall(f"{space}transaction")) > 0
    assert found.findings == ()


@pytest.mark.parametrize("file", files("mmex", ".mmb"), ids=name)
def test_money_manager_counts_as_sqlite_does(file: Path) -> None:
    question = "SELECT count(*) FROM CHECKINGACCOUNT_V1"
    expected = int(asked("sqlite3", f"file:{file}?immutable=1", question))
    assert counted("money-manager-ex.rows", file).counts.transactions == expected


def rows_of(file: Path) -> Iterator[bytes]:
    """Read a table row by row, as its header says."""
    data = file.read_bytes()
    count, start, width = struct.unpack_from("<IHH", data, 4)
    for number in range(count):
        yield data[start + number * width :][:width]


@pytest.mark.parametrize("file", files("dbf-foxpro", ".dbf", ".dbc"), ids=name)
def test_tables_count_row_by_row(file: Path) -> None:
    found = counted("dbf.rows", file)
    if file.name == "dbase_02.dbf":  # FoxBASE, with another header
        assert found.counts.tables == {}
        assert found.findings[0].code == "counts.unknown"
        return
    expected = sum(not row.startswith(b"*") for row in rows_of(file))
    assert found.counts.tables == {file.name: expected}


def test_only_missing_companions_are_missed(tmp_path: Path) -> None:
    (folder,) = {path.parent for path in files("dbf-foxpro", ".dbc")}
    found = counted("dbf.rows", folder, single=False)
    missing = {(each.params["path"], each.params["missing"]) for each in found.findings}
    assert missing == {
        ("FOXPRO-DB-TEST.DBC", each) for each in ("FOXPRO-DB-TEST.dcx", "FOXPRO-DB-TEST.dct")
    }


@pytest.mark.parametrize("file", files("sie", ".se", ".si"), ids=name)
def test_vouchers_count_as_a_search_does(file: Path) -> None:
    content = file.read_bytes().decode("cp437")
    found = counted("sie.vouchers", file)
    if content.startswith("<!DOCTYPE HTML"):
        assert reason(found) == "no #FLAGGA"
    elif re.search(r"(?m)^#SIETYP\s+[123]", content):
        assert reason(found) == "a type without vouchers"
    else:
        expected = len(re.findall(r"(?m)^#VER\b", content))
        assert (found.counts.transactions, found.findings) == (expected, ())


@pytest.mark.parametrize(
    ("file", "bookings"),
    # As beancount 3.2's own parser counts them.
    [("basic", 61), ("starter", 4), ("vesting", 7)],
)
def test_ledgers_count_as_beancount_does(file: str, bookings: int) -> None:
    (path,) = (each for each in files("plaintext", ".beancount") if each.stem == file)
    assert counted("beancount.directives", path).counts.transactions == bookings


def test_only_a_batch_of_datev_has_bookings() -> None:
    found = {file.stem: counted("datev.rows", file) for file in files("datev", ".csv")}
    assert found.pop("EXTF_Buchungsstapel").counts.transactions == 2
    assert {reason(each) for each in found.values()} == {"no batch of bookings"}


@pytest.mark.parametrize("file", files("bacpac", ".bacpac"), ids=name)
def test_a_bacpac_counts_as_it_says(file: Path) -> None:
    assert counted("bacpac.rows", file).counts.tables == {f"{file.name}/*": 3308}
