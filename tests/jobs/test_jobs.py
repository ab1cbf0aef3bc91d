"""Jobs run in order, can be stopped, and their end is always written down."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bewaar.catalogue import Catalogue
from bewaar.errors import DestinationFull, JobUnknown
from bewaar.events import EventLog
from bewaar.jobs import JobQueue, Outcome
from bewaar.model import BackupId, Code, DestinationId, Job, JobId, JobKind, JobState
from bewaar.paths import Home, home
from bewaar.progress import SILENT, Progress, Stage
from tests.clocks import SetClock

STICK = DestinationId("a" * 32)
OTHER = DestinationId("b" * 32)


class Desk:
    """A queue with what it stands on."""

    def __init__(self, where: Home) -> None:
        where.create()
        self.home = where
        self.catalogue = Catalogue(where.catalogue_file)
        self.events = EventLog()
        self.queue = JobQueue(
            home=where, catalogue=self.catalogue, events=self.events, clock=SetClock()
        )

    def close(self) -> None:
        self.queue.close(timeout=10)
        self.catalogue.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(home())
    yield made
    made.close()


def nothing(progress: Progress) -> Outcome:
    progress.check()
    return Outcome()


def until_stopped(started: threading.Event) -> "object":
    def work(progress: Progress) -> Outcome:
        started.set()
        while True:
            progress.check()
            time.sleep(0.0001)

    return work


def test_a_job_runs_and_its_end_is_in_the_catalogue_and_the_events(desk: Desk) -> None:
    def work(progress: Progress) -> Outcome:
        progress.stage(Stage.WRITING, "Stick")
        progress.step(5, 10)
        progress.note("backup.proven", size=5)
        return Outcome(backups=(BackupId("1" * 32),), result={"size": 5})

    asked = desk.queue.submit(JobKind.BACKUP, work, destination=STICK, codes=(Code("a"),))
    assert asked.state is JobState.QUEUED
    desk.queue.start()
    done = desk.queue.wait(asked.id, timeout=10)
    assert done.state is JobState.DONE
    assert done.backups == (BackupId("1" * 32),)
    assert [note.code for note in done.notes] == ["backup.proven"]
    assert desk.catalogue.jobs.get(asked.id) == done
    codes = [event.code for event in desk.events.since(0).events]
    assert codes[0] == "job.queued"
    assert codes[-1] == "job.over"


def test_jobs_of_one_destination_take_turns_and_others_do_not_wait(desk: Desk) -> None:
    running: list[str] = []
    most: list[int] = []
    other_ran = threading.Event()

    def work(name: str) -> object:
        def run(progress: Progress) -> Outcome:
            running.append(name)
            most.append(len(running))
            other_ran.wait(10)
            running.remove(name)
            return Outcome()

        return run

    def other(progress: Progress) -> Outcome:
        other_ran.set()
        return Outcome()

    first = [
        desk.queue.submit(JobKind.BACKUP, work(str(n)), destination=STICK)  # type: ignore[arg-type]
        for n in range(3)
    ]
    desk.queue.start()
    desk.queue.submit(JobKind.BACKUP, other, destination=OTHER)
    for job in first:
        assert desk.queue.wait(job.id, timeout=10).state is JobState.DONE
    assert max(most) == 1


def test_a_running_job_stops_when_cancelled(desk: Desk) -> None:
    started = threading.Event()
    job = desk.queue.submit(JobKind.BACKUP, until_stopped(started))  # type: ignore[arg-type]
    desk.queue.start()
    assert started.wait(10)
    desk.queue.cancel(job.id)
    over = desk.queue.wait(job.id, timeout=10)
    assert over.state is JobState.CANCELLED
    assert desk.catalogue.failures.unread() == ()


def test_a_job_that_ends_while_it_is_cancelled_is_over_for_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is never followed by "stopping", in memory or in the catalogue."""
    save = desk.catalogue.jobs.save

    def save_slowly(job: Job, *, owner: str, request: str | None = None) -> None:
        if job.state is JobState.STOPPING:
            time.sleep(0.02)  # long enough for the worker to come to its end meanwhile
        save(job, owner=owner, request=request)

    monkeypatch.setattr(desk.catalogue.jobs, "save", save_slowly)
    desk.queue.start()
    for _ in range(10):
        started = threading.Event()
        job = desk.queue.submit(JobKind.BACKUP, until_stopped(started))  # type: ignore[arg-type]
        assert started.wait(10)
        desk.queue.cancel(job.id)
        assert desk.queue.wait(job.id, timeout=10).state is JobState.CANCELLED
        assert desk.catalogue.jobs.get(job.id).state is JobState.CANCELLED


