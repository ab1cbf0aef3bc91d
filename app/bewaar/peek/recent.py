"""What was looked into last, kept for a few minutes: leafing through a large backup opens it once.

One only, since the list of a backup with 70,000 files takes some 50 MB.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bewaar.clock import Clock

Looked = TypeVar("Looked")
KEPT = timedelta(minutes=3)  # after the last look


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept(Generic[Looked]):
    key: object
    looked: Looked
    at: datetime


class Recent(Generic[Looked]):
    """The last thing that was looked into."""

    def __init__(self, clock: Clock) -> None:
        """Have looked into nothing."""
        self._clock = clock
        self._lock = threading.Lock()
        self._looking: dict[object, threading.Lock] = {}
        self._kept: _Kept[Looked] | None = None

    def look(self, key: object, look: Callable[[], Looked]) -> Looked:
        """Return what `look` returns; the last answer again for the same key.

        Who asks for what somebody else is just looking into waits for that: large lists are read
        once.
        """
        with self._lock:
            alone = self._looking.setdefault(key, threading.Lock())
        try:
            with alone:
                return self._looked(key, look)
        finally:
            with self._lock:
                self._looking.pop(key, None)

    def _looked(self, key: object, look: Callable[[], Looked]) -> Looked:
        with self._lock:
            kept = self._kept
        looked = kept.looked if kept and kept.key == key and self._is_fresh(kept) else look()
        with self._lock:
            self._kept = _Kept(key=key, looked=looked, at=self._clock.now())
        return looked

    def expire(self) -> None:
        """Forget it when nobody looked for a while."""
        with self._lock:
            if self._kept and not self._is_fresh(self._kept):
                self._kept = None

    def _is_fresh(self, kept: _Kept[Looked]) -> bool:
        return timedelta() <= self._clock.now() - kept.at <= KEPT
