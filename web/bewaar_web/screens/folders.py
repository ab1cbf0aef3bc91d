"""Choosing a folder or a file where the window has no picker of its own."""

from flask import Blueprint

from bewaar_web import desk, forms
from bewaar_web.folders import listing, starts

folders = Blueprint("folders", __name__, url_prefix="/folders")

ENDINGS = {"folder": (), "file": (".zip",), "any": ("",)}


@folders.get("/<kind>")
def browse(kind: str) -> str:
    """Show the folders in a folder, by name."""
    seen = desk.overview()
    mounts = [place.destination.folder for place in seen.destinations if place.here]
    return desk.ask(
        "folders.html",
        kind=kind,
        target=forms.word("for"),
        listing=listing(forms.word("path"), endings=ENDINGS.get(kind, ())),
        starts=starts([*mounts, *(drive.mount for drive in seen.candidates)]),
    )
