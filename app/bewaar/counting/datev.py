"""DATEV's exchange files (EXTF, DTVF): the rows of batches of bookings.

The first line says what a file holds, the second names the columns. Other files of the format
hold customers or the names of accounts, no bookings.
"""

import csv
from collections.abc import Iterator

from bewaar.counting.base import (
    Copies,
    Copy,
    CutShort,
    NoBookings,
    OtherKind,
    Tally,
    Uncountable,
    about,
    breaks_off,
    lines,
)
from bewaar.progress import Progress

_KINDS = (b"EXTF", b"DTVF")  # how a file begins, quoted or not
_BATCH = "21"  # the category of a batch of bookings
_LEAST = 10  # columns a row must have: amount, side, accounts, date


def read(copies: Copies) -> Tally:
    """Count the bookings in all files that hold some."""
    counts = []
    for copy in copies.mine:
        with about(copy):
            counts.append(_bookings(copy, copies.progress))
    batches = [count for count in counts if count is not None]
    if not batches:
        raise NoBookings("no batch of bookings")
    return Tally(transactions=sum(batches))


def _bookings(copy: Copy, progress: Progress) -> int | None:
    """Return the bookings of one file; None when it holds something else."""
    text = lines(copy, progress)
    first = next(text, b"").removeprefix(b"\xef\xbb\xbf")
    if not first.lstrip(b'"').startswith(_KINDS):
        raise OtherKind("no EXTF header")
    (head,) = _rows(iter([first]))
    rows = _rows(text)
    if len(head) < 4:
        raise OtherKind("no EXTF header")
    if not (names := next(rows, [])):
        raise Uncountable("no names of columns")
    if head[2] != _BATCH:
        return None
    found, last = 0, 0  # rows, and columns of the last one
    for row in rows:
        if row and len(row) < _LEAST:
            raise CutShort("a row is cut short")
        found, last = found + any(row), len(row)
    if last < len(names) and breaks_off(copy):
        raise CutShort("cut short")
    return found


def _rows(text: Iterator[bytes]) -> Iterator[list[str]]:
    """Yield the rows of a text; rows of nothing but delimiters are left by spreadsheets."""
    return csv.reader((line.decode("latin-1") + "\n" for line in text), delimiter=";", strict=True)
