"""One job: how far it is, then what became of it."""

from contextlib import suppress
from datetime import datetime

from flask import Blueprint, Response

from bewaar.errors import BackupUnknown, ChecklistUnknown, UnknownAdministration
from bewaar.model import Administration, Backup, Checklist, Job, JobId, JobState, OpenState, Plea
from bewaar.progress import Stage
from bewaar_web import desk, salvaging

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")


@jobs.get("/<job>")
def show_job(job: JobId) -> str:
    """Show its progress while it runs, its result afterwards."""
    found = desk.engine().job(job)
    seen = desk.overview()
    return desk.page(
        "job.html",
        live=not found.state.over,
        job=found,
        pace=desk.paces().see(found),
        waits_for=_users(found),
        plea=_plea(found),
        backups=_known(found),
        checklist=_checklist(found),
        trail=salvaging.trail_of(found),
        salvage=salvaging.offered_after(found),
        unread=any(failure.job == job for failure in seen.failures),
        places={place.destination.id: place.destination for place in seen.destinations},
        made_at=_made_at(found),
        names={state.administration.code: state.administration.name for state in seen.states},
    )


@jobs.post("/<job>/cancel")
def cancel_job(job: JobId) -> Response:
    """Ask it to stop at its next safe point."""
    desk.engine().cancel(job)
    return desk.go(".show_job", job=job)


def _made_at(job: Job) -> datetime | None:
    """Return when the backup was made that was removed."""
    made_at = job.result.get("made_at")
    return datetime.fromisoformat(made_at) if isinstance(made_at, str) else None


@jobs.post("/<job>/ask")
def ask_to_close(job: JobId) -> Response:
    """Ask once more for the books to be closed that it waits for."""
    desk.engine().ask_to_close(job)
    return desk.go(".show_job", job=job)


@jobs.post("/<job>/now")
def begin_now(job: JobId) -> Response:
    """Let it begin although the books are open."""
    desk.engine().begin_now(job)
    return desk.go(".show_job", job=job)


@jobs.post("/<job>/start")
def begin_closed(job: JobId) -> Response:
    """Let it begin, now that the books are closed."""
    desk.engine().begin_now(job, although_open=False)
    return desk.go(".show_job", job=job)


@jobs.post("/<job>/later")
def begin_later(job: JobId) -> Response:
    """Let it ask for an hour more."""
    desk.engine().begin_later(job)
    return desk.go(".show_job", job=job)


def _is_held(job: Job) -> bool:
    return job.state is JobState.QUEUED and job.stage == Stage.CLOSING


def _plea(job: Job) -> Plea | None:
    """Return with what words a job asks for books to be closed, and what follows."""
    with suppress(UnknownAdministration):
        return desk.engine().plea(job.id) if _is_held(job) else None
    return None


def _users(job: Job) -> list[tuple[Administration, OpenState]]:
    """Return the books that a job waits for, and who has them open."""
    if not _is_held(job):
        return []
    found = []
    for code in job.codes:
        with suppress(UnknownAdministration):
            one, state = desk.engine().state(code).administration, desk.engine().open_state(code)
            if state.in_use:
                found.append((one, state))
    return found


def _checklist(job: Job) -> Checklist | None:
    """Return what is to be done after a restore, while its books are kept."""
    number = job.result.get("checklist")
    with suppress(ChecklistUnknown):
        return desk.engine().checklist(number) if isinstance(number, int) else None
    return None


def _known(job: Job) -> list[Backup]:
    """Return the backups it proved that are still there: older ones may have been removed."""
    found = []
    for id in job.backups:
        with suppress(BackupUnknown):
            found.append(desk.engine().backup(id, job.destination))
    return found
