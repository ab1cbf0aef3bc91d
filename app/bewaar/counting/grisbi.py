"""Grisbi: the bookings in a file, schedules left out.

As Grisbi writes them: each half of a transfer and each part of a split booking is one too.
"""

from bewaar.counting.base import Copy, Tally, blocks
from bewaar.counting.elements import Walk, walk
from bewaar.counting.newest import Newest, american
from bewaar.progress import Progress


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
        if name == "Transaction":
            self.transactions += 1
            self.newest.see(american(attributes.get("Dt", "")))
