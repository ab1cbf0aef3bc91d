"""XAF, the Dutch audit file: the bookings in its journals (versions 2 and 3).

The first `linesCount` in a file is about the opening balance, so only the one among the
transactions is held against their lines.
"""

from datetime import date
from decimal import Decimal

from bewaar.counting.base import Copy, Finding, NoBookings, Tally, blocks, declared
from bewaar.counting.elements import Walk, walk
from bewaar.counting.imbalance import Imbalance
from bewaar.counting.newest import Newest, iso
from bewaar.progress import Progress

_DATES = ("trDt", "transactionDate")  # of a transaction, in versions 3 and 2
_NUMBERS = ("nr", "transactionID")
_LINES = ("trLine", "line")


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions, and those whose lines do not come to zero."""
    file = _File()
    walk(blocks(copy, progress), file)
    if not file.whole:
        raise NoBookings("no transactions")
    findings = (*_declared(copy, file), *file.imbalance.findings(copy))
    return Tally(transactions=file.transactions, newest=file.newest.day, findings=findings)


def _declared(copy: Copy, file: "_File") -> tuple[Finding, ...]:
    """Return the finding that it tells another number; version 2 may mean lines or transactions."""
    if file.entries == str(file.transactions):
        return ()
    return declared(copy, file.told or file.entries, file.lines)


class _File(Walk):
    root = "auditfile"
    texts = frozenset(
        {
            "linesCount",
            "numberEntries",
            "amnt",
            "amntTp",
            "debitAmount",
            "creditAmount",
            *_DATES,
            *_NUMBERS,
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.transactions = self.lines = 0
        self.told = self.entries = ""
        self.newest = Newest()
        self.imbalance = Imbalance()
        self._dated: date | None = None
        self._number = ""
        self.whole = False
        self._sum = self._amount = Decimal()
        self._side = ""

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "transactions":
            self.whole = True
        elif name == "transaction" and self.parent == "journal":
            self.transactions += 1
            self._sum, self._dated, self._number = Decimal(), None, ""

    def closes(self, name: str, text: str) -> None:
        if self.parent in _LINES:
            self._heard(name, text.strip())
        elif name in _LINES and self.parent == "transaction":
            self.lines += 1
            self._sum += -self._amount if self._side == "C" else self._amount
            self._amount, self._side = Decimal(), ""
        elif name == "transaction":
            self.imbalance.see(self._sum, voucher=self._number, day=self._dated)
            self.newest.see(self._dated)
        elif name in _DATES and self.parent == "transaction":
            self._dated = iso(text)
        elif name in _NUMBERS and self.parent == "transaction":
            self._number = text
        elif name == "linesCount" and self.parent == "transactions":
            self.told = text
        elif name == "numberEntries" and self.parent == "transactions":
            self.entries = text.strip()

    def _heard(self, name: str, text: str) -> None:
        if name == "amntTp":
            self._side = text
        elif name in {"amnt", "debitAmount"} and text:
            self._amount += Decimal(text)
        elif name == "creditAmount" and text:
            self._amount -= Decimal(text)
