"""The queue of long operations: one worker per destination, cancel, history.

A state is written to the catalogue first and published afterwards. A worker lives only while its
lane has work. Two processes take turns on a destination through a lock file; a job whose process
is gone is "interrupted", and taken up again at the next start where that is safe.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from filelock import Timeout

from bewaar.catalogue import Catalogue
from bewaar.clock import Clock
from bewaar.errors import DestinationBusy, JobUnknown, Value
from bewaar.events import EventLog
from bewaar.jobs import asked, making
from bewaar.jobs.asked import Request
from bewaar.jobs.closing import WaitingRoom, open_gate, put_off
from bewaar.jobs.course import Course
from bewaar.jobs.live import Countdown, Gate, LiveJob, Outcome, Work
from bewaar.jobs.presence import Presence, living_jobs, settle_interrupted
from bewaar.jobs.turns import take_turn
from bewaar.model import Code, DestinationId, Job, JobId, JobKind, JobState
from bewaar.paths import Home
from bewaar.progress import SILENT, Progress, Stage

__all__ = ["Countdown", "Gate", "JobQueue", "Outcome", "Request", "Work"]


class JobQueue:
    """All jobs of this process, and the history of every process."""

    def __init__(self, *, home: Home, catalogue: Catalogue, events: EventLog, clock: Clock) -> None:
        """Name jobs interrupted whose process is gone; start no thread."""
        self._home = home
        self._catalogue = catalogue
        self._events = events
        self._clock = clock
        self._lock = threading.RLock()
        self._live: dict[JobId, LiveJob] = {}
        self._lanes: dict[str, deque[LiveJob]] = {}
        self._workers: dict[str, threading.Thread] = {}
        self._closing = WaitingRoom(self._lock, self._line_up, self._waits_on)
        self._working = False
        self.interrupted = settle_interrupted(catalogue, home.locks, clock)
        self._presence = Presence(home.locks)
        self._course = Course(
            home=home,
            catalogue=catalogue,
            events=events,
            clock=clock,
            owner=self._presence.name,
            over=self._is_over,
        )

    # ── asking ──────────────────────────────────────────────────────────────────────────────

    def newest(self, limit: int) -> tuple[Job, ...]:
        """Return the latest jobs of every process, newest first, live ones as they are now."""
        return tuple(self._now(job) for job in self._catalogue.jobs.newest(limit))

    def get(self, id: JobId) -> Job:
        """Return one job. Raises JobUnknown."""
        with self._lock:
            live = self._live.get(id)
        return live.job if live else self._catalogue.jobs.get(id)

    def running(self) -> tuple[Job, ...]:
        """Return this process's jobs that run or have their turn soon, in the order of asking."""
        return tuple(job for job in self._not_over() if job.stage != Stage.CLOSING)

    def held(self) -> tuple[Job, ...]:
        """Return those that wait until the books are closed."""
        return tuple(job for job in self._not_over() if job.stage == Stage.CLOSING)

    def _not_over(self) -> list[Job]:
        with self._lock:
            return [live.job for live in self._live.values() if not live.job.state.over]

    def is_alone(self) -> bool:
        """Return whether no other process of Bewaar lives."""
        return self._presence.is_alone()

    def under_way(self) -> dict[Code, datetime]:
        """Return which administrations a job of any living process is about, and since when."""
        jobs = living_jobs(self._catalogue, self._home.locks)
        return {code: job.queued_at for job in jobs for code in job.codes}

    def _now(self, job: Job) -> Job:
        with self._lock:
            live = self._live.get(job.id)
        return live.job if live else job

    # ── doing ───────────────────────────────────────────────────────────────────────────────

    def submit(  # noqa: PLR0913 - each says another thing of a job
        self,
        kind: JobKind,
        work: Work,
        *,
        destination: DestinationId | None = None,
        codes: tuple[Code, ...] = (),
        file: str = "",
        request: Request | None = None,
        by_itself: bool = False,
        gate: Gate | None = None,
    ) -> Job:
        """Queue an operation; jobs of one destination run one after the other.

        With its `request` a later start can take it up. What runs `by_itself` yields to all else.
        While its `gate` is shut, it waits and nothing waits for it.
        """
        job = making.asked_for(
            kind,
            self._clock.now(),
            destination=destination,
            codes=codes,
            file=file,
            by_itself=by_itself,
        )
        written = asked.written(request)
        self._catalogue.jobs.save(job, owner=self._presence.name, request=written)
        live = LiveJob(job, work, lasting=written is not None, gate=gate)
        self._enqueue(live)
        return live.job

    def record(
        self,
        kind: JobKind,
        *,
        destination: DestinationId,
        codes: tuple[Code, ...],
        file: str,
        result: Mapping[str, Value],
    ) -> Job:
        """Write into the history what was done at once, without waiting for a turn."""
        asked_for = making.asked_for(
            kind, self._clock.now(), destination=destination, codes=codes, file=file
        )
        job = making.done_at_once(asked_for, result)
        self._catalogue.jobs.save(job, owner=self._presence.name)
        return job

    def _enqueue(self, live: LiveJob) -> None:
        with self._lock:
            self._live[live.job.id] = live
        if not self._closing.take(live):  # looking who has the books open takes its time
            self._line_up(live)
        elif self._working:
            self._closing.start()
        self._events.publish("job.queued", job=live.job.id, kind=live.job.kind.value)

    def _line_up(self, live: LiveJob) -> None:
        with self._lock:
            self._lanes.setdefault(live.lane, deque()).append(live)
            if self._working:
                self._employ(live.lane)

    def take_up(
        self, work_for: Callable[[Request], Work], gate_for: Callable[[Request], Gate | None]
    ) -> list[Job]:
        """Queue again, in the old order, what was cut short and can be done all the same."""
        taken = []
        for job, text in self._catalogue.jobs.cut_short():
            request = asked.read(job.kind, text)
            if request is None:
                continue
            again = making.taken_up(job)
            if self._catalogue.jobs.take_up(again, owner=self._presence.name):
                gate = gate_for(request)
                self._enqueue(LiveJob(again, work_for(request), lasting=True, gate=gate))
                taken.append(again)
        return taken

    def start(self) -> None:
        """Let workers take up what is queued, now and later."""
        with self._lock:
            self._working = True
            self._closing.start()
            for lane in list(self._lanes):
                self._employ(lane)

    def run_here(self, id: JobId, progress: Progress) -> Job:
        """Run a queued job in this thread and return it when it is over."""
        with self._lock:
            live = self._live.get(id)
            if live is None:
                raise JobUnknown(id=id)
            self._take_out(live)
        self._course.run(live, progress)
        return live.job

    def wait(self, id: JobId, *, timeout: float | None) -> Job:
        """Wait until a job is over, at most `timeout` seconds, and return it as it is then."""
        with self._lock:
            live = self._live.get(id)
        if live:
            live.over.wait(timeout)
        return self.get(id)

    def begin_now(self, id: JobId) -> None:
        """Let a job that waits until books are closed begin at once."""
        with self._lock:
            live = self._live.get(id)
        if live and self._closing.leave(live):
            open_gate(live)
            self._line_up(live)
            self._events.publish("job.changed", job=id, state=live.job.state.value)

    def put_off(self, id: JobId, seconds: float) -> None:
        """Let a job that counts down until books are to be closed count so many seconds anew."""
        with self._lock:
            live = self._live.get(id)
        if live:
            put_off(live, seconds)
            self._events.publish("job.changed", job=id, state=live.job.state.value)

    def _waits_on(self, live: LiveJob) -> None:
        self._events.publish("closing.over", job=live.job.id)

    def cancel(self, id: JobId) -> None:
        """Ask a job to stop at its next safe point; a job that is over stays as it is."""
        with self._lock:
            live = self._live.get(id)
            if live is None or live.job.state.over:
                return
            live.stop.set()
            queued = self._take_out(live)
        if queued:
            self._course.finish(live, JobState.CANCELLED)
        else:
            self._course.enter(live, JobState.STOPPING)

    def _take_out(self, live: LiveJob) -> bool:
        """Let a job wait no more; return whether it did, for its turn or until books are closed."""
        lane = self._lanes.get(live.lane, deque())
        if live in lane:
            lane.remove(live)
            return True
        return self._closing.leave(live)

    @contextmanager
    def turn(self, destination: DestinationId) -> Iterator[None]:
        """Have a destination for oneself during a short block. Raises DestinationBusy."""
        try:
            turn = take_turn(self._home.locks, destination)
        except Timeout as error:
            raise DestinationBusy(name=destination) from error
        with turn:
            yield

    def close(self, *, timeout: float) -> None:
        """Ask every job to stop and wait for them, so that nothing is left half-way.

        What only waits, and can be taken up, stays in the catalogue for the next start.
        """
        with self._lock:
            left = self._leave_waiting() if self._working else set()
            self._working = False
            self._closing.close()
            ids = [
                id for id, live in self._live.items() if not live.job.state.over and id not in left
            ]
            workers = list(self._workers.values())
        for id in ids:
            self.cancel(id)
        deadline = time.monotonic() + timeout
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        self._presence.end()

    def _leave_waiting(self) -> set[JobId]:
        waiting = [
            live
            for live in self._live.values()
            if live.lasting and live.job.state is JobState.QUEUED and not live.stop.is_set()
        ]
        for live in waiting:
            live.left = True
            live.stop.set()
            self._take_out(live)  # unless it waits for another process's turn
        return {live.job.id for live in waiting}

    # ── the worker of one lane ──────────────────────────────────────────────────────────────

    def _employ(self, lane: str) -> None:
        if self._lanes.get(lane) and lane not in self._workers:
            worker = threading.Thread(target=self._serve, args=(lane,), name=f"job-{lane[:8]}")
            self._workers[lane] = worker
            worker.start()

    def _serve(self, lane: str) -> None:
        while True:
            with self._lock:
                queue = self._lanes.get(lane)
                if not queue or not self._working:
                    self._workers.pop(lane, None)
                    return
                live = queue.popleft()
            if live.job.by_itself:
                self._course.run_idle(live)
            else:
                self._course.run(live, SILENT)

    def _is_over(self, id: JobId) -> None:
        with self._lock:
            self._live.pop(id, None)
