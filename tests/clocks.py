"""A clock that tests set by hand."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class SetClock:
    """Tells the time it was given, until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass, or go back: `move(hours=1)`."""
        self.at += timedelta(**by)
