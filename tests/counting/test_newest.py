"""The newest booking: its date where it is certain, and unknown wherever one cannot be told."""

import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.counting.books import counted, sqlite, text
from tests.samples import SHARED, gnucash_book, needs_samples

JANUARY, JUNE = date(2026, 1, 31), date(2026, 6, 2)


def newest(rule: str, *files: Path, single: bool = True) -> date | None:
    found = counted(rule, *files, single=single).counts
    assert found.transactions is not None
    return found.newest


# Of each kind: a file, and how one booking is written with a date that is filled in.
BOOKINGS = {
    "beancount.directives": ("a.bean", "%s", '{0:%Y-%m-%d} * "x"\n'),
    "ledger.directives": ("a.journal", "%s", "{0:%Y/%m/%d} x\n  Assets:Bank  5\n"),
    "sie.vouchers": (
        "a.se",
        "#FLAGGA 0\n#SIETYP 4\n%s",
        '#VER "A \\" B" "" {0:%Y%m%d} "text 20991231"\n{{\n#TRANS 1910 {{}} 0\n}}\n',
    ),
    "grisbi.xml": ("a.gsb", "<Grisbi>%s</Grisbi>", '<Transaction Dt="{0:%m/%d/%Y}"/>'),
    "kmymoney.xml": (
        "a.kmy",
        "<KMYMONEY-FILE><TRANSACTIONS>%s</TRANSACTIONS></KMYMONEY-FILE>",
        '<TRANSACTION postdate="{0:%Y-%m-%d}"/>',
    ),
    "xaf.transactions": (
        "a.xaf",
        (
            "<auditfile><company><transactions><journal>%s</journal></transactions>"
            "</company></auditfile>"
        ),
        (
            "<transaction><trDt>{0:%Y-%m-%d}</trDt><trLine><effDate>2099-12-31</effDate></trLine>"
            "</transaction>"
        ),
    ),
    "gnucash.xml": (
        "a.gnucash",
        "<gnc-v2><gnc:book>%s</gnc:book></gnc-v2>",
        (
            "<gnc:transaction><trn:date-posted><ts:date>{0:%Y-%m-%d} 10:59:00 +0000</ts:date>"
            "</trn:date-posted><trn:date-entered><ts:date>2099-12-31 10:00:00 +0000</ts:date>"
            "</trn:date-entered></gnc:transaction>"
        ),
    ),
}


def written(rule: str, folder: Path, *bookings: str) -> Path:
    name, around, _ = BOOKINGS[rule]
    return text(folder / name, around % "".join(bookings))


@pytest.mark.parametrize("rule", BOOKINGS)
def test_the_newest_of_several_is_found_wherever_it_stands(rule: str, tmp_path: Path) -> None:
    one = BOOKINGS[rule][2]
    file = written(rule, tmp_path, one.format(JANUARY), one.format(JUNE), one.format(JANUARY))
    assert newest(rule, file) == JUNE


@pytest.mark.parametrize("rule", BOOKINGS)
def test_one_date_that_no_calendar_has_makes_it_unknown(rule: str, tmp_path: Path) -> None:
    one = BOOKINGS[rule][2]
    wrong = re.sub(r"(?<=2026)(\D?)06|06(?=/02/2026)", r"\g<1>13", one.format(JUNE))
    assert newest(rule, written(rule, tmp_path, one.format(JANUARY), wrong)) is None


@pytest.mark.parametrize("rule", BOOKINGS)
def test_books_without_bookings_have_no_newest(rule: str, tmp_path: Path) -> None:
    assert newest(rule, written(rule, tmp_path)) is None


def test_homebank_counts_days_from_the_year_one(tmp_path: Path) -> None:
    days = [day.toordinal() for day in (JUNE, JANUARY)]
    marks = "".join(f'<ope date="{n}"/>' for n in days)
    assert newest("homebank.xml", text(tmp_path / "a.xhb", f"<homebank>{marks}</homebank>")) == JUNE
    wrong = "<homebank><ope date='99999999999'/></homebank>"
    assert newest("homebank.xml", text(tmp_path / "a.xhb", wrong)) is None


def test_a_day_and_a_month_alone_name_no_date(tmp_path: Path) -> None:
    file = text(tmp_path / "a.journal", "Y2026\n06/02 x\n  Assets:Bank  5\n")
    assert newest("ledger.directives", file) is None


def test_the_newest_of_several_files_needs_all_of_them(tmp_path: Path) -> None:
    one = BOOKINGS["beancount.directives"][2]
    text(tmp_path / "a.bean", one.format(JUNE))
    text(tmp_path / "b.bean", one.format(JANUARY))
    text(tmp_path / "empty.bean", "; nothing yet\n")
    assert newest("beancount.directives", tmp_path, single=False) == JUNE
    text(tmp_path / "b.bean", '2026-02-31 * "x"\n')
    assert newest("beancount.directives", tmp_path, single=False) is None


@pytest.mark.parametrize("empty", ["0", "1"])
def test_the_newest_of_two_audit_files_ignores_an_empty_one(empty: str, tmp_path: Path) -> None:
    one = BOOKINGS["sie.vouchers"][2]
    text(tmp_path / "a.se", BOOKINGS["sie.vouchers"][1] % one.format(JUNE))
    undated = '#VER A 2 ""\n{\n#TRANS 1910 {} 0\n}\n' if empty == "1" else ""
    text(tmp_path / "b.se", BOOKINGS["sie.vouchers"][1] % undated)
    assert newest("sie.vouchers", tmp_path, single=False) == (None if undated else JUNE)


