"""When saving files from a damaged backup is offered, and from which.

A file that does not even look like a backup any more counts as damaged only where backups lie.
"""

from flask import request

from bewaar.errors import BackupDamaged, BewaarError, NotABackup, PasswordOrDamage
from bewaar.model import Failure, Job
from bewaar_web.trail import file_trail

_DAMAGED = {BackupDamaged.code, PasswordOrDamage.code}


def offered(error: BewaarError) -> dict[str, str]:
    """Return the address of the file this request failed on; {} when there is nothing to save."""
    return _if_damaged(error, file_trail()) if request.blueprint != "salvage" else {}


def offered_after(job: Job) -> dict[str, str]:
    """Return the same for the file a job read."""
    return _if_damaged(job.error, trail_of(job)) if job.error else {}


def trail_of(job: Job) -> dict[str, str]:
    """Return which file a job read, for an address; {} when it read none."""
    if not job.file:
        return {}
    if job.destination:
        return {"destination": job.destination, "name": job.file}
    return {"path": job.file}


def _if_damaged(error: BewaarError | Failure, trail: dict[str, str]) -> dict[str, str]:
    foreign_among_ours = error.code == NotABackup.code and "path" not in trail
    return trail if error.code in _DAMAGED or foreign_among_ours else {}
