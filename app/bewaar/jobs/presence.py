"""Which processes live: each holds a lock file, and the system lets go of it whatever happens."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from bewaar.catalogue import Catalogue
from bewaar.clock import Clock
from bewaar.model import Job, JobKind, JobState, Note
from bewaar.paths import unwritable

PREFIX = "process-"
REPEATS = 1  # a job in which Bewaar dies twice is not begun a third time


class Presence:
    """What shows the other processes that this one lives."""

    def __init__(self, locks: Path) -> None:
        """Take a lock of our own in the folder `locks`. Raises HomeUnwritable, HomeFull."""
        self.name = f"{PREFIX}{uuid.uuid4().hex}"
        self._file = locks / self.name
        self._lock = FileLock(self._file)
        try:
            locks.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise unwritable(error, locks) from error

    def is_alone(self) -> bool:
        """Return whether no other process lives."""
        others = (f for f in self._file.parent.glob(f"{PREFIX}*") if f != self._file)
        return not any(map(_lives, others))

    def end(self) -> None:
        """Say that this process works no more."""
        self._lock.release()
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def settle_interrupted(catalogue: Catalogue, locks: Path, clock: Clock) -> tuple[Job, ...]:
    """Name the unfinished jobs of processes that are gone "interrupted" and return them.

    One that can be taken up again keeps its request; of another it is told why not.
    """
    interrupted = []
    for job, owner in catalogue.jobs.unfinished():
        if _lives(locks / owner):
            continue
        why_not = _why_not_again(job, catalogue.jobs.request(job.id))
        over = replace(
            job,
            state=JobState.INTERRUPTED,
            ended_at=clock.now(),
            notes=(*job.notes, *([Note(code=why_not)] if why_not else [])),
        )
        again = not why_not and job.state is not JobState.STOPPING
        if catalogue.jobs.interrupt(over, owner=owner, again=again):
            interrupted.append(over)
    catalogue.jobs.trim()
    _sweep(locks)
    return tuple(interrupted)


def living_jobs(catalogue: Catalogue, locks: Path) -> Iterator[Job]:
    """Yield the jobs that wait or run in a process that lives."""
    for job, owner in catalogue.jobs.unfinished():
        if _lives(locks / owner):
            yield job


def _why_not_again(job: Job, request: str | None) -> str:
    """Return the code of what is told of a job that cannot be taken up; "" when nothing is."""
    if request is None and job.kind in (JobKind.BACKUP, JobKind.COPY, JobKind.VERIFY):
        return "job.password"
    return "job.twice" if job.started_at and job.repeats >= REPEATS else ""


def _lives(file: Path) -> bool:
    if not file.exists():
        return False
    try:
        with FileLock(file).acquire(timeout=0):
            return False
    except OSError:  # held, which is a Timeout; or nobody can tell
        return True


def _sweep(locks: Path) -> None:
    for file in locks.glob(f"{PREFIX}*"):
        if not _lives(file):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
