"""Two backups of an administration held against each other, or one and today's books."""

from flask import Blueprint, Response, g

from bewaar.compare import Difference
from bewaar.model import BackupId, Code, Job, JobId, JobState
from bewaar.requests import BackupFile, CompareRequest
from bewaar_web import desk, forms

compare = Blueprint("compare", __name__, url_prefix="/compare")

SMALL = 10_000  # files of both; the lists of so many are read within half a second
UNDER_WAY_OR_DONE = (JobState.QUEUED, JobState.RUNNING, JobState.STOPPING, JobState.DONE)


@compare.get("/<code>")
def show_difference(code: Code) -> Response | str:
    """Show what changed between the two that were chosen, or what a job found."""
    engine = desk.engine()
    history = engine.history(code)
    known = [backup.id for backup in history]
    one = BackupId(forms.choice("one", ["", *known]) or next(iter(known), ""))
    other = BackupId(forms.choice("other", ["", *known]))
    job = engine.job(JobId(forms.word("job"))) if forms.word("job") else None
    if job and job.state not in UNDER_WAY_OR_DONE:
        return desk.go("jobs.show_job", job=job.id)
    return desk.page(
        "compare.html",
        live=job is not None and not job.state.over,
        administration=engine.state(code).administration,
        history=history,
        one=one,
        other=other,
        job=job,
        pace=desk.paces().see(job) if job else None,
        difference=_found(code, one, other, job),
    )


@compare.post("/<code>")
def start_comparison(code: Code) -> Response:
    """Compare: two small backups at once, all else in a job."""
    one, other = BackupId(forms.word("one")), BackupId(forms.word("other"))
    trail = {"code": code, "one": one, "other": other}
    if other and _are_small(code, one, other):
        return desk.go(".show_difference", **trail)
    job = desk.engine().start_comparison(_request(code, one, other))
    return desk.go(".show_difference", **trail, job=job.id)


@compare.post("/<code>/unlock")
def unlock(code: Code) -> Response:
    """Try the password on the first backup that still needs one; it is kept when it fits."""
    chosen = [BackupId(forms.word(name)) for name in ("one", "other") if forms.word(name)]
    files = [BackupFile(backup=id) for id in chosen if desk.engine().backup(id).encrypted]
    for file in [each for each in files if desk.passwords().of(g.session, each) is None][:1]:
        desk.engine().look_inside(file, forms.secret("password"))
        desk.passwords().keep(g.session, file, forms.secret("password"))
    return start_comparison(code)


def _found(code: Code, one: BackupId, other: BackupId, job: Job | None) -> Difference | None:
    """Return what is known at once; None where it takes a job."""
    if job:
        return desk.engine().comparison(job.id)
    if not other or one == other or not _are_small(code, one, other):
        return None
    request = _request(code, one, other)
    return desk.engine().compare(request)


def _request(code: Code, one: BackupId, other: BackupId) -> CompareRequest:
    first, second = BackupFile(backup=one), BackupFile(backup=other) if other else None
    typed = desk.passwords()
    return CompareRequest(
        code=code,
        one=first,
        other=second,
        passwords=(typed.of(g.session, first), typed.of(g.session, second) if second else None),
    )


def _are_small(code: Code, *ids: BackupId) -> bool:
    """Return whether the lists of these backups are read in no time."""
    contents = (each for id in ids for each in desk.engine().backup(id).contents)
    return sum(each.files for each in contents if each.code == code) <= SMALL
