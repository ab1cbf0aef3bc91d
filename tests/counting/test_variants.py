"""Books of the same kinds as other programs, versions and countries write them."""

from pathlib import Path

import pytest

from tests.counting.books import TEXTS, counted, reason, sqlite, text, told, transactions

SIE = TEXTS["sie.vouchers"][1]
DATEV = '"EXTF";700;21;"Buchungsstapel"\r\nUmsatz;S/H;WKZ;Kurs;Basis;WKZ;Konto;Gegen;BU;Datum\r\n'


@pytest.mark.parametrize("ends", ["\r", "\r\r\n"])
def test_vouchers_with_the_line_ends_of_other_systems_are_counted(
    ends: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.se"
    file.write_bytes((SIE * 2).replace("\n", ends).encode())
    assert transactions("sie.vouchers", file) == 2


def test_vouchers_written_in_a_mixture_of_line_ends_are_all_counted(tmp_path: Path) -> None:
    voucher = SIE[SIE.index("#VER") :]
    file = tmp_path / "a.se"
    file.write_bytes((SIE + voucher.replace("\n", "\r") + voucher).encode())
    assert transactions("sie.vouchers", file) == 3


@pytest.mark.parametrize("kind", ["4i", "4e"])
def test_a_type_in_small_letters_is_known(kind: str, tmp_path: Path) -> None:
    file = text(tmp_path / "a.si", SIE.replace("#SIETYP 4", f"#SIETYP {kind}"))
    assert transactions("sie.vouchers", file) == 1


def test_amounts_with_thousands_are_not_taken_for_small_ones(tmp_path: Path) -> None:
    rows = "#VER A 2 20260102\n{\n#TRANS 1910 {} 1.000,00\n#TRANS 3010 {} -1000,00\n}\n"
    assert told(counted("sie.vouchers", text(tmp_path / "a.se", SIE + rows))) == []


def test_labels_in_small_letters_and_braces_in_names_are_added_up(tmp_path: Path) -> None:
    rows = '#ver A 2 20260102\n{\n#trans 1910 {1 "a}b"} 5\n#trans 3010 {"1" "x"} -4\n}\n'
    found = told(counted("sie.vouchers", text(tmp_path / "a.se", SIE + rows)))
    assert [facts["off"] for _, facts in found if "off" in facts] == ["1.00"]


def test_rows_that_a_spreadsheet_left_are_no_bookings(tmp_path: Path) -> None:
    row = '5,00;"H";;;;;1200;8400;;2402\r\n'
    file = text(tmp_path / "EXTF_a.csv", DATEV + row + ";" * 9 + "\r\n" + row)
    assert transactions("datev.rows", file) == 2


def test_recurring_bookings_of_datev_are_none(tmp_path: Path) -> None:
    text(tmp_path / "EXTF_a.csv", DATEV + '5,00;"H";;;;;1200;8400;;2402\r\n')
    recurring = DATEV.replace(';21;"Buchungsstapel"', ';65;"Wiederkehrende Buchungen"')
    text(tmp_path / "EXTF_b.csv", recurring + "B1;5,00;H\r\n" * 3)
    assert counted("datev.rows", tmp_path, single=False).counts.transactions == 1


# ── Ledgers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("beancount.directives", '; comment\r2026-01-01 * "x"\r  A:B  1 EUR\r'),
        ("ledger.directives", "; comment\r2026-01-01 x\r  A:B  1 EUR\r"),
    ],
)
def test_a_ledger_whose_lines_programs_see_otherwise_is_unknown(
    rule: str, content: str, tmp_path: Path
) -> None:
    file = tmp_path / TEXTS[rule][0]
    file.write_bytes(content.encode())
    assert "line 1 ends" in reason(counted(rule, file))


def test_a_flag_may_stand_close_to_what_is_around_it(tmp_path: Path) -> None:
    file = text(tmp_path / "a.bean", '2026-01-01 *"x"\n2026-01-02* "y"\n2026-01-03 #tag "z"\n')
    found = counted("beancount.directives", file)
    assert reason(found) == "line 3 is no directive"
    file = text(tmp_path / "a.bean", '2026-01-01 *"x"\n2026-01-02* "y"\n2026-01-03 # "z"\n')
    found = counted("beancount.directives", file)
    assert (found.counts.transactions, str(found.counts.newest)) == (3, "2026-01-03")


def test_an_account_called_comment_is_no_comment(tmp_path: Path) -> None:
    content = "2026-01-01 x\n  comment\n  A:B  1\n\n2026-01-02 y\n  A  1\n  test\n"
    assert transactions("ledger.directives", text(tmp_path / "a.journal", content)) == 2


@pytest.mark.parametrize("begin", ["comment", "@comment", "!comment why", "comment\t"])
def test_what_stands_in_a_comment_is_no_booking(begin: str, tmp_path: Path) -> None:
    content = f"{begin}\n2026-01-01 no\n  A  1\nend comment\n2026-01-02 yes\n  A  1\n  B\n"
    assert transactions("ledger.directives", text(tmp_path / "a.journal", content)) == 1


