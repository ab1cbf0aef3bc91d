"""A new folder that is no administration: filled in a work folder beside its place, then named.

A restart removes what was put there when that was interrupted.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bewaar.errors import TargetExists, TargetUnwritable
from bewaar.files import fsync_folder, rename_new
from bewaar.kit import Kit
from bewaar.model import BackupId, Code
from bewaar.progress import SILENT, Progress, Stage
from bewaar.restore.clearing import clear_after
from bewaar.restore.ground_files import FileGround
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.swap import alone, discard
from bewaar.restore.target import check_here, device_at


@contextmanager
def new_folder(place: Path, backup: BackupId, kit: Kit, progress: Progress) -> Iterator[Swap]:
    """Have the block fill `Swap.new`, which gets its place when the block went well.

    Raises TargetExists, TargetUnwritable, HomeFull, HomeUnwritable, Cancelled.
    """
    journal, locks = Journal(kit.home.journal), kit.home.locks
    swap = Swap(
        id=uuid.uuid4().hex,
        step=Step.STAGING,
        code=Code(""),
        name=place.name,
        place=place,
        single_file=False,
        had_old=False,
        backup=backup,
        made_at=kit.clock.now(),
        device=device_at(place),
    )
    with alone(locks, place, progress):
        journal.write(swap)
        try:
            with _told(place):
                progress.stage(Stage.EXTRACTING, place.name)
                yield swap
                check_here(place, swap.device)
                rename_new(swap.new, place)
                fsync_folder(place.parent)
        except BaseException as error:
            clear_after(error, swap, journal, FileGround(swap), locks)
            raise
        discard(swap, journal, FileGround(swap))


def take_back(swap: Swap, reason: BaseException, kit: Kit) -> None:
    """Remove a folder that got its place, since what should follow it did not come."""
    journal, locks = Journal(kit.home.journal), kit.home.locks
    with alone(locks, swap.place, SILENT):
        journal.write(swap)
        swap.work.mkdir()
        swap.place.rename(swap.new)
        clear_after(reason, swap, journal, FileGround(swap), locks)


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise TargetExists(place=str(place)) from error
    except OSError as error:
        raise TargetUnwritable(place=str(place), reason=str(error)) from error
