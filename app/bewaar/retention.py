"""What may go: which older backups the newest proof gives leave to remove.

Pure functions of a moment and a destination's backups. Nothing here removes anything. Promises:
an older good backup goes only when newer ones are proven; of every administration at least two
proven backups stay at the destination; locked, unproven and unknown ones stay. Whatever is in
doubt removes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bewaar.errors import BackupLocked
from bewaar.model import Backup, BackupId, Code
from bewaar.policy import clock_doubt

FEWEST = 2  # proven backups of an administration that always stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A backup that may be removed, and why."""

    backup: Backup
    keep: int  # so many newer proven ones of everything inside are wanted, and stay


def removable(
    now: datetime,
    backups: Sequence[Backup],
    *,
    keep: Mapping[Code, int],
    newest_proven: BackupId,
    brake: bool = False,
    clock_doubtful: bool = False,
) -> list[Removal]:
    """Return what may go, oldest first, now that `newest_proven` was proven.

    `backups` are all that lie at one destination; `keep` says how many proven ones are wanted of
    each administration, and what it does not name stays. A backup of several administrations
    goes only when it is one too many for each of them. The brake keeps everything.
    """
    newest = next((backup for backup in backups if backup.id == newest_proven), None)
    if brake or clock_doubtful or any(_from_the_future(now, backup) for backup in backups):
        return []
    if newest is None or any(_newest_id(backups, code) != newest.id for code in newest.codes):
        return []  # not proven, or an order of times that cannot be trusted
    staying = {code: _staying(backups, code, keep.get(code)) for code in _codes(backups)}
    return [
        Removal(backup=backup, keep=max(max(keep[code], FEWEST) for code in backup.codes))
        for backup in sorted(backups, key=lambda backup: backup.made_at)
        if backup.proof
        and not backup.locked
        and not set(backup.codes).isdisjoint(newest.codes)
        and not any(backup.id in staying[code] for code in backup.codes)
    ]


def check_removal(backup: Backup, backups: Sequence[Backup]) -> None:
    """Raise BackupLocked unless a user may remove `backup` from among those at its destination.

    Proven or not, it stays unless two other proven ones of everything inside stay, one of them
    newer; so does one whose content is not known.
    """
    if backup.locked:
        raise BackupLocked(file=backup.file, reason="locked")
    if not backup.codes:
        raise BackupLocked(file=backup.file, reason="unknown")
    for code in backup.codes:
        others = [other for other in _proven(backups, code) if other.id != backup.id]
        newer = any(other.made_at > backup.made_at for other in others)
        if len({other.id for other in others}) < FEWEST or not newer:
            raise BackupLocked(file=backup.file, reason="last")


def _staying(backups: Sequence[Backup], code: Code, wanted: int | None) -> set[BackupId]:
    """Return the proven ones of an administration that stay; locked ones stay besides these."""
    ids = dict.fromkeys(backup.id for backup in _proven(backups, code) if not backup.locked)
    return set(ids) if wanted is None else set(list(ids)[: max(wanted, FEWEST)])


def _newest_id(backups: Sequence[Backup], code: Code) -> BackupId | None:
    return next((backup.id for backup in _proven(backups, code)), None)


def _codes(backups: Iterable[Backup]) -> set[Code]:
    return {code for backup in backups for code in backup.codes}


def _proven(backups: Iterable[Backup], code: Code) -> list[Backup]:
    found = [backup for backup in backups if backup.proof and code in backup.codes]
    return sorted(found, key=lambda backup: (backup.made_at, backup.id), reverse=True)


def _from_the_future(now: datetime, backup: Backup) -> bool:
    proven_at = backup.proof.proven_at if backup.proof else None
    return clock_doubt(now, backup.made_at) or clock_doubt(now, proven_at)
