"""Folders that lay outside the books: given back beside them, never over anything.

They come together into one new folder, before the books do; when those then cannot come, it goes
again. A restart removes what was unpacked of one that was interrupted.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bewaar.archive import Archive
from bewaar.errors import TargetExists, TargetUnwritable
from bewaar.files import exists, fsync_folder, remove_tree, rename_new
from bewaar.model import Code
from bewaar.progress import Progress, Stage
from bewaar.restore.ground_files import FileGround
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.placement import Delivery
from bewaar.restore.swap import alone, discard
from bewaar.restore.target import check_here, device_at, free_beside


@contextmanager
def extras_beside(
    delivery: Delivery, archive: Archive, progress: Progress
) -> Iterator[Path | None]:
    """Have the wanted folders come beside the books, unless the block fails; None when none is.

    Raises TargetExists, TargetFull, TargetUnwritable, BackupDamaged, Cancelled.
    """
    if not delivery.chosen.extras:
        yield None
        return
    place = delivery.target.place
    if delivery.chosen.books:
        place = free_beside(place)
    _bring(delivery, archive, place, progress)
    try:
        yield place
    except BaseException:
        with suppress(OSError):
            remove_tree(place)
        raise
    progress.note("restore.extras", place=str(place))


def _bring(delivery: Delivery, archive: Archive, place: Path, progress: Progress) -> None:
    kit, journal = delivery.kit, Journal(delivery.kit.home.journal)
    swap = Swap(
        id=uuid.uuid4().hex,
        step=Step.STAGING,
        code=Code(""),
        name=place.name,
        place=place,
        single_file=False,
        had_old=False,
        backup=delivery.manifest.id,
        made_at=kit.clock.now(),
        device=device_at(place),
    )
    with alone(kit.home.locks, place, progress):
        journal.write(swap)
        try:
            progress.stage(Stage.EXTRACTING, place.name)
            swap.work.mkdir(parents=_is_lost(delivery))
            swap.new.mkdir()
            _extract(delivery, archive, swap.new, progress)
            check_here(place, swap.device)
            rename_new(swap.new, place)
            fsync_folder(place.parent)
        except FileExistsError as error:
            raise TargetExists(place=str(place)) from error
        except OSError as error:
            raise TargetUnwritable(place=str(place), reason=str(error)) from error
        finally:
            discard(swap, journal, FileGround(swap))


def _is_lost(delivery: Delivery) -> bool:
    """Whether books come back to a place that is gone, perhaps with the folder it lay in."""
    return delivery.target.replaces is not None and not exists(delivery.target.place)


def _extract(delivery: Delivery, archive: Archive, to: Path, progress: Progress) -> None:
    code, parts = delivery.request.code, delivery.chosen.extras
    archive.extract(to, code=code, parts=parts, safe_names=True, progress=progress)
