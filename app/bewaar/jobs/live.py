"""A job in flight: what it does, how far it is, what it brought."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bewaar.errors import BewaarError, Cancelled, Value
from bewaar.events import EventLog
from bewaar.model import BackupId, Code, Job, Note, StillOpen
from bewaar.progress import Progress, Stage

QUIET_SECONDS = 0.25  # progress is published at most that often


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a job brought; failures of single administrations do not stop the others."""

    backups: tuple[BackupId, ...] = ()
    failures: tuple[tuple[Code | None, BewaarError], ...] = ()
    result: Mapping[str, Value] = field(default_factory=dict)


Work = Callable[[Progress], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """How long a job waits for books to be closed before something else is done about it.

    Counted while Bewaar runs and the computer is awake, whatever its clock is set to: nobody was
    there to be asked meanwhile.
    """

    seconds: float
    verdict: Callable[[], StillOpen]  # asked when it is over
    since: float = field(default_factory=time.monotonic)

    @property
    def passed(self) -> float:
        """How many seconds of it are over."""
        return min(self.seconds, time.monotonic() - self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a job has to wait for."""

    held_by: Callable[[], str]  # whose books are open, as a name; "" = it may begin
    countdown: Countdown | None = None  # None: for as long as it takes


class LiveJob:
    """A job of this process that is not over."""

    def __init__(
        self, job: Job, work: Work, *, lasting: bool = False, gate: Gate | None = None
    ) -> None:
        """Hold the job with what it is to do; a `lasting` one can wait for the next start."""
        self.job = job
        self.work = work
        self.lasting = lasting
        self.gate = gate
        self.lane: str = job.destination or "here"
        self.stop = threading.Event()
        self.left = False  # for the next start
        self.over = threading.Event()
        self.turn = threading.RLock()  # its worker and who cancels it change it one at a time

    def change(self, **changes: Any) -> None:
        """Say something new of the job, as long as it is not over."""
        with self.turn:
            if not self.job.state.over:
                self.job = replace(self.job, **changes)


class JobProgress:
    """Progress of a live job: seen by readers of the job, published now and then."""

    def __init__(self, live: LiveJob, events: EventLog, watcher: Progress) -> None:
        """Report into the job, the events and one more watcher."""
        self._live = live
        self._events = events
        self._watcher = watcher
        self._published = 0.0

    def stage(self, stage: Stage, subject: str = "") -> None:
        """Enter a stage and publish it."""
        self._live.change(stage=stage.value, subject=subject, done=0, total=0)
        self._watcher.stage(stage, subject)
        self._publish(force=True)

    def step(self, done: int, total: int, item: str = "") -> None:
        """Keep the numbers now and then, and publish them: thousands of files, as many steps."""
        if done < total and not self._loud():
            return
        self._live.change(done=done, total=total)
        self._watcher.step(done, total, item)
        self._publish(force=False)

    def note(self, code: str, /, **params: str | int) -> None:
        """Keep a note with the job."""
        note = Note(code=code, params=params)
        with self._live.turn:
            self._live.change(notes=(*self._live.job.notes, note))
        self._watcher.note(code, **params)

    def check(self) -> None:
        """Raise Cancelled when the job was asked to stop."""
        if self._live.stop.is_set():
            raise Cancelled
        self._watcher.check()

    def _loud(self) -> bool:
        return time.monotonic() - self._published >= QUIET_SECONDS

    def _publish(self, *, force: bool) -> None:
        if force or self._loud():
            self._published = time.monotonic()
            self._events.publish("job.progress", job=self._live.job.id)
