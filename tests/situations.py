"""States and overviews as the engine tells them, built from a few words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bewaar.model import (
    Administration,
    Backup,
    BackupId,
    Code,
    Content,
    Counts,
    Destination,
    DestinationId,
    DestinationKind,
    Failure,
    Job,
    JobId,
    JobKind,
    JobState,
    Observation,
    Proof,
    Standing,
    State,
)
from bewaar.overview import DestinationState, Overview
from bewaar.progress import Stage

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # Friday, 17:30 in Amsterdam
STICK = DestinationId("d" * 32)


def administration(name: str = "Bakkerij Jansen", **fields: Any) -> Administration:
    """Return an administration whose code is made of its name."""
    code = Code(name.split(maxsplit=1)[0].casefold())
    place = Path("/boeken") / name
    return Administration(
        code=code, name=name, place=place, program="gnucash", storage="sqlite", **fields
    )


def backup(*administrations: Administration, age: timedelta = timedelta(days=1)) -> Backup:
    """Return a proven backup of that age."""
    made = NOW - age
    return Backup(
        id=BackupId("b" * 32),
        destination=STICK,
        file="Bakkerij Jansen 2026-11-19 1730.zip",
        made_at=made,
        size=238_000_000,
        encrypted=False,
        contents=tuple(_content(each) for each in administrations),
        proof=Proof(
            proven_at=made + timedelta(seconds=41),
            blake3="0" * 64,
            files=3,
            size=240_000_000,
            databases=1,
            past_cache=True,
        ),
    )


def _content(one: Administration) -> Content:
    return Content(
        code=one.code,
        name=one.name,
        place=str(one.place),
        program=one.program,
        storage=one.storage,
        files=3,
        size=240_000_000,
        counts=Counts(transactions=1234),
    )


def state(
    standing: Standing,
    name: str = "Bakkerij Jansen",
    *,
    stored: timedelta | None = timedelta(days=1),
    changed: timedelta | None = None,
    late: timedelta | None = None,
    reachable: bool = True,
) -> State:
    """Return how an administration stands; spans are ages."""
    one = administration(name)
    return State(
        administration=one,
        standing=standing,
        last=backup(one, age=stored) if stored is not None else None,
        observation=Observation(
            seen_at=NOW,
            reachable=reachable,
            signature="s",
            changed_since=NOW - changed if changed is not None else None,
        ),
        overdue_since=NOW - late if late is not None else None,
        failure=None,
    )


def destination(name: str = "Blue stick", *, occasional: bool = False) -> DestinationState:
    """Return a drive that is plugged in."""
    stick = Destination(
        id=STICK,
        name=name,
        kind=DestinationKind.DRIVE,
        folder=Path("/media/blue"),
        occasional=occasional,
    )
    return DestinationState(destination=stick, here=True, room=None, default=True)


def failure(
    code: str = "destination.pulled",
    *,
    age: timedelta = timedelta(hours=1),
    of: str | None = "bakkerij",
    kind: JobKind = JobKind.BACKUP,
    **params: Any,
) -> Failure:
    """Return a failure nobody has read."""
    return Failure(
        job=JobId("f" * 32),
        at=NOW - age,
        code=code,
        params=params or {"name": "Blue stick"},
        administration=Code(of) if of else None,
        destination=STICK,
        kind=kind,
    )


def job(kind: JobKind, state: JobState, *codes: str, **fields: Any) -> Job:
    """Return a job of 41 seconds."""
    given: dict[str, Any] = {
        "id": JobId("j" * 32),
        "kind": kind,
        "state": state,
        "queued_at": NOW,
        "started_at": NOW,
        "ended_at": NOW + timedelta(seconds=41),
        "destination": STICK,
        "codes": tuple(map(Code, codes)),
        "stage": Stage.PROVING.value,
        "subject": "Blue stick",
        "done": 1,
        "total": 2,
        "notes": (),
        "error": None,
        "backups": (),
    }
    return Job(**{**given, **fields})


def overview(
    *states: State, destinations: Sequence[DestinationState] | None = None, **fields: Any
) -> Overview:
    """Return an overview with one destination and nothing going on."""
    given: dict[str, Any] = {
        "at": NOW,
        "states": states,
        "destinations": (destination(),) if destinations is None else tuple(destinations),
        "candidates": (),
        "running": (),
        "failures": (),
        "recoveries": (),
        "days": (),
        "clock_doubt": False,
    }
    return Overview(**{**given, **fields})
