"""What can be saved from a damaged backup, in a new folder that says itself what is missing.

It never goes into an administration, is never kept as one, and is never called whole.
"""

from collections.abc import Callable

from bewaar.archive import Salvaged, Wreck
from bewaar.errors import InvalidValue, TargetExists, TargetUnwritable
from bewaar.files import exists, fsync_folder, sync
from bewaar.kit import Kit
from bewaar.model import BackupId
from bewaar.progress import Progress, Stage
from bewaar.requests import SalvageRequest
from bewaar.restore.journal import Swap
from bewaar.restore.loose import new_folder

Report = Callable[[Salvaged], tuple[str, str]]  # name and text of the list that goes along


def check_salvage(request: SalvageRequest) -> None:
    """Raise InvalidValue, TargetExists or TargetUnwritable unless the place is free."""
    place = request.place
    if not place.is_absolute() or "\0" in str(place):
        raise InvalidValue(field="into", value=str(place))
    if exists(place) or place.is_symlink():
        raise TargetExists(place=str(place))
    if not place.parent.is_dir():
        raise TargetUnwritable(place=str(place), reason="no such folder")


def salvage(
    request: SalvageRequest, wreck: Wreck, kit: Kit, *, report: Report, progress: Progress
) -> Salvaged:
    """Put what can be saved into the new folder, or leave all as it was.

    Raises TargetExists, TargetFull, TargetUnwritable, HomeFull, Cancelled.
    """
    check_salvage(request)
    backup = wreck.manifest.id if wreck.manifest else BackupId("")
    with new_folder(request.place, backup, kit, progress) as swap:
        swap.new.mkdir(parents=True)
        saved = wreck.save(swap.new, progress)
        _leave(swap, *report(saved))
        progress.stage(Stage.PLACING, request.place.name)
    return saved


def _leave(swap: Swap, name: str, text: str) -> None:
    """Put the list of what is missing beside the files."""
    data = text.replace("\n", "\r\n").encode("utf-8-sig", "backslashreplace")
    with (swap.new / name).open("xb") as file:
        file.write(data)
        file.flush()
        sync(file.fileno())
    fsync_folder(swap.new)
