"""Back up: one page from the choice to the start."""

from flask import Blueprint, Response, render_template

from bewaar.model import Code, DestinationId, JobId, State
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import Protect
from bewaar_web import desk, forms

backup = Blueprint("backup", __name__, url_prefix="/backup")


@backup.get("/")
def prepare_backup() -> str:
    """Offer what fits: what changed, to the default destination, as the settings say."""
    engine, seen = desk.engine(), desk.overview()
    again = engine.job(JobId(forms.word("again"))) if forms.word("again") else None
    return desk.page(
        "backup.html",
        states=seen.states,
        ticked=again.codes if again else _ticked(seen.states),
        places=[place for place in seen.destinations if not place.destination.occasional],
        where=_where(again.destination if again else None),
        password_kept=engine.password_kept(),
        protection=_usual_protection(),
        settings=engine.settings(),
        fewer=forms.ticked("fewer"),
    )


@backup.post("/plan")
def show_plan() -> str:
    """Say what would be made, how large and how long, before anything happens."""
    if forms.word("destination") == desk.OTHER or not forms.codes():
        return render_template("backup/plan.html", plan=None, chosen=forms.codes())
    any_password = forms.secret("password") or "any"  # the plan only asks whether there is one
    request = _request(DestinationId(forms.word("destination")), any_password)
    plan = desk.engine().plan_backup(request)
    return render_template("backup/plan.html", plan=plan, wait=request.wait_until_closed)


@backup.post("/")
def start_backup() -> Response:
    """Begin."""
    destination = desk.chosen_destination()
    given = forms.word("protection") == Protection.GIVEN
    password = forms.confirmed("password", "confirmation") if given else ""
    job = desk.engine().start_backup(_request(destination, password))
    return desk.go("jobs.show_job", job=job.id)


@backup.post("/now")
def back_up_now() -> Response:
    """Begin with everything that waits, as the settings say: one click, or one password."""
    destination, protection = DestinationId(forms.word("destination")), _usual_protection()
    if protection is Protection.GIVEN:
        return desk.go(".prepare_backup", what="changed", where=destination)
    job = desk.engine().start_backup(
        BackupRequest(
            codes=tuple(state.administration.code for state in desk.overview().waiting),
            destination=destination,
            protection=protection,
        )
    )
    return desk.go("jobs.show_job", job=job.id)


def _usual_protection() -> Protection:
    """Return what backups get unless the user says otherwise; a password not kept is asked for."""
    if desk.engine().settings().protect is Protect.NONE:
        return Protection.NONE
    return Protection.KEPT if desk.engine().password_kept() else Protection.GIVEN


def _request(destination: DestinationId, password: str) -> BackupRequest:
    protection = Protection(forms.choice("protection", list(Protection)))
    return BackupRequest(
        codes=forms.codes(),
        destination=destination,
        protection=protection,
        password=password if protection is Protection.GIVEN else None,
        one_file=forms.word("files") == "one",
        documents={"with": True, "without": False}.get(forms.word("documents")),
        name=forms.word("name") or None,
        even_unchanged=forms.ticked("even_unchanged"),
        accept_fewer=forms.ticked("accept_fewer"),
        wait_until_closed=forms.word("when") == "closed",
    )


def _ticked(states: tuple[State, ...]) -> tuple[Code, ...]:
    match forms.word("what"):
        case "all":
            chosen = states
        case "marked":
            chosen = tuple(state for state in states if state.administration.marked)
        case "" if forms.codes():
            return forms.codes()
        case _:
            chosen = tuple(desk.overview().waiting)
    return tuple(
        state.administration.code for state in chosen if not state.administration.managed_elsewhere
    )


def _where(again: DestinationId | None) -> str:
    """Return the destination that is chosen at first: the one asked for, the default, the first."""
    here = [place for place in desk.overview().destinations if place.here]
    best_first = sorted(here, key=lambda place: not place.default)
    possible = [place.destination.id for place in best_first] + [desk.OTHER]
    wished = forms.word("where") or again
    return wished if wished in possible else possible[0]
