"""Grisbi: the bookings in a file, schedules left out.

As Grisbi writes them: each half of a transfer and each part of a split booking is one too. Before
version 0.6 files were built otherwise; they say so by their first element.
"""

from bewaar.counting.base import Copy, Tally, Uncountable, blocks
from bewaar.counting.elements import Walk, walk
from bewaar.counting.newest import Newest, american
from bewaar.progress import Progress

_OLD = "Generalites"


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions."""
    book = _Book()
    walk(blocks(copy, progress), book)
    return Tally(transactions=book.transactions, newest=book.newest.day)


class _Book(Walk):
    root = "Grisbi"

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0
        self.newest = Newest()

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == _OLD and self.parent == self.root:
            raise Uncountable("a version that is not known")
        if name == "Transaction" and self.parent == self.root:
            self.transactions += 1
            self.newest.see(american(attributes.get("Dt", "")))
