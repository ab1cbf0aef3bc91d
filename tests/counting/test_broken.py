"""Broken and hostile books: never a number from half a file, never long, never much memory."""

import random
from pathlib import Path

import pytest

from bewaar.messages.notes import NOTES
from tests.counting.books import SCRIPTS, TEXTS, counted, reason, specimen, sqlite, text, told

SIE = TEXTS["sie.vouchers"][1]
ROW = '5,00;"H";;;;;1200;8400;;2402;"Öl";;;;\r\n'
DATEV = '"EXTF";700;21;"Buchungsstapel"\r\n' + ";".join(f"Spalte {n}" for n in range(15)) + "\r\n"
MEGABYTE = 1 << 20

LINES = ["beancount.directives", "datev.rows", "ledger.directives", "sie.vouchers"]


@pytest.mark.parametrize("rule", LINES)
@pytest.mark.parametrize("zeros", [1, 5000])
def test_blocks_that_were_never_written_make_a_text_unknown(
    rule: str, zeros: int, tmp_path: Path
) -> None:
    file = specimen(rule, tmp_path)
    file.write_bytes(file.read_bytes() + b"; 2026-01" + bytes(zeros))
    assert reason(counted(rule, file)) == "bytes that are no text"


@pytest.mark.parametrize(
    "end",
    ["#VE", "#", "#RES 0 3010 1", "<html>404 Not Found"],
)
def test_vouchers_that_break_off_within_a_line_are_unknown(end: str, tmp_path: Path) -> None:
    assert reason(counted("sie.vouchers", text(tmp_path / "a.se", SIE + end))) == "cut short"


def test_vouchers_without_a_last_line_end_are_whole(tmp_path: Path) -> None:
    for end in ("", "\x1a", "\n\n"):
        file = text(tmp_path / "a.se", SIE.rstrip("\n") + end)
        assert counted("sie.vouchers", file).counts.transactions == 1


def test_a_checksum_that_is_begun_and_not_ended_tells_of_a_half(tmp_path: Path) -> None:
    begun = SIE.replace("#SIETYP", "#KSUMMA\n#SIETYP")
    assert reason(counted("sie.vouchers", text(tmp_path / "a.se", begun))) == "cut short"
    whole = text(tmp_path / "a.se", begun + "#KSUMMA 12345")
    assert counted("sie.vouchers", whole).counts.transactions == 1


def test_a_voucher_within_a_voucher_is_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.se", SIE + "#VER A 2 20260102\n{\n{\n}\n}\n")
    assert reason(counted("sie.vouchers", file)) == "a voucher within a voucher"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (ROW[:36], "cut short"),  # with all that a row must have
        (ROW[:20], "a row is cut short"),
    ],
)
def test_a_batch_that_breaks_off_within_a_row_is_unknown(
    end: str, why: str, tmp_path: Path
) -> None:
    file = text(tmp_path / "EXTF_a.csv", DATEV + ROW + end, encoding="cp1252")
    assert reason(counted("datev.rows", file)) == why


BOUGHT = '2026-01-02 * "Baker"\n  Assets:Bank  -5.00 EUR\n  Expenses:Food  5.00 EUR\n'
LEFT_OUT = BOUGHT + '2026-01-03 * "Butcher"\n  Expenses:Food  8,50 EUR\n  Assets:Bank\n'


@pytest.mark.parametrize("rule", ["beancount.directives", "ledger.directives"])
@pytest.mark.parametrize(("content", "bookings"), [(BOUGHT, 1), (LEFT_OUT, 2)])
def test_a_ledger_that_breaks_off_within_its_last_booking_is_unknown(
    rule: str, content: str, bookings: int, tmp_path: Path
) -> None:
    file = tmp_path / TEXTS[rule][0]
    last = content.rindex("\n", 0, -1) + 1
    for end in range(last + 1, len(content) - 1):
        assert reason(counted(rule, text(file, content[:end]))) == "cut short"
    for whole in (content, content[:-1], content + "; the end\n"):
        assert counted(rule, text(file, whole)).counts.transactions == bookings


@pytest.mark.parametrize(
    "end",
    [
        "  Expenses:Food  5.00 EUR @ 2 USD",
        "  Expenses:Food  {",
        "  Expenses:Fo",
        "  ; a no",
        '  note: "wh',
        "2026-02-0",
        "2026-02-01 ope",
        "; a comm",
    ],
)
@pytest.mark.parametrize("rule", ["beancount.directives", "ledger.directives"])
def test_what_may_be_half_a_line_makes_a_ledger_unknown(
    rule: str, end: str, tmp_path: Path
) -> None:
    half = BOUGHT + '2026-01-03 * "Butcher"\n  Assets:Bank  -5.00 EUR\n'
    start = half if end.startswith(" ") else BOUGHT
    assert reason(counted(rule, text(tmp_path / TEXTS[rule][0], start + end)))


def test_a_batch_that_breaks_off_before_its_rows_is_not_empty(tmp_path: Path) -> None:
    file = text(tmp_path / "EXTF_a.csv", DATEV[:60])
    assert reason(counted("datev.rows", file)) == "cut short"


