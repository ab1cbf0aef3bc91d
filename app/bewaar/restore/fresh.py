"""A new administration: verified in a work folder, then moved to a place that is free.

Written in the journal while it is in the making, so that a restart removes the work folder of one
that was interrupted.
"""

import uuid
from pathlib import Path

from bewaar.archive import Archive, ManifestAdministration
from bewaar.errors import TargetExists, TargetUnwritable
from bewaar.files import fsync_folder, rename_new
from bewaar.kit import Kit
from bewaar.model import Code
from bewaar.progress import Progress, Stage
from bewaar.requests import RestoreRequest
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.single import place_all, rename_all, renamed
from bewaar.restore.staging import stage
from bewaar.restore.swap import alone, discard
from bewaar.restore.target import Target, check_here


def place_new(
    request: RestoreRequest,
    archive: Archive,
    found: ManifestAdministration,
    target: Target,
    kit: Kit,
    progress: Progress,
) -> None:
    """Put the books in the free place, or leave all as it was.

    Raises TargetExists, TargetUnwritable, TargetFull, BackupDamaged, HomeFull, Cancelled.
    """
    journal = Journal(kit.home.journal)
    swap = Swap(
        id=uuid.uuid4().hex,
        step=Step.STAGING,
        code=Code(""),  # it has none yet
        name=request.new_name,
        place=target.place,
        single_file=found.content.single_file,
        had_old=False,
        backup=archive.manifest.id,
        made_at=kit.clock.now(),
        device=target.device,
    )
    with alone(kit.home.locks, target.place, progress):
        journal.write(swap)
        try:
            stage(request, archive, found, swap.new, kit, progress)
            progress.stage(Stage.PLACING, request.new_name)
            check_here(target.place, target.device)
            _settle(found, swap.new, target.place)
            fsync_folder(target.place.parent)
        except FileExistsError as error:
            raise TargetExists(place=str(target.place)) from error
        except OSError as error:
            raise TargetUnwritable(place=str(target.place), reason=str(error)) from error
        finally:
            discard(swap, journal)


def _settle(found: ManifestAdministration, new: Path, place: Path) -> None:
    """Move the verified books to their place; whatever came to lie there meanwhile stays."""
    if not found.content.single_file:
        rename_new(new, place)
        return
    names = renamed(found, place.name)
    rename_all(new, names)
    place_all(new, place, list(names.values()))
