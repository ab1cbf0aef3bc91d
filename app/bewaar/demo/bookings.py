"""What a small business books: always the same sales, purchases and bank costs for a name."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ACCOUNTS = {  # name → GnuCash's type
    "Kas": "CASH",
    "Rekening-courant": "BANK",
    "Debiteuren": "RECEIVABLE",
    "Crediteuren": "PAYABLE",
    "Omzet hoog tarief": "INCOME",
    "Omzet laag tarief": "INCOME",
    "Inkoop": "EXPENSE",
    "Huur": "EXPENSE",
    "Energie": "EXPENSE",
    "Bankkosten": "EXPENSE",
}
_KINDS = (  # text, debit, credit, least and most in cents
    ("Dagontvangst winkel", "Kas", "Omzet laag tarief", 31_000, 94_000),
    ("Dagontvangst pin", "Rekening-courant", "Omzet laag tarief", 52_000, 148_000),
    ("Factuur lunchroom De Brug", "Debiteuren", "Omzet laag tarief", 8_400, 22_000),
    ("Ontvangen van lunchroom De Brug", "Rekening-courant", "Debiteuren", 8_400, 22_000),
    ("Meelfabriek De Ster", "Inkoop", "Crediteuren", 24_000, 61_000),
    ("Betaald aan De Ster", "Crediteuren", "Rekening-courant", 24_000, 61_000),
    ("Verhuur zaal", "Debiteuren", "Omzet hoog tarief", 12_500, 45_000),
    ("Huur pand Kerkstraat", "Huur", "Rekening-courant", 185_000, 185_000),
    ("Gas en stroom", "Energie", "Rekening-courant", 38_000, 72_000),
    ("Bankkosten", "Bankkosten", "Rekening-courant", 995, 1_850),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One balanced transaction: an amount in cents from one account to another."""

    id: str  # 32 hexadecimal digits
    day: date
    text: str
    debit: str
    credit: str
    cents: int


def guid(*words: object) -> str:
    """Return 32 hexadecimal digits, always the same for the same words."""
    return hashlib.blake2b("/".join(map(str, words)).encode(), digest_size=16).hexdigest()


def bookings(of: str, per_day: int, first: date, last: date) -> Sequence[Booking]:
    """Return what was booked from one day through another; a later day only adds to it."""
    dice = random.Random(of)  # noqa: S311
    days = (first + timedelta(days=day) for day in range((last - first).days + 1))
    return [_booking(of, day, number, dice) for day in days for number in range(per_day)]


def _booking(of: str, day: date, number: int, dice: random.Random) -> Booking:
    text, debit, credit, least, most = dice.choice(_KINDS)
    return Booking(
        id=guid(of, day, number),
        day=day,
        text=text,
        debit=debit,
        credit=credit,
        cents=dice.randint(least, most),
    )
