"""Overviews made up of plain facts, for what only reads them."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bewaar.model import (
    Administration,
    Code,
    Destination,
    DestinationId,
    DestinationKind,
    Failure,
    Job,
    JobId,
    JobKind,
    JobState,
    Note,
    Observation,
    Standing,
    State,
)
from bewaar.overview import DestinationState, Overview
from tests.clocks import NOON


def state(name: str, standing: Standing, *, overdue_days: int = 0) -> State:
    late = NOON - timedelta(days=overdue_days) if standing is Standing.OVERDUE else None
    return State(
        administration=Administration(
            code=Code(name), name=name, place=Path("/books") / name, program="folder", storage=""
        ),
        standing=standing,
        last=None,
        observation=Observation(
            seen_at=NOON,
            reachable=standing is not Standing.UNKNOWN,
            signature="",
            changed_since=NOON,
        ),
        overdue_since=late,
        failure=None,
    )


def place(
    name: str, *, drive: bool = False, here: bool = True, default: bool = False, problem: str = ""
) -> DestinationState:
    kind = DestinationKind.DRIVE if drive else DestinationKind.FOLDER
    return DestinationState(
        destination=Destination(
            id=DestinationId(name), name=name, kind=kind, folder=Path("/to") / name
        ),
        here=here,
        room=None,
        default=default,
        problem=problem,
    )


def job(kind: JobKind = JobKind.BACKUP, *notes: Note, code: str = "Jansen") -> Job:
    return Job(
        id=JobId("job"),
        kind=kind,
        state=JobState.RUNNING,
        queued_at=NOON,
        started_at=NOON,
        ended_at=None,
        destination=DestinationId("Blue stick"),
        codes=(Code(code),),
        stage="",
        subject="",
        done=0,
        total=0,
        notes=notes,
        error=None,
        backups=(),
    )


def failure() -> Failure:
    return Failure(
        job=JobId("job"),
        at=NOON,
        code="destination.gone",
        params={"name": "Blue stick", "folder": "/media/blue"},
        administration=None,
        destination=None,
        kind=JobKind.BACKUP,
    )


def overview(
    *states: State,
    places: Sequence[DestinationState] = (),
    running: Sequence[Job] = (),
    failures: Sequence[Failure] = (),
) -> Overview:
    return Overview(
        at=NOON,
        states=states,
        destinations=tuple(places),
        candidates=(),
        running=tuple(running),
        failures=tuple(failures),
        recoveries=(),
        days=(),
        clock_doubt=False,
    )
