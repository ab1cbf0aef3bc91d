"""Books of many programs for the tests of counting: small, and as their programs write them."""

import gzip
import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from bewaar.counting import Copy, Counted, count


def counted(rule: str, *files: Path, single: bool = True) -> Counted:
    """Count files by a rule; of a folder, by their paths in it."""
    copies = [
        Copy(path=str(each.relative_to(root)), local=each)
        for root in ([files[0].parent] if single else files)
        for each in (files if single else sorted(root.rglob("*")))
        if each.is_file()
    ]
    return count([rule], copies, single=single)


def transactions(rule: str, file: Path) -> int | None:
    return counted(rule, file).counts.transactions


def reason(found: Counted) -> str:
    """Return why nothing was counted; asserts that it is so, and that somebody is told."""
    assert (found.counts.transactions, found.counts.documents) == (None, None)
    assert (found.counts.rule, found.counts.tables) == ("", {})
    (finding,) = found.findings
    assert finding.code == "counts.unknown"
    return str(finding.params["reason"])


def told(found: Counted) -> list[tuple[str, dict[str, object]]]:
    return [(finding.code, dict(finding.params)) for finding in found.findings]


def sqlite(file: Path, script: str) -> Path:
    with closing(sqlite3.connect(file)) as database:
        database.executescript(script)
        database.commit()
    return file


def text(file: Path, content: str, *, encoding: str = "utf-8", compressed: bool = False) -> Path:
    data = content.encode(encoding)
    file.write_bytes(gzip.compress(data) if compressed else data)
    return file


def table(
    file: Path, rows: Iterable[bytes], *, kind: int = 0x30, flags: int = 0, width: int = 11
) -> Path:
    """Write a dBASE table of these rows, each with its first byte, and one text column."""
    data = [row.ljust(width) for row in rows]
    header = struct.pack("<4BIHH16xBxxx", kind, 26, 11, 20, len(data), 65, width, flags)
    column = struct.pack("<11sc4xBB14x", b"NAME", b"C", width - 1, 0)
    file.write_bytes(header + column + b"\r" + b"".join(data) + b"\x1a")
    return file


# ── One whole book of each kind, and what it holds ──────────────────────────────────────────

_SIE = "#FLAGGA 0\n#SIETYP 4\n#VER A 1 20260101\n{\n#TRANS 1910 {} 5.00\n#TRANS 3010 {} -5.00\n}\n"
_DATEV = '"EXTF";700;21;"Buchungsstapel"\r\nUmsatz\r\n5,00;"H";;;;;1200;8400;;2402;"Öl"\r\n'
_XAF = (
    "<auditfile><company><transactions><linesCount>0</linesCount><journal>"
    "<transaction><nr>1</nr></transaction></journal></transactions></company></auditfile>"
)
_SAFT = (
    "<AuditFile><GeneralLedgerEntries><NumberOfEntries>1</NumberOfEntries>"
    "<Journal><Transaction/></Journal></GeneralLedgerEntries></AuditFile>"
)
_FRAPPE = "".join(
    f"CREATE TABLE {name} (name); INSERT INTO {name} VALUES (1);"
    for name in ("AccountingLedgerEntry", "SalesInvoice", "PurchaseInvoice", "Payment")
)
_GNUCASH = """
    CREATE TABLE books (root_template_guid); INSERT INTO books VALUES ('t');
    CREATE TABLE accounts (guid, parent_guid); CREATE TABLE splits (tx_guid, account_guid);
    CREATE TABLE transactions (guid); INSERT INTO transactions VALUES ('1');
"""

TEXTS = {
    "beancount.directives": ("a.beancount", '2026-01-01 open Assets:Bank\n2026-01-02 * "x"\n'),
    "datev.rows": ("EXTF_a.csv", _DATEV),
    "gnucash.xml": ("a.gnucash", "<gnc-v2><gnc:book><gnc:transaction/></gnc:book></gnc-v2>"),
    "grisbi.xml": ("a.gsb", '<Grisbi><Transaction Nb="1"/></Grisbi>'),
    "homebank.xml": ("a.xhb", "<homebank><ope/></homebank>"),
    "kmymoney.xml": (
        "a.kmy",
        "<KMYMONEY-FILE><TRANSACTIONS><TRANSACTION/></TRANSACTIONS></KMYMONEY-FILE>",
    ),
    "ledger.directives": ("a.journal", "account Assets:Bank\n2026/01/02 * x\n  Assets:Bank  5\n"),
    "saft.transactions": ("a.xml", _SAFT),
    "sie.vouchers": ("a.se", _SIE),
    "xaf.transactions": ("a.xaf", _XAF),
}
SCRIPTS = {
    "frappe-books.rows": ("a.books.db", _FRAPPE + "CREATE TABLE JournalEntry (name)"),
    "gnucash.sqlite": ("a.gnucash", _GNUCASH),
    "kmymoney.sqlite": (
        "a.kmy",
        "CREATE TABLE kmmTransactions (txType); INSERT INTO kmmTransactions VALUES ('N')",
    ),
    "money-manager-ex.rows": (
        "a.mmb",
        "CREATE TABLE CHECKINGACCOUNT_V1 (ID); INSERT INTO CHECKINGACCOUNT_V1 VALUES (1)",
    ),
}


def specimen(rule: str, folder: Path) -> Path:
    """Write a book with one transaction, or a table with one row, that a rule counts."""
    if rule in TEXTS:
        name, content = TEXTS[rule]
        return text(folder / name, content)
    if rule in SCRIPTS:
        name, content = SCRIPTS[rule]
        return sqlite(folder / name, content)
    return table(folder / "A.DBF", [b" x"])
