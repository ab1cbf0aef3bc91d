"""Books that are SQLite databases: bookings are counted, what only looks like them is not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.counting.books import counted, reason, sqlite, told, transactions
from tests.samples import gnucash_book

GNUCASH = """
    CREATE TABLE books (guid TEXT, root_account_guid TEXT, root_template_guid TEXT);
    CREATE TABLE accounts (guid TEXT, parent_guid TEXT);
    CREATE TABLE transactions (guid TEXT);
    CREATE TABLE splits (guid TEXT, tx_guid TEXT, account_guid TEXT, value_num, value_denom);
    INSERT INTO books VALUES ('book', 'root', 'template');
    INSERT INTO accounts VALUES ('root', NULL), ('template', NULL), ('bank', 'root'),
        ('costs', 'root'), ('plan', 'template'), ('part', 'plan');
    INSERT INTO transactions VALUES ('real'), ('scheduled'), ('deep');
    INSERT INTO splits VALUES ('1', 'real', 'bank', 5, 100), ('2', 'real', 'costs', -5, 100),
        ('3', 'scheduled', 'plan', 0, 1), ('4', 'deep', 'part', 0, 1);
"""


def test_templates_of_scheduled_bookings_are_no_bookings(tmp_path: Path) -> None:
    assert transactions("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", GNUCASH)) == 1


def test_a_booking_without_splits_is_a_booking(tmp_path: Path) -> None:
    more = (
        "INSERT INTO transactions VALUES ('empty');"
        "INSERT INTO splits VALUES (5, NULL, 'plan', 0, 1)"
    )
    assert transactions("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", GNUCASH + more)) == 2


def test_accounts_in_a_circle_end(tmp_path: Path) -> None:
    circle = "UPDATE accounts SET parent_guid = 'part' WHERE guid = 'template'"
    assert transactions("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", GNUCASH + circle)) == 1


def test_bookings_that_do_not_come_to_zero_are_told(tmp_path: Path) -> None:
    wrong = "UPDATE splits SET value_num = 6 WHERE guid = '1'"
    found = counted("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", GNUCASH + wrong))
    assert found.counts.transactions == 1
    assert told(found) == [
        ("counts.unbalanced", {"path": "a.gnucash", "n": 1}),
        ("counts.voucher.undated", {"voucher": "?", "off": "0.01"}),
    ]


def test_a_booking_that_is_off_is_told_by_its_number_else_its_text_and_its_date(
    tmp_path: Path,
) -> None:
    file = gnucash_book(tmp_path / "a.gnucash", transactions=9)
    with closing(sqlite3.connect(file)) as book:
        book.execute("ALTER TABLE splits ADD COLUMN value_denom bigint DEFAULT 100")
        first, second, *_ = (
            g for (g,) in book.execute("SELECT guid FROM transactions ORDER BY num")
        )
        for guid, cents in ((first, 250), (second, -12345)):
            book.execute(
                "UPDATE splits SET value_num = value_num + ? WHERE rowid ="
                " (SELECT min(rowid) FROM splits WHERE tx_guid = ?)",
                [cents, guid],
            )
        book.execute(
            "UPDATE transactions SET num = '', description = 'Meel', post_date = ? WHERE guid = ?",
            ["2026-03-03 10:59:00", second],
        )
        book.commit()
    kinds = [
        (code, facts.get("voucher"), facts.get("day"), facts.get("off"))
        for code, facts in told(counted("gnucash.sqlite", file))
    ]
    assert ("counts.voucher", "Meel", "2026-03-03", "123.45") in kinds
    assert [off for _, _, _, off in kinds if off] == ["123.45", "2.50"]


def test_sums_beyond_64_bits_are_not_judged(tmp_path: Path) -> None:
    huge = f"UPDATE splits SET value_num = {2**63 - 1} WHERE tx_guid = 'real'"
    found = counted("gnucash.sqlite", sqlite(tmp_path / "a.gnucash", GNUCASH + huge))
    assert (found.counts.transactions, told(found)) == (1, [])


def test_a_book_under_another_name_is_counted_too(tmp_path: Path) -> None:
    assert transactions("gnucash.sqlite", gnucash_book(tmp_path / "Büro 2026", transactions=7)) == 7


def test_counting_leaves_nothing_beside_the_book(tmp_path: Path) -> None:
    file = gnucash_book(tmp_path / "a.gnucash", journal="wal")
    before = file.read_bytes()
    assert transactions("gnucash.sqlite", file) == 120
    assert [path.name for path in tmp_path.iterdir()] == ["a.gnucash"]
    assert file.read_bytes() == before


def test_a_database_of_another_program_is_unknown(tmp_path: Path) -> None:
    file = sqlite(tmp_path / "a.gnucash", "CREATE TABLE books (guid)")
    assert reason(counted("gnucash.sqlite", file)) == "no table accounts"


def test_a_database_cut_short_is_unknown(tmp_path: Path) -> None:
    file = gnucash_book(tmp_path / "a.gnucash", transactions=2000)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
    assert "DatabaseError" in reason(counted("gnucash.sqlite", file))


def test_schedules_of_kmymoney_are_no_bookings(tmp_path: Path) -> None:
    file = sqlite(
        tmp_path / "a.kmy",
        "CREATE TABLE kmmTransactions (id, txType);"
        "INSERT INTO kmmTransactions VALUES (1, 'N'), (2, 'N'), (3, 'S')",
    )
    assert transactions("kmymoney.sqlite", file) == 2


def test_what_lies_in_the_bin_of_money_manager_is_no_booking(tmp_path: Path) -> None:
    file = sqlite(
        tmp_path / "a.mmb",
        "CREATE TABLE CHECKINGACCOUNT_V1 (TRANSID, DELETEDTIME TEXT);"
        "CREATE TABLE BILLSDEPOSITS_V1 (BDID); INSERT INTO BILLSDEPOSITS_V1 VALUES (1);"
        "INSERT INTO CHECKINGACCOUNT_V1 VALUES (1, NULL), (2, ''), (3, '2026-11-20T10:00:00')",
    )
    assert transactions("money-manager-ex.rows", file) == 2


def test_frappe_books_has_bookings_and_documents(tmp_path: Path) -> None:
    names = ("AccountingLedgerEntry", "SalesInvoice", "PurchaseInvoice", "Payment", "JournalEntry")
    script = "".join(f"CREATE TABLE {name} (name TEXT);" for name in names)
    rows = "INSERT INTO AccountingLedgerEntry VALUES (1), (2), (3), (4);"
    rows += "INSERT INTO SalesInvoice VALUES (1); INSERT INTO Payment VALUES (1), (2);"
    found = counted("frappe-books.rows", sqlite(tmp_path / "a.books.db", script + rows))
    assert (found.counts.transactions, found.counts.documents) == (4, 3)
