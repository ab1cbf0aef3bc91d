"""Counting never fails because of bad data, never guesses, and keeps to the first rule that can."""

import random
from pathlib import Path

import pytest

from bewaar.counting import BY_FILES, RULES, Copy, count, is_counted
from bewaar.errors import Cancelled
from bewaar.progress import Silent
from tests.counting.books import SCRIPTS, TEXTS, counted, reason, specimen, text
from tests.jet import access_book
from tests.samples import SHARED, document, gnucash_book, gnucash_xml, needs_samples

OF_ONE_FILE = sorted({*TEXTS, *SCRIPTS, "dbf.rows"})


@pytest.mark.parametrize("rule", OF_ONE_FILE)
def test_one_booking_is_one_booking(rule: str, tmp_path: Path) -> None:
    counts = counted(rule, specimen(rule, tmp_path)).counts
    assert counts.rule == rule
    assert counts.transactions == 1 or counts.tables == {"A.DBF": 1}


@pytest.mark.parametrize("rule", OF_ONE_FILE)
def test_no_rule_takes_the_books_of_another_kind_for_its_own(rule: str, tmp_path: Path) -> None:
    for other in OF_ONE_FILE:
        if rule == other:
            continue
        file = specimen(other, tmp_path)
        found = counted(rule, file)
        assert found.counts.transactions is None
        assert found.counts.tables == {}
        file.unlink()


@pytest.mark.parametrize("rule", OF_ONE_FILE)
def test_damage_of_any_sort_is_answered_with_a_number_or_unknown(rule: str, tmp_path: Path) -> None:
    file = specimen(rule, tmp_path)
    _damage(rule, file, times=60)


@needs_samples
@pytest.mark.parametrize("name", ["V1997/delTestV1997.mdb", "V2010/delTestV2010.accdb"])
def test_damaged_pages_of_access_are_answered_with_numbers_or_unknown(
    name: str, tmp_path: Path
) -> None:
    file = tmp_path / Path(name).name
    root = SHARED / "access" / "jahlborn+jackcess" / "src" / "test" / "data"
    file.write_bytes((root / name).read_bytes())
    _damage("access.rows", file, times=100)


def _damage(rule: str, file: Path, *, times: int) -> None:
    whole, dice = file.read_bytes(), random.Random(rule)
    for _ in range(times):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        file.write_bytes(data[: dice.randint(0, len(data))] if dice.random() < 0.3 else data)
        counts = counted(rule, file).counts
        assert counts.rule in {"", rule}
        assert all(rows >= 0 for rows in counts.tables.values())


def test_the_first_rule_that_can_counts(tmp_path: Path) -> None:
    rules = ["gnucash.sqlite", "gnucash.xml"]
    for file, rule in (
        (gnucash_book(tmp_path / "a.gnucash", transactions=3), "gnucash.sqlite"),
        (gnucash_xml(tmp_path / "b.gnucash", transactions=4), "gnucash.xml"),
    ):
        counts = count(rules, [Copy(path=file.name, local=file)], single=True).counts
        assert counts.rule == rule
        assert counts.transactions in {3, 4}


def test_the_reason_comes_from_the_rule_that_knows_the_file(tmp_path: Path) -> None:
    file = gnucash_xml(tmp_path / "a.gnucash")
    file.write_bytes(file.read_bytes()[:-20])
    copies = [Copy(path=file.name, local=file)]
    found = count(["gnucash.sqlite", "gnucash.xml"], copies, single=True)
    assert reason(found).startswith("unclosed token")


def test_files_of_no_rule_are_passed_over_in_silence(tmp_path: Path) -> None:
    file = document(tmp_path / "factuur.pdf")
    copies = [Copy(path=file.name, local=file)]
    for single in (True, False):
        rules = ["dbf.rows", "access.rows", "bacpac.rows", "a rule of a later Bewaar"]
        found = count(rules, copies, single=single)
        assert (found.counts.rule, found.findings) == ("", ())


def test_a_file_that_vanished_is_unknown(tmp_path: Path) -> None:
    copy = Copy(path="a.gnucash", local=tmp_path / "000001")
    assert "FileNotFoundError" in reason(count(["gnucash.sqlite"], [copy], single=True))


def test_upper_case_and_folders_do_not_matter() -> None:
    assert is_counted("2026/BOEK.DBF", "dbf.rows", single=False)
    assert not is_counted("2026.dbf/boek.txt", "dbf.rows", single=False)
    assert not is_counted("BOEK.DBF", "no such rule", single=True)


def test_only_twenty_findings_are_told(tmp_path: Path) -> None:
    for number in range(30):
        text(tmp_path / f"{number}.dbf", "no table")
    assert len(counted("dbf.rows", tmp_path, single=False).findings) == 20


class _Stop(Silent):
    def check(self) -> None:
        raise Cancelled


@pytest.mark.parametrize("rule", OF_ONE_FILE)
def test_counting_can_be_stopped(rule: str, tmp_path: Path) -> None:
    file = specimen(rule, tmp_path)
    with pytest.raises(Cancelled):
        count([rule], [Copy(path=file.name, local=file)], single=True, progress=_Stop())


def test_every_rule_says_what_it_counts() -> None:
    for name, rule in RULES.items():
        assert name.count(".") == 1
        assert rule.names or rule.tables or name == BY_FILES


@pytest.mark.parametrize("data", [b"\0", b"x", b"<a>" + b"<b/>" * 40_000])
def test_a_file_of_another_kind_is_passed_over_in_silence(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "foto.bin"
    file.write_bytes(data * (9_000_000 // len(data)))  # no line in it ends
    for rule in ("sie.vouchers", "datev.rows", "xaf.transactions", "access.rows"):
        found = counted(rule, file)
        assert (found.counts.rule, found.findings) == ("", ())


def test_damaged_pages_of_a_made_access_book_are_answered_with_numbers_or_unknown(
    tmp_path: Path,
) -> None:
    _damage("access.rows", access_book(tmp_path / "a.mdb"), times=100)
