"""GnuCash: bookings in its SQLite and XML books, and the documents linked to them.

The templates of scheduled bookings look like bookings and are none: in SQLite they book on
accounts below the book's template root, in XML they stand in a section of their own.
"""

import sqlite3
from datetime import date
from fractions import Fraction

from bewaar.counting.base import Copy, Tally, blocks, declared
from bewaar.counting.database import Book, opened
from bewaar.counting.elements import Walk, walk
from bewaar.counting.imbalance import Imbalance
from bewaar.counting.newest import Newest, iso, midnight
from bewaar.progress import Progress

_PLANNED = """
    WITH RECURSIVE template(guid) AS (
        SELECT root_template_guid FROM books
        UNION SELECT accounts.guid FROM accounts JOIN template ON parent_guid = template.guid
    ), planned(guid) AS (
        SELECT tx_guid FROM splits JOIN template ON account_guid = template.guid
        WHERE tx_guid IS NOT NULL
    )
"""
_REAL = "SELECT %s FROM transactions WHERE guid NOT IN planned"
_UNBALANCED = """
    SELECT sum(value_num), max(value_denom), %s FROM splits
    JOIN transactions ON transactions.guid = tx_guid
    WHERE tx_guid NOT IN planned GROUP BY tx_guid
    HAVING count(DISTINCT value_denom) = 1 AND sum(value_num) <> 0
    ORDER BY 5, 3
"""
_LINKS = "SELECT count(*) FROM slots WHERE name = 'assoc_uri' AND string_val <> ''"
_LONGEST = 41  # characters of an amount: two numbers of 64 bits
_FINEST = 10**60  # no sum of real amounts is in smaller parts
_NAMING = ("num", "description", "post_date")  # of a transaction


def read_sqlite(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions, templates left out."""
    with opened(copy, progress, "accounts", "books", "splits", "transactions") as connection:
        book = Book(connection=connection)
        return Tally(
            transactions=book.number(_PLANNED + _REAL % "count(*)"),
            documents=book.number(_LINKS) if book.has("slots", "name", "string_val") else None,
            newest=_newest_in(book),
            findings=_imbalance_in(book).findings(copy),
        )


def read_xml(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions of a book, and hold them against what it says it holds."""
    book = _Book()
    walk(blocks(copy, progress), book)
    findings = (
        *declared(copy, book.told, book.transactions),
        *book.imbalance.findings(copy),
    )
    return Tally(
        transactions=book.transactions,
        documents=book.links,
        newest=book.newest.day,
        findings=findings,
    )


def _newest_in(book: Book) -> date | None:
    if not book.has("transactions", "post_date"):
        return None
    return midnight(book.latest("post_date", f"({_PLANNED}{_REAL % 'post_date'})"))


def _imbalance_in(book: Book) -> Imbalance:
    found = Imbalance()
    if not book.has("splits", "value_num", "value_denom"):
        return found
    known = [name if book.has("transactions", name) else "''" for name in _NAMING]
    try:
        for left, parts, number, text, at in book.connection.execute(
            _PLANNED + _UNBALANCED % ", ".join(known)
        ):
            off = Fraction(left, parts)
            found.see(off, voucher=str(number or text or ""), day=midnight(str(at)))
    except (sqlite3.OperationalError, TypeError, ZeroDivisionError):
        return Imbalance()  # a sum beyond 64 bits, or what is no amount: nothing is certain
    return found


class _Book(Walk):
    root = "gnc-v2"
    texts = frozenset({"count-data", "date", "description", "key", "num", "value"})

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0
        self.links = 0
        self._key = ""  # of the slot at hand
        self.imbalance = Imbalance()
        self._number = self._text = ""  # of the transaction at hand
        self.told = ""
        self.newest = Newest()
        self._dated: date | None = None  # the day of the transaction at hand
        self._telling = False
        self._sum: Fraction | None = Fraction()  # None: of too many different parts to tell

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "transaction" and self._in_book:
            self._sum, self._dated = Fraction(), None
            self._number = self._text = ""
        self._telling = name == "count-data" and attributes.get("type") == "transaction"

    def closes(self, name: str, text: str) -> None:
        if name == "transaction" and self._in_book:
            self.transactions += 1
            voucher = self._number or self._text
            self.imbalance.see(self._sum, voucher=voucher, day=self._dated)
            self.newest.see(self._dated)
        elif name == "date" and self.parent == "date-posted":
            self._dated = iso(text.strip()[:10])  # in the time zone it is written with
        elif self.parent == "transaction" and name == "num":
            self._number = text.strip()
        elif self.parent == "transaction" and name == "description":
            self._text = text.strip()
        elif name == "value" and self.parent == "split":
            self._add(_amount(text.strip()))
        elif name == "key":
            self._key = text
        elif name == "value" and self.parent == "slot":
            self.links += self._key == "assoc_uri" and bool(text)
            self._key = ""
        elif self._telling and self._in_book:
            self.told = text
        self._telling = False

    def _add(self, amount: Fraction) -> None:
        if self._sum is not None:
            whole = self._sum + amount
            self._sum = whole if whole.denominator < _FINEST else None

    @property
    def _in_book(self) -> bool:
        """Whether the element at hand is the book's own; very old files have none around."""
        return self.parent in {"book", self.root}


def _amount(text: str) -> Fraction:
    if "e" in text.lower() or len(text) > _LONGEST:  # no program writes them; they may never end
        raise ValueError("no amount")
    return Fraction(text)
