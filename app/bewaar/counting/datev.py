"""DATEV's exchange files (EXTF, DTVF): the rows of batches of bookings.

The first line says what a file holds, the second names the columns. Other files of the format
hold customers or the names of accounts, no bookings.
"""

import csv
from collections.abc import Iterator
from io import TextIOWrapper

from bewaar.counting.base import Copies, Copy, OtherKind, Tally, Uncountable, about, opened
from bewaar.progress import Progress

_KINDS, _BEGINNING = ("EXTF", "DTVF"), 8  # how a file begins, and within how many characters
_BATCH = "21"  # the category of a batch of bookings
_LEAST = 10  # columns a row must have: amount, side, accounts, date
_OFTEN = 1000  # rows between two looks whether to stop


def read(copies: Copies) -> Tally:
    """Count the bookings in all files that hold some."""
    counts = []
    for copy in copies.mine:
        with about(copy):
            counts.append(_bookings(copy, copies.progress))
    batches = [count for count in counts if count is not None]
    if not batches:
        raise Uncountable("no batch of bookings")
    return Tally(transactions=sum(batches))


def _bookings(copy: Copy, progress: Progress) -> int | None:
    """Return the bookings of one file; None when it holds something else."""
    with opened(copy) as file, TextIOWrapper(file, "latin-1", newline="") as text:
        begins = text.read(_BEGINNING)
        if not begins.removeprefix("ï»¿").lstrip('"').startswith(_KINDS):
            raise OtherKind("no EXTF header")
        text.seek(0)
        rows = csv.reader(text, delimiter=";", strict=True)
        head = next(rows, [])
        if len(head) < 4:
            raise OtherKind("no EXTF header")
        if not next(rows, []):
            raise Uncountable("no names of columns")
        return sum(1 for _ in _checked(rows, progress)) if head[2] == _BATCH else None


def _checked(rows: Iterator[list[str]], progress: Progress) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number % _OFTEN == 0:
            progress.check()
        if row and len(row) < _LEAST:
            raise Uncountable("a row is cut short")
        if row:
            yield row
