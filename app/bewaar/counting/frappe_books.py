"""Frappe Books: the lines in the ledger, and the invoices, payments and journal entries."""

from bewaar.counting.base import Copy, Tally
from bewaar.counting.database import Book, opened
from bewaar.counting.newest import iso
from bewaar.progress import Progress

_LINES = "AccountingLedgerEntry"
_DOCUMENTS = ("SalesInvoice", "PurchaseInvoice", "Payment", "JournalEntry")


def read(copy: Copy, progress: Progress) -> Tally:
    """Count both; drafts and cancelled documents are documents too."""
    with opened(copy, progress, _LINES, *_DOCUMENTS) as connection:
        book = Book(connection=connection)
        return Tally(
            transactions=_rows(book, _LINES),
            newest=iso(book.latest("date", _LINES)) if book.has(_LINES, "date") else None,
            documents=sum(_rows(book, table) for table in _DOCUMENTS),
        )


def _rows(book: Book, table: str) -> int:
    return book.number(f"SELECT count(*) FROM {table}")  # noqa: S608 - one of the names above
