"""What a terminal tells of books that hold less than before, or were open when they were stored."""

import sys

import pytest

from tests.cli.conftest import Bewaar
from tests.holding import held_open
from tests.samples import gnucash_book


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")
def test_fewer_transactions_and_books_that_were_open_are_told_in_words_and_to_scripts(
    bewaar: Bewaar,
) -> None:
    book = gnucash_book(bewaar.root / "books" / "molen.gnucash", transactions=12)
    with bewaar.engine() as engine:
        code = engine.add(book, name="De Molen").code
    bewaar.backed_up(code)
    book.unlink()
    gnucash_book(book, transactions=9)
    with held_open(book):
        bewaar.backed_up(code)

    told = bewaar("status").out
    assert told.startswith("De Molen holds fewer transactions than before: 9 instead of 12.")
    assert told.count("fewer transactions") == 1
    drop = bewaar.json("status")["fewer"][code]
    assert (drop["before"], drop["now"]) == (12, 9)

    newest, oldest = bewaar.json("history", code)["backups"]
    states = [each["administrations"][0]["open"] for each in (newest, oldest)]
    assert states == ["open", "closed"]
    lines = bewaar("history", code).out.splitlines()
    assert " open " in lines[1]
    assert " closed " in lines[2]
    assert "this backup may hold half of one" in lines[-1]
