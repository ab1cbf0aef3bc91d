"""Destinations: where the copies go, what lies there, how much room is left."""

from dataclasses import replace

from flask import Blueprint, Response

from bewaar.errors import DestinationUnknown
from bewaar.model import DestinationId, DestinationKind
from bewaar.overview import DestinationState
from bewaar.requests import BackupFile
from bewaar_web import desk, forms

destinations = Blueprint("destinations", __name__, url_prefix="/destinations")


@destinations.get("/")
def show_destinations() -> str:
    """List them, those that are here now first."""
    seen = desk.overview()
    return desk.page(
        "destinations.html",
        live=True,
        places=sorted(seen.destinations, key=lambda place: not place.here),
        candidates=seen.candidates,
    )


@destinations.get("/add")
def add_destination() -> str:
    """Ask for a drive that is plugged in, or a folder."""
    seen = desk.overview()
    return desk.ask("destinations/add.html", candidates=seen.candidates, drive=forms.word("drive"))


@destinations.post("/add")
def set_up_destination() -> Response:
    """Set it up, so that Bewaar knows it again wherever it is."""
    engine, drive = desk.engine(), forms.word("drive")
    added = engine.add_destination(
        forms.place("drive") if drive else forms.place("folder"),
        name=forms.word("name") or None,
        kind=DestinationKind.DRIVE if drive else DestinationKind.FOLDER,
        make_folder=forms.ticked("make_folder"),
    )
    if not engine.settings().default_destination:
        _make_default(added.id)
    return desk.go(".show_destinations")


@destinations.get("/<id>")
def show_destination(id: DestinationId) -> str:
    """Show what lies there."""
    engine = desk.engine()
    return desk.page(
        "destination.html",
        live=True,
        place=_state(id),
        backups=engine.backups_at(id),
        removals=engine.removals(id),
    )


@destinations.get("/<id>/take")
def ask_file(id: DestinationId) -> str:
    """Ask which backup file from elsewhere shall lie there too."""
    return desk.ask("destinations/take.html", place=_state(id))


@destinations.post("/<id>/take")
def take_file(id: DestinationId) -> Response:
    """Copy it there, and prove the copy."""
    file = BackupFile(path=forms.place("path"))
    job = desk.engine().start_copy(file, id, forms.secret("password") or None)
    return desk.go("jobs.show_job", job=job.id)


@destinations.post("/<id>/unfinished")
def remove_unfinished(id: DestinationId) -> Response:
    """Remove what backups that were cut short left there."""
    desk.engine().remove_unfinished(id)
    return desk.go(".show_destination", id=id)


@destinations.get("/<id>/change")
def ask_name(id: DestinationId) -> str:
    """Ask for another name."""
    return desk.ask("destinations/change.html", place=_state(id))


@destinations.post("/<id>/change")
def rename_destination(id: DestinationId) -> Response:
    """Give it another name."""
    desk.engine().change_destination(id, name=forms.word("name"))
    return desk.go(".show_destination", id=id)


@destinations.post("/<id>/default")
def make_default(id: DestinationId) -> Response:
    """Let it be the one that is used unless the user says otherwise."""
    _make_default(id)
    return desk.go(".show_destinations")


@destinations.post("/<id>/rebuild")
def rebuild(id: DestinationId) -> Response:
    """Make the list of backups again from what lies there."""
    job = desk.engine().start_rebuild(id)
    return desk.go("jobs.show_job", job=job.id)


@destinations.get("/<id>/forget")
def ask_forget(id: DestinationId) -> str:
    """Ask whether it need not be used any more."""
    return desk.ask("destinations/forget.html", place=_state(id))


@destinations.post("/<id>/forget")
def forget_destination(id: DestinationId) -> Response:
    """Use it no more; what lies there stays."""
    desk.engine().forget_destination(id)
    return desk.go(".show_destinations")


def _state(id: DestinationId) -> DestinationState:
    found = (place for place in desk.overview().destinations if place.destination.id == id)
    state = next(found, None)
    if state is None:
        raise DestinationUnknown(name=id)
    return state


def _make_default(id: DestinationId) -> None:
    desk.engine().change_settings(lambda now: replace(now, default_destination=id))
