"""The course of one job: its turn, its work, its end; each state is written before it is told."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from bewaar.catalogue import Catalogue
from bewaar.clock import Clock
from bewaar.errors import BewaarError, Cancelled, Fault
from bewaar.events import EventLog
from bewaar.jobs.closing import wait_here
from bewaar.jobs.live import JobProgress, LiveJob, Outcome
from bewaar.jobs.turns import wait_for_turn
from bewaar.model import Code, Failure, Job, JobId, JobState
from bewaar.paths import Home
from bewaar.progress import SILENT, Progress
from bewaar.system import priority

LOG = logging.getLogger(__name__)


class Course:
    """How the jobs of this process go."""

    def __init__(
        self,
        *,
        home: Home,
        catalogue: Catalogue,
        events: EventLog,
        clock: Clock,
        owner: str,
        over: Callable[[JobId], None],
    ) -> None:
        """Write jobs as those of `owner`; `over` hears which are kept to their end."""
        self._home = home
        self._catalogue = catalogue
        self._events = events
        self._clock = clock
        self._owner = owner
        self._over = over

    def run_idle(self, live: LiveJob) -> None:
        """Run a job in a thread of its own: one that became idle stays so, and so do its heirs."""

        def run() -> None:
            priority.become_idle()
            self.run(live, SILENT)

        worker = threading.Thread(target=run, name=f"job-idle-{live.job.id[:8]}")
        worker.start()
        worker.join()

    def run(self, live: LiveJob, watcher: Progress) -> None:
        """Wait for its turn, do its work, and bring it to its end; a failure is such an end."""
        progress = JobProgress(live, self._events, watcher)
        try:
            wait_here(live, progress)
            live.change(started_at=self._clock.now())
            with wait_for_turn(self._home.locks, live.lane, progress):
                self.enter(live, JobState.RUNNING)
                outcome = live.work(progress)
            self._conclude(live, outcome)
        except Cancelled:
            if not live.left:
                self.finish(live, JobState.CANCELLED)
        except BewaarError as error:
            self._conclude(live, Outcome(failures=((_only(live.job.codes), error),)))
        except Exception as error:
            LOG.exception("job %s", live.job.id)
            fault = Fault(kind=type(error).__name__, detail=str(error))
            self._conclude(live, Outcome(failures=((_only(live.job.codes), fault),)))

    def _conclude(self, live: LiveJob, outcome: Outcome) -> None:
        failures = [self._failure(live.job, code, error) for code, error in outcome.failures]
        for failure in failures:
            LOG.warning("job %s: %s %s", live.job.id, failure.code, dict(failure.params))
        live.change(
            backups=outcome.backups,
            result=outcome.result,
            error=failures[0] if failures else None,
        )
        self.finish(live, JobState.FAILED if failures else JobState.DONE, failures)
        for failure in failures:
            self._events.publish("failure", job=live.job.id, code=failure.code)

    def _failure(self, job: Job, code: Code | None, error: BewaarError) -> Failure:
        return Failure(
            job=job.id,
            at=self._clock.now(),
            code=error.code,
            params=error.params,
            administration=code,
            destination=job.destination,
            kind=job.kind,
        )

    def enter(self, live: LiveJob, state: JobState) -> None:
        """Have a job in a state, unless it is over."""
        with live.turn:
            if live.stop.is_set() and state is JobState.RUNNING:
                return
            if live.job.state.over:
                return
            live.change(state=state)
            self._keep(live.job)
        self._events.publish("job.changed", job=live.job.id, state=state.value)

    def finish(self, live: LiveJob, state: JobState, failures: Sequence[Failure] = ()) -> None:
        """Have a job be over, for good."""
        with live.turn:  # nothing said of it meanwhile may come after its end
            over = replace(live.job, state=state, ended_at=self._clock.now())
            kept = self._keep(over, failures)
            live.job = over
        self._events.publish("job.over", job=over.id, kind=over.kind.value, state=state.value)
        live.over.set()
        if kept:
            self._over(over.id)

    def _keep(self, job: Job, failures: Sequence[Failure] = ()) -> bool:
        """Write to the catalogue; when its disk is full the job goes on living in memory.

        A job is never written as failed without the failure that somebody is to read.
        """
        try:
            with self._catalogue.change():
                for failure in failures:
                    self._catalogue.failures.add(failure)
                self._catalogue.jobs.save(job, owner=self._owner)
        except Exception:  # whatever it is, the job must come to its end
            LOG.exception("job %s could not be written to the catalogue", job.id)
            return False
        return True


def _only(codes: tuple[Code, ...]) -> Code | None:
    return codes[0] if len(codes) == 1 else None
