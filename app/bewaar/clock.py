"""The time, asked in one place.

Everything that depends on "now" is handed a clock, so tests can hand in their own and a clock
that jumps can be noticed. All times inside Bewaar are aware and in UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

DRIFT = timedelta(minutes=5)  # what an ordinary correction of the clock may be


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)
