"""SAF-T, the audit file of several countries: the bookings in its journals."""

from datetime import date

from bewaar.counting.base import Copy, NoBookings, Tally, blocks, declared
from bewaar.counting.elements import Walk, walk
from bewaar.counting.newest import Newest, iso
from bewaar.progress import Progress

_LINES = {"Line", "DebitLine", "CreditLine", "TransactionLine"}


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions. Many files hold invoices only: then they are unknown."""
    file = _File()
    walk(blocks(copy, progress), file)
    if not file.whole:
        raise NoBookings("no GeneralLedgerEntries")
    of_lines = file.told.strip() == str(file.lines)  # some countries count those
    return Tally(
        transactions=file.transactions,
        newest=file.newest.day,
        findings=() if of_lines else declared(copy, file.told, file.transactions),
    )


class _File(Walk):
    root = "AuditFile"
    texts = frozenset({"NumberOfEntries", "TransactionDate"})

    def __init__(self) -> None:
        super().__init__()
        self.transactions = self.lines = 0
        self.newest = Newest()
        self._dated: date | None = None
        self.told = ""
        self.whole = False

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "GeneralLedgerEntries":
            self.whole = True
        elif name == "Transaction" and self.parent == "Journal":
            self.transactions += 1
            self._dated = None
        elif name in _LINES and "Transaction" in self.path:
            self.lines += 1

    def closes(self, name: str, text: str) -> None:
        if name == "NumberOfEntries" and self.parent == "GeneralLedgerEntries":
            self.told = text
        elif name == "TransactionDate" and self.parent == "Transaction":
            self._dated = iso(text.strip()[:10])
        elif name == "Transaction" and self.parent == "Journal":
            self.newest.see(self._dated)
