"""One backup: its proof, keeping it for ever, removing it."""

from flask import Blueprint, Response

from bewaar.model import BackupId, Destination
from bewaar.requests import BackupFile
from bewaar_web import desk, forms

backups = Blueprint("backups", __name__, url_prefix="/backups")


@backups.get("/<id>")
def show_backup(id: BackupId) -> str:
    """Show the evidence under it."""
    return desk.ask("backups/show.html", backup=desk.engine().backup(id), place=_place(id))


@backups.get("/<id>/verify")
def ask_password(id: BackupId) -> str:
    """Ask for the password it has."""
    return desk.ask("backups/verify.html", backup=desk.engine().backup(id))


@backups.post("/<id>/verify")
def verify_backup(id: BackupId) -> Response:
    """Read it back once more."""
    job = desk.engine().start_verify(BackupFile(backup=id), forms.secret("password") or None)
    return desk.go("jobs.show_job", job=job.id)


@backups.post("/<id>/lock")
def lock_backup(id: BackupId) -> Response:
    """Keep it for ever."""
    desk.engine().lock_backup(id, locked=True)
    return _its_page(id)


@backups.post("/<id>/unlock")
def unlock_backup(id: BackupId) -> Response:
    """Keep it no longer than the others."""
    desk.engine().lock_backup(id, locked=False)
    return _its_page(id)


@backups.get("/<id>/remove")
def ask_remove(id: BackupId) -> str:
    """Ask whether it may go."""
    return desk.ask("backups/remove.html", backup=desk.engine().backup(id), place=_place(id))


@backups.post("/<id>/remove")
def remove_backup(id: BackupId) -> Response:
    """Remove it, unless it is one of those that stay."""
    answer = _its_page(id)
    desk.engine().remove_backup(id)
    return answer


def _place(id: BackupId) -> Destination | None:
    backup = desk.engine().backup(id)
    places = (place.destination for place in desk.overview().destinations)
    return next((place for place in places if place.id == backup.destination), None)


def _its_page(id: BackupId) -> Response:
    """Answer with the page the backup is listed on: of its administration, else of its place."""
    backup = desk.engine().backup(id)
    known = {state.administration.code for state in desk.overview().states}
    mine = [code for code in backup.codes if code in known]
    if mine:
        return desk.go("administrations.show_administration", code=mine[0])
    return desk.go("destinations.show_destination", id=backup.destination)
