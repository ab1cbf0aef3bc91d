"""SAF-T, the audit file of several countries: the bookings in its journals."""

from bewaar.counting.base import Copy, Tally, Uncountable, blocks, declared
from bewaar.counting.elements import Walk, walk
from bewaar.progress import Progress


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the transactions. Many files hold invoices only: then they are unknown."""
    file = _File()
    walk(blocks(copy, progress), file)
    if not file.whole:
        raise Uncountable("no GeneralLedgerEntries")
    return Tally(
        transactions=file.transactions, findings=declared(copy, file.told, file.transactions)
    )


class _File(Walk):
    root = "AuditFile"
    texts = frozenset({"NumberOfEntries"})

    def __init__(self) -> None:
        super().__init__()
        self.transactions = 0
        self.told = ""
        self.whole = False

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "GeneralLedgerEntries":
            self.whole = True
        elif name == "Transaction" and self.parent == "Journal":
            self.transactions += 1

    def closes(self, name: str, text: str) -> None:
        if name == "NumberOfEntries" and self.parent == "GeneralLedgerEntries":
            self.told = text