def test_a_comment_that_programs_end_otherwise_is_unknown(tmp_path: Path) -> None:
    content = "comment\nend test\n2026-01-02 yes or no\n  A  1\n  B\nend comment\n"
    assert "comment" in reason(counted("ledger.directives", text(tmp_path / "a.ledger", content)))


BOOKING = '2026-01-02 * "x"\n'


@pytest.mark.parametrize(
    ("told_of", "files", "expected"),
    [
        ("years/*", {"years/a.bean": BOOKING}, 2),
        ("years/*", {"years/a.bean": BOOKING, "years/b.txt": BOOKING}, None),
        ("years/*.bean", {"years/a.bean": BOOKING, "years/b.txt": "no ledger"}, 2),
        ("*/**/*.bean", {"years/a.bean": BOOKING, "years/old/b.bean": BOOKING}, 3),
        ("*.txt", {"b/b.txt": BOOKING, "a.bean": BOOKING}, None),
        ("./a.bean", {"a.bean": BOOKING}, 2),
        ("main.bean", {"a.bean": BOOKING}, None),  # itself
    ],
)
def test_all_that_is_included_is_counted_or_nothing(
    told_of: str, files: dict[str, str], expected: int | None, tmp_path: Path
) -> None:
    text(tmp_path / "main.bean", f'include "{told_of}"\n{BOOKING}')
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        text(tmp_path / path, content)
    found = counted("beancount.directives", tmp_path, single=False)
    assert found.counts.transactions == expected


def test_an_included_file_may_stand_in_quotes(tmp_path: Path) -> None:
    text(tmp_path / "main.ledger", 'include "a.ledger"\n2026-01-01 x\n  A  1\n')
    text(tmp_path / "a.ledger", "2026-01-01 x\n  A  1\n")
    assert counted("ledger.directives", tmp_path, single=False).counts.transactions == 2


# ── XML ─────────────────────────────────────────────────────────────────────────────────────

OLD_XAF = """<auditfile><transactions><numberEntries>3</numberEntries><journal>
 <transaction><transactionID>7</transactionID><transactionDate>2009-01-31</transactionDate>
  <line><debitAmount>121.00</debitAmount></line>
  <line><creditAmount>100.00</creditAmount><vat><vatAmount>21</vatAmount></vat></line>
  <line><debitAmount/><creditAmount>{credit}</creditAmount></line></transaction>
</journal></transactions></auditfile>"""


def test_an_audit_file_of_version_2_is_added_up_too(tmp_path: Path) -> None:
    found = counted("xaf.transactions", text(tmp_path / "a.xaf", OLD_XAF.format(credit="21.00")))
    assert (found.counts.transactions, told(found)) == (1, [])
    found = counted("xaf.transactions", text(tmp_path / "a.xaf", OLD_XAF.format(credit="20.00")))
    facts = {"voucher": "7", "day": "2009-01-31", "off": "1.00"}
    assert told(found)[1] == ("counts.voucher", facts)


@pytest.mark.parametrize(("entries", "codes"), [(3, []), (1, []), (2, ["counts.declared"])])
def test_version_2_may_tell_its_transactions_or_its_lines(
    entries: int, codes: list[str], tmp_path: Path
) -> None:
    content = OLD_XAF.format(credit="21.00").replace(">3<", f">{entries}<")
    found = counted("xaf.transactions", text(tmp_path / "a.xaf", content))
    assert [code for code, _ in told(found)] == codes


SAFT = """<AuditFile><GeneralLedgerEntries><NumberOfEntries>{told}</NumberOfEntries><Journal>
 <Transaction><TransactionDate>2026-01-31</TransactionDate>
  <Line><DebitAmount><Amount>1</Amount></DebitAmount></Line><Line/></Transaction>
 <Transaction><TransactionDate>2026-01-30</TransactionDate><Line/></Transaction>
</Journal></GeneralLedgerEntries>
<SourceDocuments><SalesInvoices><Invoice><Line/></Invoice></SalesInvoices></SourceDocuments>
</AuditFile>"""


@pytest.mark.parametrize(("told_of", "codes"), [(2, []), (3, []), (4, ["counts.declared"])])
def test_saft_may_tell_its_transactions_or_its_lines(
    told_of: int, codes: list[str], tmp_path: Path
) -> None:
    found = counted("saft.transactions", text(tmp_path / "a.xml", SAFT.format(told=told_of)))
    assert (found.counts.transactions, str(found.counts.newest)) == (2, "2026-01-31")
    assert [code for code, _ in told(found)] == codes


