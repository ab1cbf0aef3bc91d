"""Whether an administration needs no new backup: its content is that of a proven one.

Only the content decides; times and sizes may stay the same when books change.
"""

from bewaar.destinations.base import OpenDestination
from bewaar.kit import Kit
from bewaar.model import Administration
from bewaar.progress import Progress


def is_unchanged(
    administration: Administration,
    to: OpenDestination,
    kit: Kit,
    *,
    encrypted: bool,
    progress: Progress,
) -> bool:
    """Return whether `to` holds a proven backup of just this content, made in the same way."""
    baseline = kit.catalogue.backups.baseline(
        administration.code, to.destination.id, kit.clock.now()
    )
    if (
        baseline is None
        or not baseline.content.fingerprint
        or baseline.backup.encrypted != encrypted
        or baseline.content.documents != administration.documents
    ):
        return False
    there = {entry.name: entry.size for entry in to.entries()}
    if there.get(baseline.backup.file) != baseline.backup.size:
        return False
    source = kit.source(administration, to.destination.id)
    return kit.storage(administration).fingerprint(source, progress) == baseline.content.fingerprint
