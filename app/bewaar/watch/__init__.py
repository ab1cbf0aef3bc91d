"""Watching: which administrations may have changed, within about a second of a write.

What is heard here is a hint; only a scan knows. What cannot be watched is said: those
administrations must be scanned now and then. Nothing is polled but the places themselves, so that
one that goes and comes back is watched again.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bewaar.events import EventLog
from bewaar.model import Code
from bewaar.watch.spots import Gap, Spot
from bewaar.watch.tending import Tender

__all__ = ["Coverage", "Gap", "Watcher"]

QUIET = 0.5  # seconds in which several changes are told as one
TENDING = 2.0  # seconds between looks at whether the places are still the same folders
PAUSE = 60.0  # seconds after an unexpected failure
PATIENCE = 10.0  # seconds to wait for a thread that hangs in the system

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far watching reaches."""

    gaps: Mapping[Code, Gap] = field(default_factory=dict)  # to be scanned now and then

    @property
    def partly(self) -> bool:
        """Whether some changes go unnoticed until the next scan."""
        return bool(self.gaps)


class Watcher:
    """Watches the places of administrations and tells which were touched."""

    def __init__(self, events: EventLog, *, quiet: float = QUIET, tending: float = TENDING) -> None:
        """Publish `administration.touched` with its `code` into `events`."""
        self._events = events
        self._quiet = quiet
        self._tending = tending
        self._lock = threading.Lock()  # guards the next six; never held while watching is arranged
        self._wanted: Mapping[Code, Path] = {}
        self._pending: set[Code] = set()
        self._touched: set[Code] = set()
        self._coverage = Coverage()
        self._timer: threading.Timer | None = None
        self._stopped = False
        self._poked = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bewaar-watch", daemon=True)

    # ── For everybody ───────────────────────────────────────────────────────────────────────

    def update(self, places: Mapping[Code, Path]) -> None:
        """Watch these places and no others; returns at once.

        Each new one is told as touched when it is watched: what was scanned before may be stale.
        """
        with self._lock:
            self._wanted = dict(places)
            if self._thread.ident is None and not self._stopped:
                self._thread.start()
        self._poked.set()

    def changed(self) -> set[Code]:
        """Return the administrations touched since this was last asked."""
        with self._lock:
            touched, self._touched = self._touched, set()
        return touched

    def coverage(self) -> Coverage:
        """Return how far watching reaches now."""
        with self._lock:
            return self._coverage

    def stop(self) -> None:
        """Stop watching; no thread is left. May be called twice."""
        with self._lock:
            self._stopped = True
            timer, self._timer = self._timer, None
        self._poked.set()
        if timer:
            timer.cancel()
            timer.join()
        if self._thread.ident is not None:
            self._thread.join(PATIENCE)

    # ── Telling ─────────────────────────────────────────────────────────────────────────────

    def _hear(self, spot: Spot) -> None:
        with self._lock:
            self._pending.add(spot.code)
            if self._timer is None and not self._stopped:
                self._timer = threading.Timer(self._quiet, self._tell)
                self._timer.daemon = True
                self._timer.start()
        if spot.moved:
            self._poked.set()

    def _tell(self) -> None:
        with self._lock:
            self._timer = None
            told = self._pending & self._wanted.keys()
            self._pending.clear()
            self._touched |= told
        for code in sorted(told):
            self._events.publish("administration.touched", code=code)

    # ── Tending ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        tender = Tender(self._hear)
        while not self._stopped:
            pause = self._tending
            try:
                self._cover(tender.tend(self._wanted))
            except Exception:  # noqa: BLE001 - a watcher that ends in silence is the worst of all
                _log.exception("watching failed")
                tender.give_up()
                self._cover(dict.fromkeys(self._wanted, Gap.FAILED))
                pause = PAUSE
            self._poked.wait(pause)
            self._poked.clear()
        tender.give_up()

    def _cover(self, gaps: Mapping[Code, Gap]) -> None:
        with self._lock:
            self._coverage = Coverage(gaps=gaps)
