"""First start: three questions, then the first proven backup at once."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response

from bewaar.archive import generate_passphrase
from bewaar.model import DestinationKind
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import Protect
from bewaar_web import desk, forms

first = Blueprint("first", __name__, url_prefix="/first")


@first.get("/")
def choose_administrations() -> str:
    """Ask which books shall be kept safe."""
    kept = [state.administration for state in desk.overview().states]
    return desk.page("first/books.html", found=desk.new_books(), kept=kept)


@first.post("/")
def keep_administrations() -> Response:
    """Keep the ticked ones, and the folder that was named."""
    engine = desk.engine()
    for place, program in forms.found():
        engine.add(place, program=program)
    if forms.word("folder"):
        engine.add(forms.place("folder"))
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
    """Keep the password, if any, and make the first backup of everything."""
    protect = _protect()
    settings = desk.engine().change_settings(
        lambda now: replace(now, protect=protect, first_start_done=True)
    )
    seen = desk.overview()
    job = desk.engine().start_backup(
        BackupRequest(
            codes=tuple(state.administration.code for state in seen.states),
            destination=settings.default_destination or seen.destinations[0].destination.id,
            protection=Protection.KEPT if protect is Protect.KEYRING else Protection.NONE,
        )
    )
    return desk.go("jobs.show_job", job=job.id)


@first.post("/later")
def leave() -> Response:
    """Go to Today without answering."""
    desk.engine().change_settings(lambda now: replace(now, first_start_done=True))
    return desk.go("today.show_today")


def _protect() -> Protect:
    match forms.choice("which", ["generated", "own", "none"]):
        case "generated":
            secrets = forms.secret("passphrase"), forms.secret("passphrase")
        case "own":
            secrets = forms.secret("password"), forms.secret("confirmation")
        case _:
            return Protect.NONE
    desk.engine().keep_password(*secrets)
    return Protect.KEYRING
