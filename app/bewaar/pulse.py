"""The beat of a running Bewaar: look, judge, begin what is due, or remind.

Nothing is scheduled, so nothing is missed. Changes on disk arrive as hints and are looked at within
a second; every few minutes everything is looked at anyway. Each beat asks the stored facts afresh,
so sleep and clock jumps are over with the next one.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bewaar import restore as restoring
from bewaar import today
from bewaar.errors import BewaarError
from bewaar.events import EventLog
from bewaar.jobs import JobQueue
from bewaar.kit import Kit
from bewaar.model import Administration, Code, Recovery, State
from bewaar.observe import Observer
from bewaar.overview import Overview
from bewaar.places import Places
from bewaar.policy import has_arrived, reminder_due, snooze_until
from bewaar.settings import SettingsFile
from bewaar.unasked import Unasked
from bewaar.watch import Watcher

LOG = logging.getLogger(__name__)
SCAN_EVERY = timedelta(minutes=10)
SCAN_GAPS_EVERY = timedelta(minutes=3)  # what cannot be watched: shares, very large trees
LONG_AWAY = timedelta(days=14)  # or the clock leapt: for good things go at the next start only
NOTE_TIME_EVERY = timedelta(minutes=10)  # how often the present is written down
FIRST_LOOK_SECONDS = 2.0  # after a start a page waits that long for the first look
LISTEN_SECONDS = 60.0

_LASTING = frozenset({"away", "kept", "stuck"})  # outcomes that are found again at every look


class Pulse:
    """Keeps what is known of the books fresh."""

    def __init__(
        self,
        *,
        kit: Kit,
        settings: SettingsFile,
        observer: Observer,
        places: Places,
        jobs: JobQueue,
        unasked: Unasked,
        events: EventLog,
    ) -> None:
        """Use these rooms; start no thread."""
        self._kit = kit
        self._settings = settings
        self._observer = observer
        self._places = places
        self._jobs = jobs
        self._unasked = unasked
        self._judging = threading.Lock()
        self._events = events
        self._watcher = Watcher(events)
        self._told: set[tuple[Path, str]] = set()  # of restores, what lasts: once is enough
        self._listener: threading.Thread | None = None
        self._living = False
        self._looked = threading.Event()
        self._patience_ends = 0.0
        self._scan_began: datetime | None = None
        self._gaps_seen_at: datetime | None = None
        self._doubted = False

    # ── living ──────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Look at everything in the background, then at whatever is touched."""
        self._living = True
        self._patience_ends = time.monotonic() + FIRST_LOOK_SECONDS
        self.rewatch()
        self._listener = threading.Thread(target=self._listen, name="pulse", daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Stop watching."""
        self._living = False
        self._watcher.stop()
        self._events.publish("closing")
        if self._listener:
            self._listener.join(FIRST_LOOK_SECONDS)

    def tick(self) -> None:
        """Look at what is due for a look, note the time, begin backups that are due or remind."""
        now = self._kit.clock.now()
        self._note_time(now)
        if self._scan_began is None or abs(now - self._scan_began) >= SCAN_EVERY:
            self._recover()  # a drive or a server may be back
            self.scan()
        elif self._gaps_seen_at is None or abs(now - self._gaps_seen_at) >= SCAN_GAPS_EVERY:
            self._gaps_seen_at = now
            self._scan_some(self._watcher.coverage().gaps.keys())
        else:
            self._scan_some(self._being_made())
        self._judge()

    def rewatch(self) -> None:
        """Watch the places of the administrations as they are set up now."""
        if self._living:
            self._watcher.update({a.code: a.place for a in self._administrations()})
        self._events.publish("settings.changed")

    def scan(self) -> None:
        """Look at every administration."""
        self._scan_began = self._kit.clock.now()
        self._observer.scan(self._administrations())
        self._looked.set()

    def settle_restores(self) -> None:
        """Finish or undo what a start found half-way; what was kept long enough goes."""
        self._recover()
        if self._time_is_sure():
            journal = restoring.Journal(self._kit.home.journal)
            self._tell(restoring.expire(journal, self._kit.clock, restoring.grounds(self._kit)))

    def _recover(self) -> None:
        journal, locks = restoring.Journal(self._kit.home.journal), self._kit.home.locks
        grounds = restoring.grounds(self._kit)
        self._tell(restoring.recover(journal, locks, self._kit.clock, grounds))

    def _tell(self, recoveries: Iterable[Recovery]) -> None:
        """Keep what became of restores to be read, each once."""
        told = {(r.place, r.outcome) for r in self._kit.catalogue.recoveries.unread()} | self._told
        for recovery in recoveries:
            if (recovery.place, recovery.outcome) in told:
                continue
            if recovery.outcome in _LASTING:
                self._told.add((recovery.place, recovery.outcome))
            self._kit.catalogue.recoveries.add(recovery)
            self._events.publish("recovery", place=str(recovery.place), outcome=recovery.outcome)

    def _time_is_sure(self) -> bool:
        """Whether the clock neither went back nor leapt ahead since the time was last noted."""
        newest = self._kit.catalogue.newest_moment()
        leapt = newest is None or self._kit.clock.now() - newest > LONG_AWAY
        return not leapt and not today.in_doubt(self._kit)

    def snooze(self) -> None:
        """Stay quiet until tomorrow."""
        until = snooze_until(self._kit.clock.now(), self._settings.current().policy)
        self._kit.catalogue.facts.remember("snoozed_until", until)

    def trust_clock(self) -> None:
        """Take the computer's time as right from now on, although it went back."""
        now = self._kit.clock.now()
        self._kit.catalogue.facts.remember("newest_moment", now)
        self._observer.trust(now)
        self._scan_began = None

    # ── telling ─────────────────────────────────────────────────────────────────────────────

    def states(self) -> tuple[State, ...]:
        """Return how each administration stands; one not looked at yet is unknown."""
        if not self._living and self._scan_began is None:
            self.scan()
        self._looked.wait(max(0.0, self._patience_ends - time.monotonic()))
        return today.states(
            self._settings.current(),
            self._kit,
            self._observer.latest,
            scanned_at=self._scan_began,
        )

    def overview(self) -> Overview:
        """Return everything Today needs at one instant."""
        return Overview(
            at=self._kit.clock.now(),
            states=self.states(),
            destinations=self._places.states(),
            candidates=self._places.candidates(),
            running=self._jobs.running(),
            held=self._jobs.held(),
            failures=self._kit.catalogue.failures.unread(),
            recoveries=self._kit.catalogue.recoveries.unread(),
            days=today.calendar(self._kit),
            clock_doubt=today.in_doubt(self._kit),
            postponed=self._unasked.postponed,
            fewer=today.drops(self._settings.current(), self._kit.catalogue),
        )

    # ── the beat ────────────────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        cursor = self._events.since(0).cursor
        self._guarded(self.scan)
        self._looked.set()
        while self._living:
            news = self._events.wait(cursor, timeout=LISTEN_SECONDS)
            cursor = news.cursor
            if news.gap:
                self._guarded(self.scan)
            touched = {
                Code(str(event.params["code"]))
                for event in news.events
                if event.code == "administration.touched"
            }
            self._guarded(partial(self._scan_some, touched))
            if any(event.code == "drive.plugged" for event in news.events):
                self._guarded(self._judge)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Run a part of the beat; a failure is logged and the heart goes on."""
        try:
            action()
        except BewaarError:
            LOG.exception("looking at the books failed")

    def _scan_some(self, codes: AbstractSet[Code]) -> None:
        if codes:
            self._observer.scan(a for a in self._administrations() if a.code in codes)

    def _being_made(self) -> set[Code]:
        """Return where a program was in the middle of making a backup at the last look."""
        latest = {each.code: self._observer.latest(each.code) for each in self._administrations()}
        return {code for code, seen in latest.items() if seen and seen.vault and seen.vault.growing}

    def _note_time(self, now: datetime) -> None:
        """Write the present down now and then, so that a clock set back is noticed."""
        newest = self._kit.catalogue.newest_moment()
        doubt = today.in_doubt(self._kit)
        if doubt != self._doubted:
            self._doubted = doubt
            self._events.publish("clock.doubt", doubt=doubt)
        if newest is None or now - newest >= NOTE_TIME_EVERY:
            self._kit.catalogue.facts.remember("newest_moment", now)

    def _judge(self) -> None:
        """Begin what is overdue where that can be; remind of the rest."""
        with self._judging:  # the beat and a drive that is plugged in may come at once
            wanted = [each for each in self.states() if each.overdue_since or has_arrived(each)]
            if self._living:
                wanted = self._unasked.begin(wanted)
            overdue = [state for state in wanted if state.overdue_since]
            if overdue:
                self._remind(self._kit.clock.now(), overdue)

    def _remind(self, now: datetime, overdue: Sequence[State]) -> None:
        self._kit.catalogue.observations.mark_overdue(now.astimezone().date())
        facts = self._kit.catalogue.facts
        if reminder_due(
            now,
            overdue,
            general=self._settings.current().policy,
            snoozed_until=facts.moment("snoozed_until"),
            last_reminded_at=facts.moment("reminded_at"),
        ):
            facts.remember("reminded_at", now)
            self._events.publish("reminder.due", count=len(overdue))

    def _administrations(self) -> tuple[Administration, ...]:
        return self._settings.current().administrations
