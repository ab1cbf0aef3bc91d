"""The date of the newest booking: known with certainty, or unknown.

One date that is missing, or written in a way that is not understood, makes it unknown: a booking
that was overlooked might be the newest.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_LOOSE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SHAPES = {_ISO: (1, 2, 3), _LOOSE: (1, 3, 4), _COMPACT: (1, 2, 3)}
_AMERICAN = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_INSTANT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d) ?(\d\d):?\d\d:?\d\d")
_SAME_DAY = 10  # up to this hour of UTC it is midnight in the west, or GnuCash's own 10:59
_NEXT_DAY = 14  # from this one on it is midnight in the east, where the next day has begun


class Newest:
    """The latest of the dates that were seen."""

    def __init__(self) -> None:
        """Have seen none."""
        self._latest: date | None = None
        self._certain = True

    def see(self, day: date | None) -> None:
        """Take the date of one booking; None is one that was not understood."""
        if day is None:
            self._certain = False
        elif self._latest is None or day > self._latest:
            self._latest = day

    @property
    def day(self) -> date | None:
        """The latest, when all were understood and there was one."""
        return self._latest if self._certain else None


def newest(days: Iterable[date | None]) -> date | None:
    """Return the latest; one unknown makes it unknown."""
    seen = Newest()
    for day in days:
        seen.see(day)
    return seen.day


def iso(text: str) -> date | None:
    """Read "2026-01-31"."""
    return _read(_ISO, text)


def loose(text: str) -> date | None:
    """Read "2026/1/31", with whatever stands between."""
    return _read(_LOOSE, text)


def compact(text: str) -> date | None:
    """Read "20260131"."""
    return _read(_COMPACT, text)


def american(text: str) -> date | None:
    """Read "01/31/2026"."""
    match = _AMERICAN.fullmatch(text)
    return _valid(match[3], match[1], match[2]) if match else None


def ordinal(text: str) -> date | None:
    """Read the number of days since the year 1 began."""
    try:
        return date.fromordinal(int(text))
    except (ValueError, OverflowError):
        return None


def midnight(text: str) -> date | None:
    """Read an instant in UTC that was the beginning of a day, in a time zone nobody wrote down."""
    match = _INSTANT.fullmatch(text)
    day = _valid(match[1], match[2], match[3]) if match else None
    hour = int(match[4]) if match else 24
    if day is None or hour > 23 or _SAME_DAY < hour < _NEXT_DAY:
        return None
    return day + timedelta(days=1) if hour >= _NEXT_DAY else day


def _read(shape: re.Pattern[str], text: str) -> date | None:
    match = shape.fullmatch(text.strip())
    return _valid(*(match[group] for group in _SHAPES[shape])) if match else None


def _valid(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
