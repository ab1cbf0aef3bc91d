"""Vouchers, rows and ledgers in plain text."""

from pathlib import Path

import pytest

from tests.counting.books import counted, reason, text, told, transactions

SIE = """#FLAGGA 0
#PROGRAM "Bokföring" "1.0"
#FORMAT PC8
#SIETYP {kind}
#FNAMN "Åkes Äpplen & Öl"
#VER A 1 20260101 "Försäljning {{ }}"
{{
#TRANS 1910 {{}} 100.00
#TRANS 3010 {{1 "Säljare #1"}} -{amount}
#BTRANS 3010 {{}} -1.00
}}
#VER "B" "" 20260102
{{
}}
"""


def sie(file: Path, kind: str = "4", amount: str = "100.00", *, end: str = "") -> Path:
    return text(file, SIE.format(kind=kind, amount=amount) + end, encoding="cp437")


@pytest.mark.parametrize("kind", ["4", '"4"', "4E"])
def test_vouchers_are_counted(kind: str, tmp_path: Path) -> None:
    found = counted("sie.vouchers", sie(tmp_path / "a.se", kind))
    assert (found.counts.transactions, told(found)) == (2, [])


def test_vouchers_that_do_not_come_to_zero_are_told(tmp_path: Path) -> None:
    found = counted("sie.vouchers", sie(tmp_path / "a.se", amount="99.99"))
    assert found.counts.transactions == 2
    assert told(found)[0] == ("counts.unbalanced", {"path": "a.se", "n": 1})
    ((code, facts),) = told(found)[1:]
    assert (code, facts["off"]) == ("counts.voucher", "0.01")


def test_only_the_first_few_are_told_by_name(tmp_path: Path) -> None:
    vouchers = "".join(
        f'#VER "Ö" {n} 202601{n:02} "Fel"\n{{\n#TRANS 1910 {{}} {n}.00\n}}\n' for n in range(1, 10)
    )
    found = told(counted("sie.vouchers", sie(tmp_path / "a.se", end=vouchers)))
    assert found[0][1]["n"] == 9
    names = [(facts["voucher"], facts["day"], facts["off"]) for _, facts in found[1:]]
    assert names == [(f"Ö {n}", f"2026-01-0{n}", f"{n}.00") for n in range(1, 6)]


@pytest.mark.parametrize("kind", ["1", "2", "3"])
def test_types_without_vouchers_are_unknown_not_zero(kind: str, tmp_path: Path) -> None:
    assert (
        reason(counted("sie.vouchers", sie(tmp_path / "a.se", kind))) == "a type without vouchers"
    )


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("#VER A 3 20260103\n", "cut short"),
        ("#VER A 3 20260103\n{\n#TRANS 1910 {} 1", "cut short"),
        ("#VER A 3 20260103\n#VER A 4 20260104\n{\n}\n", "a voucher without rows"),
    ],
)
def test_a_file_that_is_not_whole_is_unknown(end: str, why: str, tmp_path: Path) -> None:
    assert reason(counted("sie.vouchers", sie(tmp_path / "a.se", end=end))) == why


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_line_ends_do_not_matter(ends: str, tmp_path: Path) -> None:
    file = sie(tmp_path / "a.se")
    file.write_bytes(file.read_bytes().replace(b"\n", ends.encode()))
    assert transactions("sie.vouchers", file) == 2


@pytest.mark.parametrize("rule", ["sie.vouchers", "datev.rows", "beancount.directives"])
def test_a_web_page_under_such_a_name_is_unknown(rule: str, tmp_path: Path) -> None:
    name = {"s": "a.se", "d": "EXTF_a.csv", "b": "a.beancount"}[rule[0]]
    assert reason(counted(rule, text(tmp_path / name, "<html>404 Not Found</html>\n")))


@pytest.mark.parametrize("rule", ["sie.vouchers", "datev.rows"])
def test_an_empty_file_is_unknown(rule: str, tmp_path: Path) -> None:
    assert reason(counted(rule, text(tmp_path / {"s": "a.se", "d": "EXTF.csv"}[rule[0]], "")))


def test_years_of_vouchers_in_a_folder_add_up_and_one_bad_file_makes_them_unknown(
    tmp_path: Path,
) -> None:
    sie(tmp_path / "2025.se")
    (tmp_path / "2026").mkdir()
    sie(tmp_path / "2026" / "2026.SE")
    text(tmp_path / "readme.txt", "not one of them")
    assert counted("sie.vouchers", tmp_path, single=False).counts.transactions == 4
    text(tmp_path / "2024.se", "<html>404</html>")
    found = counted("sie.vouchers", tmp_path, single=False)
    assert found.counts.transactions is None
    assert found.findings[0].params["path"] == "2024.se"


HEAD = (
    '"EXTF";700;21;"Buchungsstapel";9;2018\r\n'
    "Umsatz;S/H;WKZ;Kurs;Basis;WKZ;Konto;Gegen;BU;Datum\r\n"
)
ROW = '24,95;"H";;;;;1200;8400;;2402;"Café ""Zur Post""\r\nzweite Zeile; Ende"\r\n'