def test_a_table_with_rows_that_were_never_written_is_unknown(tmp_path: Path) -> None:
    file = specimen("dbf.rows", tmp_path)
    data = bytearray(file.read_bytes())
    data[65:76] = bytes(11)
    file.write_bytes(data)
    ((code, facts),) = told(counted("dbf.rows", file))
    assert (code, facts["reason"]) == ("counts.unknown", "a row that was never written")


# ── Hostile ones ────────────────────────────────────────────────────────────────────────────


def large(file: Path, *pieces: str | tuple[str, int], compressed: bool = False) -> Path:
    whole = "".join(each if isinstance(each, str) else each[0] * each[1] for each in pieces)
    return text(file, whole, compressed=compressed)


@pytest.mark.parametrize(
    ("rule", "name", "pieces"),
    [
        ("homebank.xml", "a.xhb", ("<homebank>", ("<a>", 100_000))),
        ("homebank.xml", "a.xhb", ("<homebank><ope a='", ("x", 12 * MEGABYTE))),
        ("homebank.xml", "a.xhb", ("<homebank><!--", ("x", 12 * MEGABYTE))),
        ("datev.rows", "EXTF.csv", ('"EXTF";700;21;"x"\n', ("x;", 6 * MEGABYTE))),
        ("datev.rows", "EXTF.csv", ('"EXTF";700;21;"x"\n"', ("x\n", MEGABYTE))),
        ("beancount.directives", "a.bean", ('include "', ("**/", MEGABYTE), 'x"\n')),
    ],
)
def test_what_has_no_end_is_unknown_soon(
    rule: str, name: str, pieces: tuple[str | tuple[str, int], ...], tmp_path: Path
) -> None:
    assert "no element found" not in reason(counted(rule, large(tmp_path / name, *pieces)))


def test_what_unpacks_without_end_is_unknown(tmp_path: Path) -> None:
    file = large(tmp_path / "a.xhb", "<homebank>", (" " * 1000, 76_000), compressed=True)
    assert reason(counted("homebank.xml", file)) == "unpacks to more than books can hold"


@pytest.mark.timeout(60)  # it took hours
@pytest.mark.parametrize("line", ["#TRANS " + "{" * MEGABYTE, "#TRANS 1 {" + '""' * MEGABYTE])
def test_a_row_made_to_be_read_slowly_is_read_at_once(line: str, tmp_path: Path) -> None:
    file = text(tmp_path / "a.se", f"{SIE}#VER A 2 20260102\n{{\n{line}\n}}\n")
    assert counted("sie.vouchers", file).counts.transactions == 2


@pytest.mark.timeout(60)
def test_amounts_in_ever_smaller_parts_are_not_added_up_for_ever(tmp_path: Path) -> None:
    dice = random.Random(7)
    splits = "".join(
        f"<split><value>1/{dice.randrange(10**18, 10**19)}</value></split>" for _ in range(20_000)
    )
    file = text(
        tmp_path / "a.gnucash",
        f"<gnc-v2><book><transaction><splits>{splits}</splits></transaction></book></gnc-v2>",
    )
    assert counted("gnucash.xml", file).counts.transactions == 1


@pytest.mark.timeout(60)  # it never ended
@pytest.mark.parametrize("rule", ["gnucash.sqlite", "kmymoney.sqlite", "money-manager-ex.rows"])
def test_a_table_that_is_made_up_while_it_is_asked_is_none(rule: str, tmp_path: Path) -> None:
    name, script = SCRIPTS[rule]
    table = {"g": "transactions", "k": "kmmTransactions", "m": "CHECKINGACCOUNT_V1"}[rule[0]]
    endless = "WITH RECURSIVE n(txType) AS (SELECT 'N' UNION ALL SELECT txType FROM n)"
    view = f"DROP TABLE {table}; CREATE VIEW {table} AS {endless} SELECT * FROM n;"
    file = sqlite(tmp_path / name, f"{script};{view}")
    assert reason(counted(rule, file)) == f"no table {table}"


# ── Why it is unknown ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "content", "why"),
    [
        ("sie.vouchers", "<html>", "other"),
        ("sie.vouchers", SIE.replace("TYP 4", "TYP 2"), "none"),
        ("sie.vouchers", SIE[:-2], "half"),
        ("homebank.xml", "<homebank><ope/>", "half"),
        ("homebank.xml", "<homebank><ope></homebank>", "unclear"),
        ("beancount.directives", 'include "../other.bean"\n', "elsewhere"),
        ("saft.transactions", "<AuditFile><SourceDocuments/></AuditFile>", "none"),
    ],
)
def test_why_something_is_unknown_is_told_in_words(
    rule: str, content: str, why: str, tmp_path: Path
) -> None:
    found = counted(rule, text(tmp_path / TEXTS[rule][0], content))
    ((code, facts),) = told(found)
    assert facts["why"] == why
    assert why == "unclear" or f"{code}/{why}" in NOTES


def test_a_cut_compressed_book_tells_that_it_breaks_off(tmp_path: Path) -> None:
    file = text(tmp_path / "a.xhb", "<homebank><ope/></homebank>", compressed=True)
    file.write_bytes(file.read_bytes()[:-9])
    assert told(counted("homebank.xml", file))[0][1]["why"] == "half"
