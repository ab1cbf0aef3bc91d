"""Money Manager Ex: bookings, without those in its bin and the schedules, and attachments."""

from bewaar.counting.base import Copy, Tally
from bewaar.counting.database import Book, opened
from bewaar.counting.newest import iso
from bewaar.progress import Progress

_ALL = "CHECKINGACCOUNT_V1"
_KEPT = _ALL + " WHERE DELETEDTIME IS NULL OR DELETEDTIME = ''"


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions; a transfer is one."""
    with opened(copy, progress, "CHECKINGACCOUNT_V1") as connection:
        book = Book(connection=connection)
        has_bin = book.has("CHECKINGACCOUNT_V1", "DELETEDTIME")
        rows = _KEPT if has_bin else _ALL
        dated = book.has("CHECKINGACCOUNT_V1", "TRANSDATE")
        return Tally(
            transactions=book.number(f"SELECT count(*) FROM {rows}"),  # noqa: S608 - our own
            documents=_attached(book),
            newest=iso(book.latest("substr(TRANSDATE, 1, 10)", rows)) if dated else None,
        )


def _attached(book: Book) -> int | None:
    """Return how many files are attached to something; unknown in a book that has no such list."""
    if not book.has("ATTACHMENT_V1", "REFTYPE", "FILENAME"):
        return None
    return book.number("SELECT count(*) FROM ATTACHMENT_V1")
