"""First start: three questions, then the first proven backup at once."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response

from bewaar.archive import generate_passphrase
from bewaar.model import DestinationId, DestinationKind
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import Protect
from bewaar_web import desk, forms

first = Blueprint("first", __name__, url_prefix="/first")


@first.get("/")
def choose_administrations() -> str:
    """Ask which books shall be kept safe."""
    kept = [state.administration for state in desk.overview().states]
    found = desk.new_books() if forms.ticked("look") else None
    return desk.page("first/books.html", found=found, kept=kept)


@first.post("/")
def keep_administrations() -> Response:
    """Keep the ticked ones, and the folder that was named."""
    engine = desk.engine()
    for place, program in forms.found():
        engine.add(place, program=program)
    for place in forms.places("folder"):
        engine.add(place)
    return desk.go(".choose_destination")


@first.get("/destination")
def choose_destination() -> str:
    """Ask where the copies shall go."""
    seen = desk.overview()
    return desk.page(
        "first/destination.html",
        candidates=seen.candidates,
        places=seen.destinations,
        suggested=Path.home() / "Bewaar",
    )


@first.post("/destination")
def set_up_destination() -> Response:
    """Set up the place that was chosen and let it be the usual one."""
    engine, chosen = desk.engine(), forms.word("where")
    if chosen != "kept":
        added = engine.add_destination(
            forms.place("folder") if chosen == "folder" else forms.as_place("where", chosen),
            kind=DestinationKind.FOLDER if chosen == "folder" else DestinationKind.DRIVE,
            make_folder=forms.ticked("make_folder"),
        )
        engine.change_settings(lambda now: replace(now, default_destination=added.id))
    return desk.go(".choose_protection")


@first.get("/password")
def choose_protection() -> str:
    """Ask whether the copies shall have a password."""
    return desk.page("first/password.html", passphrase=generate_passphrase())


@first.post("/password")
def begin() -> Response:
    """Make the first backup of everything, with the chosen password or none."""
    engine, password = desk.engine(), _password()
    if password and forms.ticked("remember"):
        engine.keep_password(password, password)
    protect = Protect.KEYRING if password else Protect.NONE
    settings = engine.change_settings(
        lambda now: replace(now, protect=protect, first_start_done=True)
    )
    job = engine.start_backup(
        BackupRequest(
            codes=tuple(state.administration.code for state in desk.overview().states),
            destination=settings.default_destination or DestinationId(""),
            protection=Protection.GIVEN if password else Protection.NONE,
            password=password or None,
        )
    )
    return desk.go("jobs.show_job", job=job.id)


@first.post("/later")
def leave() -> Response:
    """Go to Today without answering."""
    desk.engine().change_settings(lambda now: replace(now, first_start_done=True))
    return desk.go("today.show_today")


def _password() -> str:
    """Return the chosen password; "" is none."""
    match forms.choice("which", ["generated", "own", "none"]):
        case "generated":
            return forms.secret("passphrase")
        case "own":
            return forms.confirmed("password", "confirmation")
        case _:
            return ""
