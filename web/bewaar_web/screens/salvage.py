"""Salvage: from which damaged backup, with which password, into which new folder."""

from pathlib import Path, PurePath

from flask import Blueprint, Response, g

from bewaar.errors import KeyringUnavailable, PasswordNeeded, PasswordOrDamage, PasswordWrong
from bewaar.requests import BackupFile, SalvageRequest
from bewaar_web import desk, forms
from bewaar_web.trail import backup_file, file_trail

salvage = Blueprint("salvage", __name__, url_prefix="/restore/salvage")


@salvage.get("/")
def prepare_salvage() -> str:
    """Say what will happen; ask for the password when none is at hand that fits."""
    file = backup_file()
    name = _name(file)
    return desk.page(
        "restore/salvage.html",
        name=name,
        suggested=_suggested(PurePath(name).stem),
        locked=_is_locked(file),
        file=file_trail(),
    )


@salvage.post("/")
def start_salvage() -> Response:
    """Begin, once the password fits."""
    file = backup_file()
    password = forms.secret("password") or _password(file)
    desk.engine().unlock_damaged(file, password)
    request = SalvageRequest(file=file, place=forms.place("into"), password=password)
    job = desk.engine().start_salvage(request)
    return desk.go("jobs.show_job", job=job.id)


def _password(file: BackupFile) -> str | None:
    return desk.passwords().of(g.session, file)


def _is_locked(file: BackupFile) -> bool:
    """Return whether a password must be typed."""
    try:
        desk.engine().unlock_damaged(file, _password(file))
    except (KeyringUnavailable, PasswordNeeded, PasswordOrDamage, PasswordWrong):
        return True
    return False


def _name(file: BackupFile) -> str:
    if file.path is not None:
        return file.path.name
    return desk.engine().backup(file.backup).file if file.backup else file.name


def _suggested(name: str) -> Path:
    """Return a folder among the documents that is not there yet."""
    documents = Path.home() / "Documents"
    parent = documents if documents.is_dir() else Path.home()
    first = parent / desk.text().gettext("%(name)s (saved)", name=name)
    later = (first.with_name(f"{first.name} {number}") for number in range(2, 1000))
    return next((place for place in (first, *later) if not place.exists()), first)