def test_a_queued_job_is_cancelled_without_ever_running(desk: Desk) -> None:
    started = threading.Event()
    first = desk.queue.submit(
        JobKind.BACKUP,
        until_stopped(started),  # type: ignore[arg-type]
        destination=STICK,
    )
    ran = threading.Event()

    def second_work(progress: Progress) -> Outcome:
        ran.set()
        return Outcome()

    second = desk.queue.submit(JobKind.BACKUP, second_work, destination=STICK)
    desk.queue.start()
    assert started.wait(10)
    desk.queue.cancel(second.id)
    assert desk.queue.get(second.id).state is JobState.CANCELLED
    desk.queue.cancel(first.id)
    desk.queue.wait(first.id, timeout=10)
    assert not ran.is_set()


def test_a_failure_is_kept_with_its_facts_until_it_is_read(desk: Desk) -> None:
    def work(progress: Progress) -> Outcome:
        raise DestinationFull(name="Stick", free=1, needed=2)

    job = desk.queue.submit(JobKind.BACKUP, work, destination=STICK, codes=(Code("a"),))
    failed = desk.queue.run_here(job.id, SILENT)
    assert failed.state is JobState.FAILED
    (failure,) = desk.catalogue.failures.unread()
    assert (failure.code, failure.administration) == ("destination.full", "a")
    assert failure.params == {"name": "Stick", "free": 1, "needed": 2}
    desk.catalogue.failures.read(job.id)
    assert desk.catalogue.failures.unread() == ()


def test_a_bug_is_a_failure_too_and_the_next_job_runs(desk: Desk) -> None:
    def work(progress: Progress) -> Outcome:
        raise ZeroDivisionError("oops")

    first = desk.queue.submit(JobKind.BACKUP, work, destination=STICK)
    second = desk.queue.submit(JobKind.BACKUP, nothing, destination=STICK)
    desk.queue.start()
    over = desk.queue.wait(first.id, timeout=10)
    assert over.error is not None
    assert over.error.code == "fault"
    assert desk.queue.wait(second.id, timeout=10).state is JobState.DONE


def test_a_job_of_a_killed_process_is_interrupted_and_of_a_living_one_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    script = (
        "import sys, time\n"
        "from bewaar.paths import home\n"
        "from bewaar.catalogue import Catalogue\n"
        "from bewaar.clock import SystemClock\n"
        "from bewaar.events import EventLog\n"
        "from bewaar.jobs import JobQueue\n"
        "from bewaar.model import JobKind\n"
        "h = home(); c = Catalogue(h.catalogue_file)\n"
        "q = JobQueue(home=h, catalogue=c, events=EventLog(), clock=SystemClock())\n"
        "def work(progress):\n"
        "    print(job.id, flush=True); time.sleep(60)\n"
        "job = q.submit(JobKind.BACKUP, work); q.start(); time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    id = JobId(other.stdout.readline().strip())
    living = Desk(home())
    assert living.queue.interrupted == ()
    assert living.queue.get(id).state is JobState.RUNNING
    living.close()
    other.kill()
    other.wait()
    other.stdout.close()
    after = Desk(home())
    assert [job.id for job in after.queue.interrupted] == [id]
    assert after.queue.get(id).state is JobState.INTERRUPTED
    after.close()


def test_two_processes_take_turns_on_a_destination(desk: Desk) -> None:
    started = threading.Event()
    first = desk.queue.submit(
        JobKind.BACKUP,
        until_stopped(started),  # type: ignore[arg-type]
        destination=STICK,
    )
    desk.queue.start()
    assert started.wait(10)
    other = Desk(home())
    second = other.queue.submit(JobKind.BACKUP, nothing, destination=STICK)
    other.queue.start()
    assert other.queue.wait(second.id, timeout=0.6).state is JobState.QUEUED
    desk.queue.cancel(first.id)
    assert other.queue.wait(second.id, timeout=10).state is JobState.DONE
    other.close()


def test_closing_stops_what_runs_and_leaves_no_thread(desk: Desk) -> None:
    started = threading.Event()
    job = desk.queue.submit(JobKind.BACKUP, until_stopped(started))  # type: ignore[arg-type]
    desk.queue.start()
    assert started.wait(10)
    desk.queue.close(timeout=10)
    assert desk.catalogue.jobs.get(job.id).state is JobState.CANCELLED
    assert not [t for t in threading.enumerate() if t.name.startswith("job-")]


def test_an_unknown_job_says_so(desk: Desk) -> None:
    with pytest.raises(JobUnknown):
        desk.queue.get(JobId("0" * 32))
    with pytest.raises(JobUnknown):
        desk.queue.run_here(JobId("0" * 32), SILENT)
