"""One backup: its proof, keeping it for ever, removing it."""

from flask import Blueprint, Response

from bewaar.model import Backup, BackupId, Destination, DestinationId
from bewaar.requests import BackupFile
from bewaar_web import desk, forms

backups = Blueprint("backups", __name__, url_prefix="/backups")


@backups.get("/<id>")
def show_backup(id: BackupId) -> str:
    """Show the evidence under it."""
    backup = _backup(id)
    return desk.ask("backups/show.html", backup=backup, place=_place(backup))


@backups.get("/<id>/verify")
def ask_password(id: BackupId) -> str:
    """Ask for the password it has."""
    return desk.ask("backups/verify.html", backup=_backup(id))


@backups.post("/<id>/verify")
def verify_backup(id: BackupId) -> Response:
    """Read it back once more."""
    job = desk.engine().start_verify(_file(id), forms.secret("password") or None)
    return desk.go("jobs.show_job", job=job.id)


@backups.get("/<id>/copy")
def ask_where(id: BackupId) -> str:
    """Ask where else it shall lie."""
    backup = _backup(id)
    others = [
        place
        for place in desk.overview().destinations
        if place.destination.id != backup.destination and not place.destination.occasional
    ]
    return desk.ask("backups/copy.html", backup=backup, places=others)


@backups.post("/<id>/copy")
def copy_backup(id: BackupId) -> Response:
    """Copy it there, and prove the copy."""
    where, password = desk.chosen_destination("where"), forms.secret("password") or None
    job = desk.engine().start_copy(_file(id), where, password)
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
    backup = _backup(id)
    return desk.ask("backups/remove.html", backup=backup, place=_place(backup))


@backups.post("/<id>/remove")
def remove_backup(id: BackupId) -> Response:
    """Remove it, unless it is one of those that stay."""
    answer = _its_page(id)
    where = DestinationId(forms.word("destination")) or None
    desk.engine().remove_backup(id, destination=where, reason=forms.word("reason"))
    return answer


def _backup(id: BackupId) -> Backup:
    """Return the copy of a backup that is meant: the one at the destination that is named."""
    return desk.engine().backup(id, DestinationId(forms.word("destination")) or None)


def _file(id: BackupId) -> BackupFile:
    return BackupFile(backup=id, destination=DestinationId(forms.word("destination")) or None)


def _place(backup: Backup) -> Destination | None:
    places = (place.destination for place in desk.overview().destinations)
    return next((place for place in places if place.id == backup.destination), None)


def _its_page(id: BackupId) -> Response:
    """Answer with the page the backup is listed on: of its administration, else of its place."""
    backup = _backup(id)
    known = {state.administration.code for state in desk.overview().states}
    mine = [code for code in backup.codes if code in known]
    if mine:
        return desk.go("administrations.show_administration", code=mine[0])
    return desk.go("destinations.show_destination", id=backup.destination)
