"""How a ledger in plain text ends: whether its last booking is whole.

People often leave out the end of the last line, and so does a copy that broke off. A last booking
that comes to zero is whole; of any other nothing is certain.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

_NOTE = re.compile(rb"\s*(?:;|[a-z][\w-]*:(?:\s|$))")
_POSTING = re.compile(rb"(?:[*!]\s+)?(\S(?:\S++| (?! ))*+)(?:(?: {2}|\t)\s*(.+))?")
_CLOSE = re.compile(rb"(?:[*!]\s+)?(\S+:\S+) +(-?[\d.,]+ [A-Z]\S*)")  # with one blank between
_AMOUNT = re.compile(rb"(-?)([^\d\s.,;-]*) ?(-?)(\d{1,30}(?:[.,]\d{1,2})?) ?([^\d\s;]*)")


def ends_whole(lines: Iterable[bytes]) -> bool:
    """Return whether the last line is the last one of a booking that comes to zero."""
    seen: set[bytes] = set()  # accounts in the lines before
    booking: list[tuple[bytes, bytes]] = []  # account and amount of each posting of the last one
    last = b""
    for line in lines:
        if last[:1].isspace():
            seen.update(account for account, _ in booking[-1:])
        if not line[:1].isspace():
            booking = []
        elif not _NOTE.match(line) and (posting := _posting(line)):
            booking.append(posting)
        last = line
    return bool(booking) and not _NOTE.match(last) and _comes_to_zero(booking, seen)


def _posting(line: bytes) -> tuple[bytes, bytes] | None:
    """Return account and amount, b"" where it is left out."""
    text = line.partition(b" ;")[0].strip()
    found = _CLOSE.fullmatch(text) or _POSTING.fullmatch(text)
    return (found[1], (found[2] or b"").strip()) if found else None


def _comes_to_zero(booking: Sequence[tuple[bytes, bytes]], seen: set[bytes]) -> bool:
    """Return whether the amounts do, or one of them is left out for an account that is known."""
    sums: dict[bytes, Decimal] = defaultdict(Decimal)
    open_ = []
    for account, amount in booking:
        if not amount:
            open_.append(account)
        elif told := _AMOUNT.fullmatch(amount):
            value = Decimal(told[4].replace(b",", b".").decode())
            sums[told[2] or told[5]] += -value if told[1] or told[3] else value
        else:
            return False
    if open_:
        return len(open_) == 1 and bool(sums) and open_[0] in seen
    return len(booking) > 1 and not any(sums.values())
