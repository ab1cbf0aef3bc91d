"""Bookings that do not come to zero: how many there are, and the first of them by name.

Whoever is to mend them needs the voucher's number, its date, and how much is missing.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from bewaar.counting.base import Copy, Finding, finding

NAMED = 5  # of one file; how many there are is told besides
_LONGEST = 60  # characters of a voucher's name
_CREDIBLE = 15  # digits before the point; beyond them no sum is written out


class Imbalance:
    """The bookings of one file, one after the other."""

    def __init__(self) -> None:
        """Have seen none."""
        self.count = 0
        self._first: list[tuple[str, date | None, str]] = []

    def see(self, off: Decimal | Fraction | None, *, voucher: str, day: date | None) -> None:
        """Take one booking; `off` is what its rows leave over, None when that is unknown."""
        if not off:
            return
        self.count += 1
        if len(self._first) < NAMED:
            self._first.append((" ".join(voucher.split())[:_LONGEST] or "?", day, _written(off)))

    def findings(self, copy: Copy) -> tuple[Finding, ...]:
        """Return what is told of the file: nothing when all of them balance."""
        if not self.count:
            return ()
        each = (_named(voucher, day, off) for voucher, day, off in self._first)
        return (finding("counts.unbalanced", path=copy.path, n=self.count), *each)


def _named(voucher: str, day: date | None, off: str) -> Finding:
    if day is None:
        return finding("counts.voucher.undated", voucher=voucher, off=off)
    return finding("counts.voucher", voucher=voucher, day=day.isoformat(), off=off)


def _written(off: Decimal | Fraction) -> str:
    """Return an amount without its sign, with cents; "?" for one that no books can hold."""
    if isinstance(off, Decimal) and abs(off.adjusted()) > _CREDIBLE:
        return "?"
    exact = abs(Fraction(off))
    if exact > 10**_CREDIBLE:
        return "?"
    places = 2 if (exact * 100).denominator == 1 else 6
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):.{places}f}"
