"""Documents: counted where a program lists them, else by their files; never guessed."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from bewaar.counting import count_rows
from bewaar.model import Counts
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.verify import same_counts
from tests.counting.books import counted, sqlite, text
from tests.desktop import gnucash
from tests.scene import Office

LINKS = """
    CREATE TABLE slots (obj_guid TEXT, name TEXT, string_val TEXT);
    INSERT INTO slots VALUES ('1', 'assoc_uri', 'file:///bonnen/1.pdf'), ('2', 'assoc_uri', ''),
        ('3', 'notes', 'assoc_uri'), ('4', 'assoc_uri', 'bonnen/4.pdf');
    CREATE TABLE books (root_template_guid); INSERT INTO books VALUES ('t');
    CREATE TABLE accounts (guid, parent_guid); CREATE TABLE splits (tx_guid, account_guid);
    CREATE TABLE transactions (guid); INSERT INTO transactions VALUES ('1');
"""
LINKED = (
    "<gnc-v2><gnc:book><gnc:transaction><trn:slots>"
    "<slot><slot:key>notes</slot:key><slot:value>assoc_uri</slot:value></slot>"
    "<slot><slot:key>assoc_uri</slot:key><slot:value>{}</slot:value></slot>"
    "</trn:slots></gnc:transaction></gnc:book></gnc-v2>"
)
MMEX = "CREATE TABLE CHECKINGACCOUNT_V1 (ID); INSERT INTO CHECKINGACCOUNT_V1 VALUES (1);"
ATTACHED = MMEX + (
    "CREATE TABLE ATTACHMENT_V1 (ATTACHMENTID, REFTYPE, REFID, DESCRIPTION, FILENAME);"
    "INSERT INTO ATTACHMENT_V1 VALUES (1, 'Transaction', 1, '', 'bon'), (2, 'Payee', 3, '', 'b')"
)
TRYTON = "CREATE TABLE account_move (id); INSERT INTO account_move VALUES (1), (2), (3);"
BEANS = """
2026-01-01 open Assets:Bank
2026-01-02 document Assets:Bank "afschrift.pdf"
2026-01-03 document\tAssets:Bank "b.pdf" #tag
; 2026-01-04 document Assets:Bank "c.pdf"
2026-01-05 note Assets:Bank "document"
2026-01-06 * "over twee regels
2026-01-07 document Assets:Bank"
"""


def documents(rule: str, file: Path) -> tuple[int | None, int | None]:
    found = counted(rule, file).counts
    return found.transactions, found.documents


# ── Where a program lists them ──────────────────────────────────────────────────────────────


def test_documents_linked_in_gnucash_are_counted(tmp_path: Path) -> None:
    assert documents("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", LINKS)) == (1, 2)
    for link, linked in (("bon.pdf", 1), ("", 0)):
        book = text(tmp_path / "x.gnucash", LINKED.format(link))
        assert documents("gnucash.xml", book) == (1, linked)


@pytest.mark.skipif(bool(gnucash.why_not()), reason=gnucash.why_not() or "GnuCash is here")
@pytest.mark.parametrize(("kind", "rule"), [("xml", "xml"), ("sqlite3", "sqlite")])
def test_documents_that_gnucash_itself_linked_are_counted(
    kind: str, rule: str, tmp_path: Path
) -> None:
    book = gnucash.make_book(tmp_path / "boeken" / "boek.gnucash", kind)
    gnucash.link_documents(book, kind, linked=5, unlinked=2)
    assert documents(f"gnucash.{rule}", book)[1] == 3


def test_attachments_of_money_manager_are_counted_where_it_has_a_list_of_them(
    tmp_path: Path,
) -> None:
    assert documents("money-manager-ex.rows", sqlite(tmp_path / "a.mmb", ATTACHED)) == (1, 2)
    assert documents("money-manager-ex.rows", sqlite(tmp_path / "b.mmb", MMEX)) == (1, None)


def test_documents_of_beancount_are_directives_and_of_a_folder_unknown(tmp_path: Path) -> None:
    assert documents("beancount.directives", text(tmp_path / "a.bean", BEANS)) == (1, 2)
    folder = 'option "documents" "papieren"\n'
    book = text(tmp_path / "b.bean", folder + BEANS)
    assert documents("beancount.directives", book) == (1, None)


def test_tryton_on_sqlite_is_counted_by_its_tables(tmp_path: Path) -> None:
    attached = "CREATE TABLE ir_attachment (id); INSERT INTO ir_attachment VALUES (1), (2);"
    book = sqlite(tmp_path / "a.sqlite", TRYTON + attached)
    assert documents("tryton.tables", book) == (3, 2)
    assert documents("tryton.tables", sqlite(tmp_path / "b.sqlite", TRYTON)) == (3, None)
    assert documents("tryton.tables", sqlite(tmp_path / "c.sqlite", MMEX)) == (None, None)


def test_the_newest_booking_of_tryton_is_told_where_all_are_dated(tmp_path: Path) -> None:
    dated = "CREATE TABLE account_move (id, date DATE); INSERT INTO account_move VALUES "
    book = sqlite(tmp_path / "a.sqlite", dated + "(1, '2026-03-01'), (2, '2026-02-01')")
    assert counted("tryton.tables", book).counts.newest == date(2026, 3, 1)
    book = sqlite(tmp_path / "b.sqlite", dated + "(1, '2026-03-01'), (2, NULL)")
    assert counted("tryton.tables", book).counts.newest is None


LEDGER = {"public.gl": 3, "public.ar": 2, "public.ap": 1}


@pytest.mark.parametrize(
    ("rule", "rows", "found"),
    [
        ("kivitendo.tables", LEDGER | {"public.files": 7}, (6, 7)),
        ("kivitendo.tables", LEDGER, (6, None)),  # before it had an archive
        ("ledgersmb.tables", LEDGER | {"public.file_transaction": 7}, (6, None)),
        ("tryton.tables", {"public.account_move": 4, "public.ir_attachment": 2}, (4, 2)),
        ("frontaccounting.tables", {"0_gl_trans": 4, "0_attachments": 1}, (4, 1)),
        ("odoo.tables", {"public.account_move": 4, "public.ir_attachment": 999}, (4, None)),
    ],
)
def test_documents_of_a_server_s_books_are_rows_of_a_table_that_holds_nothing_else(
    rule: str, rows: Mapping[str, int], found: tuple[int | None, int | None]
) -> None:
    counts = count_rows([rule], rows)
    assert (counts.transactions, counts.documents) == found


def test_a_backup_from_before_a_rule_knew_documents_still_proves() -> None:
    told = Counts(transactions=9, rule="gnucash.xml")
    now = Counts(transactions=9, documents=4, rule="gnucash.xml")
    assert same_counts(told, now)
    assert not same_counts(now, told)


# ── By their files ──────────────────────────────────────────────────────────────────────────

PROFILE = """
name = "Kantoor"
storages = ["fileset"]
[[rules]]
unit = "folder"
holds = ["*.kantoor"]
[layout]
documents = ["archief/**"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    folder = office.engine.program_guide().folder
    folder.mkdir(parents=True)
    (folder / "kantoor.toml").write_text(PROFILE)
    office.engine.program_guide()
    yield office
    office.engine.close()


def books(office: Office) -> Path:
    place = office.root / "Jansen"
    (place / "archief" / "2026").mkdir(parents=True)
    (place / "boek.kantoor").write_text("geboekt")
    for number in range(3):
        (place / "archief" / "2026" / f"bon {number}.pdf").write_bytes(b"%PDF")
    return place


def test_files_that_a_profile_calls_documents_are_counted_and_what_is_lost_is_said(
    office: Office,
) -> None:
    place = books(office)
    book = office.engine.add(place, program="kantoor")
    backup = office.proven(book)
    (content,) = backup.contents
    assert (content.counts.transactions, content.counts.documents) == (None, 3)
    (place / "archief" / "bon 3.pdf").write_bytes(b"%PDF")
    request = RestoreRequest(
        file=BackupFile(backup=backup.id), code=book.code, mode=RestoreMode.ORIGINAL
    )
    found = office.engine.plan_restore(request)
    assert (found.documents_then, found.documents) == (3, 1)


def test_documents_that_are_left_out_are_not_counted(office: Office) -> None:
    book = office.engine.add(books(office), program="kantoor")
    (content,) = office.proven(book, documents=False).contents
    assert (content.counts.documents, content.files) == (None, 1)
