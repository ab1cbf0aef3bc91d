"""Today: the sentence of truth, the few things to do, and how each administration stands."""

from flask import Blueprint, Response

from bewaar.model import DestinationKind, JobId, Standing
from bewaar.overview import DestinationState
from bewaar_web import desk

today = Blueprint("today", __name__)

WORST_FIRST = (
    Standing.FAILED,
    Standing.OVERDUE,
    Standing.UNKNOWN,
    Standing.CHANGED,
    Standing.PROVEN,
    Standing.ELSEWHERE,
)


@today.get("/")
def open_desk() -> Response | str:
    """Begin with the three questions where nothing was ever set up, else with Today."""
    seen = desk.overview()
    fresh = not (desk.engine().settings().first_start_done or seen.states or seen.destinations)
    return desk.go("first.choose_administrations") if fresh else show_today()


@today.get("/today")
def show_today() -> str:
    """Show how everything stands."""
    seen = desk.overview()
    states = sorted(seen.states, key=lambda state: WORST_FIRST.index(state.standing))
    return desk.page(
        "today.html",
        live=True,
        seen=seen,
        truth=desk.text().truth(seen),
        states=states,
        default=next((place for place in seen.destinations if place.default), None),
        drives=[place for place in seen.destinations if _is_plugged_in(place)],
    )


@today.post("/failures/<job>/read")
def read_failure(job: str) -> Response:
    """Take note of a failure."""
    desk.engine().read_failure(JobId(job))
    return desk.go("today.show_today")


@today.post("/recoveries/read")
def read_recoveries() -> Response:
    """Take note of what became of an interrupted restore."""
    desk.engine().read_recoveries()
    return desk.go("today.show_today")


@today.post("/clock")
def trust_clock() -> Response:
    """Take the user's word that the computer's clock is right."""
    desk.engine().trust_clock()
    return desk.go("today.show_today")


@today.post("/remind-tomorrow")
def remind_tomorrow() -> Response:
    """Be quiet about what is overdue until tomorrow."""
    desk.engine().remind_tomorrow()
    return desk.go("today.show_today")


def _is_plugged_in(place: DestinationState) -> bool:
    return place.here and place.destination.kind is DestinationKind.DRIVE
