"""Folders that lay outside the books: given back beside them, never over anything.

They come together into one new folder, before the books do; when those then cannot come, it goes
again. A restart removes what was unpacked of one that was interrupted.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bewaar.archive import Archive
from bewaar.errors import HomeFull, HomeUnwritable
from bewaar.files import exists
from bewaar.progress import Progress
from bewaar.restore.journal import Swap
from bewaar.restore.loose import new_folder, take_back
from bewaar.restore.placement import Delivery
from bewaar.restore.target import free_beside


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
    came = _bring(delivery, archive, place, progress)
    try:
        yield place
    except BaseException as error:
        with suppress(OSError, HomeFull, HomeUnwritable):  # then it stays, whole
            take_back(came, error, delivery.kit)
        raise
    progress.note("restore.extras", place=str(place))


def _bring(delivery: Delivery, archive: Archive, place: Path, progress: Progress) -> Swap:
    with new_folder(place, delivery.manifest.id, delivery.kit, progress) as swap:
        swap.work.mkdir(parents=_is_lost(delivery))
        swap.new.mkdir()
        _extract(delivery, archive, swap.new, progress)
    return swap


def _is_lost(delivery: Delivery) -> bool:
    """Whether books come back to a place that is gone, perhaps with the folder it lay in."""
    return delivery.target.replaces is not None and not exists(delivery.target.place)


def _extract(delivery: Delivery, archive: Archive, to: Path, progress: Progress) -> None:
    code, parts = delivery.request.code, delivery.chosen.extras
    archive.extract(to, code=code, parts=parts, safe_names=True, progress=progress)
