"""Jobs that wait until the books are closed: one thread looks now and then whether they are.

They stand in no lane meanwhile, so nothing else waits for them.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from bewaar.jobs.live import LiveJob
from bewaar.progress import Progress, Stage

LOOK_SECONDS = 2.0  # between two looks: so soon a backup begins after the last one left

LOG = logging.getLogger(__name__)


class WaitingRoom:
    """Where they wait; whoever may begin is handed to `admit`."""

    def __init__(
        self, lock: AbstractContextManager[object], admit: Callable[[LiveJob], None]
    ) -> None:
        """Change nothing without the queue's `lock`; start no thread."""
        self._lock = lock
        self._admit = admit
        self._waiting: list[LiveJob] = []
        self._looker: threading.Thread | None = None
        self._closed = threading.Event()

    def take(self, live: LiveJob) -> bool:
        """Let a job wait when it has to; return whether it does."""
        if not _has_to_wait(live):
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
                if not _has_to_wait(live) and not self._closed.is_set():
                    self._let_in(live)

    def _let_in(self, live: LiveJob) -> None:
        with self._lock:
            if self.leave(live):  # nobody cancelled it meanwhile
                self._admit(live)


def open_gate(live: LiveJob) -> None:
    """Let a job wait only for its turn from now on."""
    live.gate = None
    live.change(stage=Stage.WAITING.value, subject="")


def wait_here(live: LiveJob, progress: Progress) -> None:
    """Wait in this thread until a job may begin. Raises Cancelled."""
    while _has_to_wait(live):
        progress.stage(Stage.CLOSING, live.job.subject)
        progress.check()
        live.stop.wait(LOOK_SECONDS)


def _has_to_wait(live: LiveJob) -> bool:
    """Whether its gate is shut; what the gate cannot tell, the job itself will meet."""
    if live.gate is None:
        return False
    try:
        subject = live.gate()
    except Exception:
        LOG.exception("nobody can tell what job %s waits for", live.job.id)
        subject = ""
    if not subject:
        open_gate(live)
        return False
    live.change(stage=Stage.CLOSING.value, subject=subject)
    return True
