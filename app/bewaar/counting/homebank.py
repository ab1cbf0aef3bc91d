"""HomeBank: the bookings in a file, templates and schedules left out."""

from bewaar.counting.base import Copy, Tally, blocks
from bewaar.counting.elements import Walk, walk
from bewaar.counting.newest import Newest, ordinal
from bewaar.progress import Progress


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the operations; each half of a transfer is one."""
    book = _Book()
    walk(blocks(copy, progress), book)
    return Tally(transactions=book.transactions, newest=book.newest.day)


class _Book(Walk):
    root = "homebank"

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0
        self.newest = Newest()

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "ope" and self.parent == self.root:
            self.transactions += 1
            self.newest.see(ordinal(attributes.get("date", "")))
