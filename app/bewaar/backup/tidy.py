"""Removing older backups after a newer one was proven, as retention allows (S1)."""

import logging
from collections.abc import Mapping

from bewaar.archive import SIDECAR_SUFFIX
from bewaar.destinations.base import OpenDestination
from bewaar.errors import BewaarError
from bewaar.kit import Kit
from bewaar.model import Backup, Code
from bewaar.progress import Progress
from bewaar.retention import removable

LOG = logging.getLogger(__name__)


def tidy(
    proven: Backup,
    to: OpenDestination,
    kit: Kit,
    *,
    keep: Mapping[Code, int],
    clock_doubtful: bool,
    progress: Progress,
) -> None:
    """Remove what may go now that `proven` is proven; a removal that fails is only noted."""
    for removal in removable(
        kit.clock.now(),
        present(to, kit),
        keep=keep,
        newest_proven=proven.id,
        clock_doubtful=clock_doubtful,
    ):
        try:
            if kit.catalogue.backups.get(removal.backup.id).locked:
                continue  # locked a moment ago
            remove(removal.backup, to, kit)
        except BewaarError as error:
            progress.note("retention.stuck", file=removal.backup.file, reason=str(error))
        else:
            progress.note(
                "retention.removed",
                file=removal.backup.file,
                keep=removal.keep,
            )


def present(to: OpenDestination, kit: Kit) -> list[Backup]:
    """Return the known backups whose files really lie there now, with the size they had."""
    there = {entry.name: entry.size for entry in to.entries()}
    return [
        backup
        for backup in kit.catalogue.backups.at(to.destination.id)
        if there.get(backup.file) == backup.size
    ]


def remove(backup: Backup, to: OpenDestination, kit: Kit) -> None:
    """Remove a backup, forget it, and remove its sidecar, which is worth nothing alone.

    It counts no more before its file goes: a cut in between leaves nothing that only seems proven.
    """
    known = kit.catalogue.backups
    known.prove(backup.id, to.destination.id, None)
    try:
        to.remove(backup.file)
    except BewaarError:
        known.prove(backup.id, to.destination.id, backup.proof)
        raise
    known.remove(backup.id, to.destination.id, was_proven=backup.proof is not None)
    try:
        to.remove(backup.file + SIDECAR_SUFFIX)
    except BewaarError as error:
        LOG.warning("the sidecar of %s stays: %s", backup.file, error)
