"""SIE, the Swedish exchange file: its vouchers, each with rows that come to zero.

Only type 4 holds vouchers; types 1 to 3 hold balances. Texts are in code page 437, but all that
is counted is ASCII.
"""

import re
from datetime import date
from decimal import Decimal

from bewaar.counting.base import (
    Copy,
    CutShort,
    NoBookings,
    OtherKind,
    Tally,
    Uncountable,
    breaks_off,
    lines,
)
from bewaar.counting.imbalance import Imbalance
from bewaar.counting.newest import Newest, compact
from bewaar.progress import Progress

_ROW = re.compile(
    rb'#TRANS\s++(?:"[^"]*"|[^\s{"]++)\s*+\{(?:"[^"]*+"|[^"}]++)*+\}\s*+"?'
    rb'(-?\d{1,30}(?:[.,]\d{1,30})?)(?:["\s]|$)',
    re.IGNORECASE,
)

_FIELD = rb'(?:"(?:\\.|[^"\\]++)*+"|[^\s"]++)'
_VOUCHER = re.compile(
    rb"#VER\s+(" + _FIELD + rb")\s+(" + _FIELD + rb')(?:\s+"?(\d{8})"?(?:\s|$))?', re.IGNORECASE
)
_LAST = (b"}", b"#KSUMMA")  # what a file may end with, also when that line does not end
_BLANKS = b" \t\v\f\x1a"  # the last ends a file of DOS


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the vouchers."""
    file = _File()
    for line in lines(copy, progress):
        for each in line.split(b"\r"):
            if whole := each.strip(_BLANKS):
                file.take(whole)
    file.check_end(breaks_off=breaks_off(copy))
    return Tally(
        transactions=file.vouchers,
        newest=file.newest.day,
        findings=file.imbalance.findings(copy),
    )


class _File:
    """A file as far as it was read."""

    def __init__(self) -> None:
        self.vouchers = 0
        self.newest = Newest()
        self.imbalance = Imbalance()
        self._voucher = ""  # the one at hand
        self._day: date | None = None
        self._begun = False
        self._kind = b"1"  # what it is when it does not say
        self._announced = False  # a voucher whose rows have not begun
        self._inside = False
        self._summed = False  # between the two lines with a checksum
        self._last = b""
        self._sum: Decimal | None = Decimal()  # None: a row's amount was not understood

    def take(self, line: bytes) -> None:
        """Take the next line that is not empty."""
        label = self._last = line.split(None, 1)[0].upper()
        if not self._begun:
            self._begin(label)
        elif line == b"{":
            self._open()
        elif line == b"}":
            self._close()
        elif label == b"#VER":
            self._announce(line)
        elif label == b"#TRANS" and self._inside:
            self._add(line)
        elif label == b"#SIETYP":
            self._kind = line[len(label) :].strip().strip(b'"').upper()
        elif label == b"#KSUMMA":
            self._summed = not self._summed

    def check_end(self, *, breaks_off: bool) -> None:
        """Raise Uncountable unless the file is whole and of the kind that holds vouchers."""
        if not self._begun:
            raise OtherKind("no #FLAGGA")
        half = breaks_off and self._last not in _LAST
        if half or self._inside or self._announced or self._summed:
            raise CutShort("cut short")
        if self._kind not in {b"4", b"4E", b"4I"}:
            raise NoBookings("a type without vouchers")

    def _begin(self, label: bytes) -> None:
        if label.removeprefix(b"\xef\xbb\xbf") != b"#FLAGGA":
            raise OtherKind("no #FLAGGA")
        self._begun = True

    def _announce(self, line: bytes) -> None:
        if self._inside or self._announced:
            raise Uncountable("a voucher without rows")
        self._announced = True
        told = _VOUCHER.match(line)
        self._voucher = _name(told[1], told[2]) if told else ""
        self._day = compact(told[3].decode()) if told and told[3] else None
        self.newest.see(self._day)

    def _open(self) -> None:
        if self._inside:
            raise Uncountable("a voucher within a voucher")
        self._inside, self._announced = self._announced, False
        self._sum = Decimal()

    def _close(self) -> None:
        if self._inside:
            self.vouchers += 1
            self.imbalance.see(self._sum, voucher=self._voucher, day=self._day)
        self._inside = False

    def _add(self, line: bytes) -> None:
        amount = _ROW.match(line)
        if amount is None or self._sum is None:
            self._sum = None
        else:
            self._sum += Decimal(amount[1].replace(b",", b".").decode())


def _name(series: bytes, number: bytes) -> str:
    """Return a voucher's series and number as they are spoken: "A 12"."""
    return " ".join(each.strip(b'"').decode("cp437") for each in (series, number)).strip()