# ── Databases ───────────────────────────────────────────────────────────────────────────────

GNUCASH = """
    CREATE TABLE books (root_template_guid); INSERT INTO books VALUES ('t');
    CREATE TABLE accounts (guid, parent_guid); INSERT INTO accounts VALUES ('plan', 't');
    CREATE TABLE splits (tx_guid, account_guid);
    INSERT INTO splits VALUES ('future', 'plan');
    CREATE TABLE transactions (guid, post_date);
    INSERT INTO transactions VALUES ('future', '2099-12-31 10:59:00');
"""


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-06-02 10:59:00", JUNE),  # as it is written now
        ("20260602105900", JUNE),
        ("2026-06-01 22:00:00", JUNE),  # midnight in Amsterdam
        ("2026-06-01 14:00:00", JUNE),  # midnight in Sydney
        ("2026-06-02 00:00:00", JUNE),
        ("2026-06-02 08:00:00", JUNE),  # midnight in Anchorage
        ("2026-06-01 12:00:00", None),  # noon somewhere, or midnight elsewhere
        ("2026-06-31 10:59:00", None),
        ("2026-06-02 99:59:00", None),
        ("", None),
    ],
)
def test_gnucash_dates_are_midnights_of_an_unknown_place(
    instant: str, day: date | None, tmp_path: Path
) -> None:
    script = f"{GNUCASH} INSERT INTO transactions VALUES ('real', '{instant}')"
    assert newest("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", script)) == day


def test_a_gnucash_date_left_empty_makes_it_unknown(tmp_path: Path) -> None:
    rows = "('real', '2026-06-02 10:59:00'), ('other', NULL)"
    script = f"{GNUCASH} INSERT INTO transactions VALUES {rows}"
    assert newest("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", script)) is None


DATABASES = {
    "kmymoney.sqlite": (
        "a.kmy",
        (
            "CREATE TABLE kmmTransactions (txType, postDate);"
            "INSERT INTO kmmTransactions VALUES ('S', '2099-12-31'), ('N', '2026-01-31'),"
            "('N', '{}')"
        ),
    ),
    "money-manager-ex.rows": (
        "a.mmb",
        (
            "CREATE TABLE CHECKINGACCOUNT_V1 (TRANSDATE, DELETEDTIME);"
            "INSERT INTO CHECKINGACCOUNT_V1 VALUES ('2099-12-31', '2026-06-02'),"
            "('2026-01-31', ''),"
            "('{}', NULL)"
        ),
    ),
    "frappe-books.rows": (
        "a.books.db",
        (
            "CREATE TABLE SalesInvoice (n); CREATE TABLE PurchaseInvoice (n);"
            "CREATE TABLE Payment (n);"
            "CREATE TABLE JournalEntry (n); CREATE TABLE AccountingLedgerEntry (date);"
            "INSERT INTO AccountingLedgerEntry VALUES ('2026-01-31'), ('{}')"
        ),
    ),
}


@pytest.mark.parametrize("rule", DATABASES)
def test_databases_tell_the_newest_of_what_counts(rule: str, tmp_path: Path) -> None:
    name, script = DATABASES[rule]
    assert newest(rule, sqlite(tmp_path / name, script.format("2026-06-02"))) == JUNE


@pytest.mark.parametrize("rule", DATABASES)
@pytest.mark.parametrize("wrong", ["", "02.06.2026", "2026-06-31", "20260602", "zz", "2026"])
def test_a_database_with_one_date_of_another_kind_is_unknown(
    rule: str, wrong: str, tmp_path: Path
) -> None:
    name, script = DATABASES[rule]
    assert newest(rule, sqlite(tmp_path / name, script.format(wrong))) is None


# ── Against others ──────────────────────────────────────────────────────────────────────────


def test_a_whole_gnucash_book_is_dated_as_its_rows_are(tmp_path: Path) -> None:
    file = gnucash_book(tmp_path / "a.gnucash")
    with closing(sqlite3.connect(file)) as book:
        days = [row[0][:10] for row in book.execute("SELECT post_date FROM transactions")]
    found = newest("gnucash.sqlite", file)
    assert found == date.fromisoformat(max(days))


def shared(kind: str, ending: str) -> list[Path]:
    folder = SHARED / kind
    return sorted(folder.rglob(f"*{ending}")) if folder.is_dir() else []


@needs_samples
@pytest.mark.parametrize("file", shared("gnucash-xml", ".gnucash"), ids=lambda file: file.name)
def test_gnucash_xml_is_dated_as_a_plain_parser_does(file: Path) -> None:
    dates = [
        posted.findtext("{http://www.gnucash.org/XML/ts}date", "")[:10]
        for posted in ET.parse(file).iter("{http://www.gnucash.org/XML/trn}date-posted")
    ]
    assert newest("gnucash.xml", file) == date.fromisoformat(max(dates))


@needs_samples
@pytest.mark.parametrize(
    ("name", "day"),
    [("BL0001_typ4.SE", date(2010, 6, 30)), ("MAMUT_SIE4_EXPORT.SE", date(2010, 12, 29))],
)
def test_sie_is_dated_as_its_vouchers_are(name: str, day: date) -> None:
    (file,) = shared("sie", name)
    told = re.findall(rb"(?m)^\s*#VER\s+\S+\s+\S+\s+(\d{8})", file.read_bytes())
    assert max(told).decode() == f"{day:%Y%m%d}"
    assert newest("sie.vouchers", file) == day