def test_a_book_of_grisbi_before_version_0_6_is_unknown_not_empty(tmp_path: Path) -> None:
    old = (
        "<Grisbi><Generalites><Version_fichier>0.5.0</Version_fichier></Generalites><Comptes>"
        '<Compte><Detail_des_operations><Operation No="1"/></Detail_des_operations></Compte>'
        "</Comptes></Grisbi>"
    )
    file = text(tmp_path / "a.gsb", old)
    assert reason(counted("grisbi.xml", file)) == "a version that is not known"


def test_what_a_schedule_of_gnucash_would_book_is_not_said_to_be_off(tmp_path: Path) -> None:
    file = sqlite(
        tmp_path / "a.gnucash",
        "CREATE TABLE books (root_template_guid); INSERT INTO books VALUES ('t');"
        "CREATE TABLE accounts (guid, parent_guid); INSERT INTO accounts VALUES ('plan', 't');"
        "CREATE TABLE transactions (guid); INSERT INTO transactions VALUES ('planned'), ('real');"
        "CREATE TABLE splits (tx_guid, account_guid, value_num, value_denom);"
        "INSERT INTO splits VALUES ('planned', 'plan', 5, 100);",
    )
    found = counted("gnucash.sqlite", file)
    assert (found.counts.transactions, told(found)) == (1, [])


# ── Tables ──────────────────────────────────────────────────────────────────────────────────

INDEX = """<DataSet><Media><Table><URL>{url}</URL><Name>K</Name>{more}</Table></Media></DataSet>"""
TWO = "<VariableLength><VariableColumn/><VariablePrimaryKey/></VariableLength>"
WIDE = (
    "<FixedLength><FixedColumn><FixedRange><From>1</From><To>{to}</To></FixedRange>"
    "</FixedColumn></FixedLength>"
)


@pytest.mark.parametrize(
    ("more", "data", "rows"),
    [
        (TWO, b"1;2\n3;4\n", 2),
        (TWO, b"1;2\n3", None),  # cut short
        (TWO, b"1;two\nlines\n3;4\n", None),
        (TWO, b"1;2\n" + bytes(50), None),
        (TWO, b"1;\x81\xc3\x81\n", 1),  # what is no letter in that code page
        ("<Range><From>3</From></Range>" + TWO, b"Title\n\n1;2\n3;4\n", 2),
        ("<Range><From>0</From></Range>" + TWO, b"1;2\n", None),
        ("<UTF7/>" + TWO, "ä;b\n".encode("utf-7"), 1),
        (WIDE.format(to=4), b"abcd\r\nab\r\n", 2),
        (WIDE.format(to=4), b"abcdabcd", None),  # rows without ends
    ],
)
def test_a_described_table_is_counted_when_its_rows_are_as_described(
    more: str, data: bytes, rows: int | None, tmp_path: Path
) -> None:
    text(tmp_path / "index.xml", INDEX.format(url="data.csv", more=more))
    (tmp_path / "data.csv").write_bytes(data)
    found = counted("gdpdu.rows", tmp_path, single=False)
    assert found.counts.tables == ({} if rows is None else {"data.csv/K": rows})
    assert [code for code, _ in told(found)] == ([] if rows is not None else ["counts.unknown"])


@pytest.mark.parametrize("url", ["sub\\a b.csv", "sub/a%20b.csv", "./SUB/a b.csv"])
def test_a_table_is_found_however_its_place_is_written(url: str, tmp_path: Path) -> None:
    text(tmp_path / "index.xml", INDEX.format(url=url, more=TWO))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a b.csv").write_bytes(b"1;2\n")
    found = counted("gdpdu.rows", tmp_path, single=False)
    assert (sum(found.counts.tables.values()), told(found)) == (1, [])


def test_a_file_that_is_described_twice_is_read_once(tmp_path: Path) -> None:
    table = f"<Table><URL>a.csv</URL><Name>%s</Name>{TWO}</Table>"
    index = f"<DataSet><Media>{table % 'K'}{table % 'L'}</Media></DataSet>"
    text(tmp_path / "index.xml", index)
    (tmp_path / "a.csv").write_bytes(b"1;2\n")
    found = counted("gdpdu.rows", tmp_path, single=False)
    assert found.counts.tables == {"a.csv/K": 1}
    assert told(found)[0][1]["reason"] == "described twice"


def test_what_macos_puts_beside_a_file_is_no_book(tmp_path: Path) -> None:
    text(tmp_path / "2026.se", SIE)
    (tmp_path / "._2026.se").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X        ")
    found = counted("sie.vouchers", tmp_path, single=False)
    assert (found.counts.transactions, told(found)) == (1, [])


def test_a_name_in_other_letters_is_taken_only_where_there_is_none_like_it(tmp_path: Path) -> None:
    for name, rows in (("Data.csv", b"1;2\n"), ("data.csv", b"1;2\n3;4\n")):
        (tmp_path / name).write_bytes(rows)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("a disk that does not tell them apart")
    text(tmp_path / "index.xml", INDEX.format(url="Data.csv", more=TWO))
    found = counted("gdpdu.rows", tmp_path, single=False)
    assert found.counts.tables == {"Data.csv/K": 1}
