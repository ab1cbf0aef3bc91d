"""Two backups of an administration held against each other, or one and today's books."""

from flask import Blueprint, Response, g

from bewaar.compare import Difference
from bewaar.model import BackupId, Code, Job, JobId, JobState
from bewaar.requests import BackupFile
from bewaar_web import desk, forms

compare = Blueprint("compare", __name__, url_prefix="/compare")

UNDER_WAY_OR_DONE = (JobState.QUEUED, JobState.RUNNING, JobState.STOPPING, JobState.DONE)


@compare.get("/<code>")
def show_difference(code: Code) -> Response | str:
    """Show what changed between the two that were chosen; without a second one, until today."""
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
        difference=_difference(code, one, other, job) if one != other else None,
    )


@compare.post("/<code>")
def start_comparison(code: Code) -> Response:
    """Compare two backups at once; with the books as they are now it takes a while."""
    one, other = BackupId(forms.word("one")), forms.word("other")
    trail = {"code": code, "one": one, "other": other}
    if other:
        return desk.go(".show_difference", **trail)
    file = BackupFile(backup=one)
    password = desk.passwords().of(g.session, file)
    job = desk.engine().start_comparison(file, code, password)
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


def _difference(code: Code, one: BackupId, other: BackupId, job: Job | None) -> Difference | None:
    engine = desk.engine()
    if job:
        return engine.comparison(job.id)
    if not (one and other):
        return None
    files = BackupFile(backup=one), BackupFile(backup=other)
    first, second = (desk.passwords().of(g.session, file) for file in files)
    return engine.compare(*files, code, passwords=(first, second))
