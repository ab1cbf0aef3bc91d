"""A job as it is at its beginning: asked for, taken up again, or only recorded."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bewaar.errors import Value
from bewaar.model import Code, DestinationId, Job, JobId, JobKind, JobState, Note
from bewaar.progress import Stage


def asked_for(
    kind: JobKind,
    at: datetime,
    *,
    destination: DestinationId | None,
    codes: tuple[Code, ...],
    file: str,
    by_itself: bool = False,
) -> Job:
    """Return a job that waits for its turn."""
    return Job(
        id=JobId(uuid.uuid4().hex),
        kind=kind,
        state=JobState.QUEUED,
        queued_at=at,
        started_at=None,
        ended_at=None,
        destination=destination,
        codes=codes,
        stage=Stage.WAITING,
        subject="",
        done=0,
        total=0,
        notes=(Note(code="job.unasked"),) if by_itself else (),
        error=None,
        backups=(),
        by_itself=by_itself,
        file=file,
    )


def taken_up(job: Job) -> Job:
    """Return a job that was cut short as it waits for its turn once more."""
    return replace(
        job,
        state=JobState.QUEUED,
        started_at=None,
        ended_at=None,
        stage=Stage.WAITING,
        subject="",
        done=0,
        total=0,
        notes=(*job.notes[: job.by_itself], Note(code="job.resumed")),
        repeats=job.repeats + (job.started_at is not None),
    )


def done_at_once(job: Job, result: Mapping[str, Value]) -> Job:
    """Return a job that was over as soon as it was asked for."""
    return replace(
        job,
        state=JobState.DONE,
        started_at=job.queued_at,
        ended_at=job.queued_at,
        stage=Stage.FINISHING,
        result=result,
    )
