"""Log: what Bewaar did, newest first, in words."""

from itertools import groupby

from flask import Blueprint

from bewaar_web import desk

log = Blueprint("log", __name__, url_prefix="/log")

SHOWN = 200


@log.get("/")
def show_log() -> str:
    """Show the latest jobs by day, and the failures nobody has read yet."""
    jobs = desk.engine().jobs(limit=SHOWN)
    days = groupby(jobs, key=lambda job: desk.text().local(job.queued_at).date())
    seen = desk.overview()
    return desk.page(
        "log.html",
        live=True,
        days=[(day, list(of_day)) for day, of_day in days],
        unread={failure.job for failure in seen.failures},
        names={state.administration.code: state.administration.name for state in seen.states},
        places={place.destination.id: place.destination for place in seen.destinations},
    )
