"""Jobs that wait until the books are closed: one thread looks now and then whether they are.

They stand in no lane meanwhile, so nothing else waits for them. While one counts down, `done` of
its `total` seconds are over; then it begins, is postponed, or waits as long as it takes.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

from bewaar.errors import SourceOpen
from bewaar.jobs.live import Countdown, LiveJob, Outcome
from bewaar.model import StillOpen
from bewaar.progress import Progress, Stage

LOOK_SECONDS = 2.0  # between two looks: so soon a backup begins after the last one left

LOG = logging.getLogger(__name__)


class WaitingRoom:
    """Where they wait; whoever may begin is handed to `admit`."""

    def __init__(
        self,
        lock: AbstractContextManager[object],
        admit: Callable[[LiveJob], None],
        waits_on: Callable[[LiveJob], None],
    ) -> None:
        """Change nothing without the queue's `lock`; start no thread.

        `waits_on` is told of each whose countdown is over and that goes on waiting.
        """
        self._lock = lock
        self._admit = admit
        self._waits_on = waits_on
        self._waiting: list[LiveJob] = []
        self._looker: threading.Thread | None = None
        self._closed = threading.Event()

    def take(self, live: LiveJob) -> bool:
        """Let a job wait when it has to; return whether it does."""
        if not self._still_waits(live):
            return False
        with self._lock:
            self._waiting.append(live)
        return True

    def leave(self, live: LiveJob) -> bool:
        """Let a job wait no more; return whether it did."""
        with self._lock:
            waits = live in self._waiting
            if waits:
                self._waiting.remove(live)
        return waits

    def start(self) -> None:
        """Look from now on, as long as somebody waits; may be called again."""
        with self._lock:
            if self._waiting and self._looker is None and not self._closed.is_set():
                self._looker = threading.Thread(target=self._look, name="closing", daemon=True)
                self._looker.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _look(self) -> None:
        while not self._closed.wait(LOOK_SECONDS):
            with self._lock:
                waiting = list(self._waiting)
                if not waiting:
                    self._looker = None
                    return
            for live in waiting:
                if not self._still_waits(live) and not self._closed.is_set():
                    self._let_in(live)

    def _still_waits(self, live: LiveJob) -> bool:
        """Whether it has to wait; that it waits on although its countdown is over is told."""
        counted = _countdown(live)
        waits = _has_to_wait(live)
        if waits and counted and not _countdown(live):
            self._waits_on(live)
        return waits

    def _let_in(self, live: LiveJob) -> None:
        with self._lock:
            if self.leave(live):  # nobody cancelled it meanwhile
                self._admit(live)


def open_gate(live: LiveJob) -> None:
    """Let a job wait only for its turn from now on."""
    live.gate = None
    live.change(stage=Stage.WAITING.value, subject="", done=0, total=0)


def wait_here(live: LiveJob, progress: Progress) -> None:
    """Wait in this thread until a job may begin. Raises Cancelled."""
    told = ""
    while _has_to_wait(live):
        counted = live.job
        if counted.subject != told:
            progress.stage(Stage.CLOSING, told := counted.subject)
        else:
            progress.step(counted.done, counted.total)
        progress.check()
        live.stop.wait(LOOK_SECONDS)


def put_off(live: LiveJob, seconds: float) -> None:
    """Count anew, so many seconds, where a job counts down."""
    with live.turn:
        if live.gate and live.gate.countdown:
            later = replace(live.gate.countdown, seconds=seconds, since=time.monotonic())
            live.gate = replace(live.gate, countdown=later)
            live.change(done=0, total=int(seconds))


def _has_to_wait(live: LiveJob) -> bool:
    """Whether its gate is shut; what the gate cannot tell, the job itself will meet."""
    gate = live.gate
    if gate is None:
        return False
    try:
        subject = gate.held_by()
    except Exception:
        LOG.exception("nobody can tell what job %s waits for", live.job.id)
        subject = ""
    if not subject:
        open_gate(live)
        return False
    with live.turn:
        if live.gate is not gate:  # opened or put off while we looked
            return live.gate is not None
        live.change(stage=Stage.CLOSING.value, subject=subject)
    return not _time_is_up(live, gate.countdown, subject)


def _time_is_up(live: LiveJob, countdown: Countdown | None, subject: str) -> bool:
    """Count down, and return whether the job begins although the books are open."""
    if countdown is None:
        return False
    passed, total = countdown.passed, countdown.seconds
    live.change(done=int(passed), total=int(total))
    if passed < total:
        return False
    verdict = _verdict(live, countdown)
    with live.turn:
        if _countdown(live) is not countdown:  # put off meanwhile
            return False
        if verdict is StillOpen.WAIT:
            live.gate = replace(live.gate, countdown=None) if live.gate else None
            live.change(done=0, total=0)
            return False
        if verdict is StillOpen.POSTPONE:
            live.work = partial(_refuse, subject)
        open_gate(live)
        return True


def _verdict(live: LiveJob, countdown: Countdown) -> StillOpen:
    """Return what follows a countdown; what nobody can tell does nothing."""
    try:
        return countdown.verdict()
    except Exception:
        LOG.exception("nobody can tell what follows the countdown of job %s", live.job.id)
        return StillOpen.WAIT


def _countdown(live: LiveJob) -> Countdown | None:
    return live.gate.countdown if live.gate else None


def _refuse(subject: str, _: Progress) -> Outcome:
    """Do a postponed job: say why nothing was done."""
    raise SourceOpen(name=subject)
