"""KMyMoney: bookings in its XML files and SQLite databases, schedules left out."""

from bewaar.counting.base import Copy, NoBookings, Tally, blocks, declared
from bewaar.counting.database import Book, opened
from bewaar.counting.elements import Walk, walk
from bewaar.counting.newest import Newest, iso
from bewaar.progress import Progress

_NORMAL = "kmmTransactions WHERE txType = 'N'"


def read_sqlite(copy: Copy, progress: Progress) -> Tally:
    """Count the normal transactions; a schedule's has another type."""
    with opened(copy, progress, "kmmTransactions") as connection:
        book = Book(connection=connection)
        dated = book.has("kmmTransactions", "postDate")
        return Tally(
            transactions=book.number(f"SELECT count(*) FROM {_NORMAL}"),  # noqa: S608 - our own
            newest=iso(book.latest("substr(postDate, 1, 10)", _NORMAL)) if dated else None,
        )


def read_xml(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions of the ledger."""
    book = _Book()
    walk(blocks(copy, progress), book)
    if not book.whole:
        raise NoBookings("no TRANSACTIONS")
    return Tally(
        transactions=book.transactions,
        newest=book.newest.day,
        findings=declared(copy, book.told, book.transactions),
    )


class _Book(Walk):
    root = "KMYMONEY-FILE"

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0
        self.told = ""
        self.newest = Newest()
        self.whole = False

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "TRANSACTIONS" and self.parent == self.root:
            self.whole = True
            self.told = attributes.get("count", "")
        elif name == "TRANSACTION" and self.parent == "TRANSACTIONS":
            self.transactions += 1
            self.newest.see(iso(attributes.get("postdate", "")))