def test_rows_of_a_batch_are_counted_also_with_lines_inside_a_text(tmp_path: Path) -> None:
    file = text(tmp_path / "EXTF_a.csv", HEAD + ROW * 3, encoding="cp1252")
    assert transactions("datev.rows", file) == 3


def test_a_batch_in_utf_8_is_read(tmp_path: Path) -> None:
    assert transactions("datev.rows", text(tmp_path / "E", HEAD + ROW, encoding="utf-8-sig")) == 1


@pytest.mark.parametrize("cut", [5, 20, len(ROW) - 6])
def test_a_batch_cut_short_in_a_row_is_unknown(cut: int, tmp_path: Path) -> None:
    file = text(tmp_path / "EXTF_a.csv", HEAD + ROW + ROW[:cut], encoding="cp1252")
    assert reason(counted("datev.rows", file))


def test_customers_are_no_bookings(tmp_path: Path) -> None:
    file = text(tmp_path / "EXTF_a.csv", HEAD.replace(";21;", ";16;") + ROW)
    assert reason(counted("datev.rows", file)) == "no batch of bookings"


BEANS = """\
;; -*- mode: beancount -*-
* A heading with "one quote
option "title" "Books"
2026-01-01 open Assets:Bank EUR
2026-01-02 * "Bakker" "Brood; en ""koek\\""
  Assets:Bank  -5 EUR
  ; 2026-01-03 * "a comment"
2026-01-03 ! "Text that
2026-01-04 * is still text
" ; "
  Assets:Bank  -5 EUR
2026-01-05 txn "x" #tag
2026-01-06 pad Assets:Bank Equity:Opening
2026-01-07 P "flag"
;2026-01-08 * "not any more"
"""


def test_transactions_of_beancount_are_counted_by_directive(tmp_path: Path) -> None:
    assert transactions("beancount.directives", text(tmp_path / "a.beancount", BEANS)) == 4


def test_an_empty_ledger_holds_nothing(tmp_path: Path) -> None:
    assert transactions("beancount.directives", text(tmp_path / "a.beancount", "")) == 0


def test_a_text_without_end_makes_a_ledger_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.beancount", BEANS + '2026-01-09 * "open\n')
    assert reason(counted("beancount.directives", file)) == "a text does not end"


def test_included_ledgers_are_counted_once_and_missing_ones_make_it_unknown(
    tmp_path: Path,
) -> None:
    (tmp_path / "years").mkdir()
    text(tmp_path / "main.beancount", 'include "years/*.beancount"\n2026-01-01 * "x"\n')
    text(tmp_path / "years" / "2025.beancount", '2025-01-01 * "x"\n')
    found = counted("beancount.directives", tmp_path, single=False)
    assert found.counts.transactions == 2
    text(tmp_path / "main.beancount", 'include "../elsewhere.beancount"\n')
    found = counted("beancount.directives", tmp_path, single=False)
    assert reason(found) == "includes ../elsewhere.beancount"


LEDGER = """\
; comment
account Assets:Bank
Y2026
2026/01/02 * Baker ; note
    Assets:Bank  -5 EUR
    Food
2026-01-03=2026-01-05 ! (12) Butcher
    Assets:Bank  -5 EUR
1/4 Grocer
	; a note
    Food  5
~ monthly
    Rent  500 EUR
= expr true
    Rent  1
P 2026/01/01 USD 0.9 EUR
comment
2026/01/09 Not this one
end comment
2026.01.10 Last
  Food  5
"""


def test_transactions_of_ledger_are_counted_by_directive(tmp_path: Path) -> None:
    assert transactions("ledger.directives", text(tmp_path / "a.journal", LEDGER)) == 4


@pytest.mark.parametrize("line", ["i 2026/01/01 08:00:00 work", "<html>", "2026 is no date"])
def test_a_line_nobody_knows_makes_a_ledger_unknown(line: str, tmp_path: Path) -> None:
    file = text(tmp_path / "a.journal", f"{LEDGER}{line}\n")
    assert reason(counted("ledger.directives", file)) == "line 22 is no directive"


@pytest.mark.parametrize("end", ["2026/02/01 Half", "2026/02/01 open Bank\n2026/02/02 close Bank"])
def test_a_transaction_without_postings_makes_a_ledger_unknown(end: str, tmp_path: Path) -> None:
    assert "posting" in reason(counted("ledger.directives", text(tmp_path / "a.journal", end)))


@pytest.mark.parametrize("rule", ["sie.vouchers", "beancount.directives", "ledger.directives"])
def test_a_line_without_end_makes_a_file_unknown_at_once(rule: str, tmp_path: Path) -> None:
    name = {"s": "a.se", "b": "a.beancount", "l": "a.journal"}[rule[0]]
    file = text(tmp_path / name, " " * (200 << 20), compressed=True)
    assert reason(counted(rule, file)) == "a line without end"
