"""What stays of the books that are there, when only a part of them is given back.

It is copied beside what was restored, compared, and swapped in with it as one folder: what was
there stays as it was, for undo. When something there changes meanwhile, nothing is replaced.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path

from bewaar.archive import ManifestFile
from bewaar.errors import TargetFull, TargetMoved, TargetUnwritable
from bewaar.files import free_space, fsync_folder, hash_file, reachable, sync
from bewaar.kit import Kit
from bewaar.model import Administration, Source
from bewaar.progress import Progress
from bewaar.restore.chosen import Chosen
from bewaar.restore.journal import Swap
from bewaar.restore.placement import Delivery
from bewaar.restore.single import SQLITE_ENDINGS
from bewaar.storage.parts import part_of
from bewaar.storage.patterns import matches
from bewaar.storage.tree import look


def keep_rest(
    delivery: Delivery, swap: Swap, came: Iterable[ManifestFile], progress: Progress
) -> None:
    """Copy into the restored folder what stays: other parts, or documents the backup lacks.

    Raises TargetMoved when something there was written meanwhile, TargetFull, TargetUnwritable,
    Cancelled, and what looking through the books raises.
    """
    replaced, content = delivery.target.replaces, delivery.found.content
    if replaced is None or not swap.had_old or content.single_file:
        return
    layout = delivery.kit.layout_of(replaced)
    if not delivery.chosen.whole:
        stays = _Stays(delivery.chosen, _whole(replaced, delivery.kit), came)
        _keep(swap, replaced, stays.whether, delivery.kit, progress)
    elif not content.documents and layout.documents:
        _keep(swap, replaced, lambda path: matches(path, layout.documents), delivery.kit, progress)


def size_of_rest(replaced: Administration, chosen: Chosen, kit: Kit) -> int:
    """Return how many bytes of the books there stay beside the wanted parts. Raises as `look`."""
    if chosen.whole or not replaced.place.is_dir():
        return 0
    entries = look(_whole(replaced, kit)).files
    return sum(entry.size for entry in entries if not chosen.holds(entry.part))


def _whole(replaced: Administration, kit: Kit) -> Source:
    """Return all that lies at the place, documents too, whatever its backups hold."""
    return replace(kit.source(replaced), extras=(), documents=True)


class _Stays:
    """Whether a file or folder that is there belongs to no part that is given back."""

    def __init__(self, chosen: Chosen, source: Source, came: Iterable[ManifestFile]) -> None:
        self._chosen = chosen
        self._place = source.place
        self._layout = source.layout
        self._came = {os.path.normcase(file.path) for file in came}

    def whether(self, path: str) -> bool:
        """Return that; what SQLite keeps beside a database goes where that goes."""
        bases = (path.removesuffix(ending) for ending in SQLITE_ENDINGS if path.endswith(ending))
        return not any(map(self._goes, (path, *filter(self._is_file, bases))))

    def _is_file(self, path: str) -> bool:
        return os.path.normcase(path) in self._came or (self._place / path).is_file()

    def _goes(self, path: str) -> bool:
        if os.path.normcase(path) in self._came:
            return True
        if matches(path, self._layout.excludes):
            return False  # of no part, and no harm to the one that comes
        return self._chosen.holds(part_of(path, self._layout))


def _keep(
    swap: Swap,
    replaced: Administration,
    stays: Callable[[str], bool],
    kit: Kit,
    progress: Progress,
) -> None:
    storage, source = kit.storages(replaced.storage), _whole(replaced, kit)
    before = storage.signature(source)
    try:
        _copy_all(swap.place, swap.new, stays, progress)
    except TargetUnwritable as error:
        if storage.signature(source) != before:
            raise TargetMoved(name=replaced.name) from error
        raise
    if storage.signature(source) != before:
        raise TargetMoved(name=replaced.name)


def _copy_all(old: Path, new: Path, stays: Callable[[str], bool], progress: Progress) -> None:
    try:
        for path in reversed([*_copied(old, new, stays, progress)]):
            if stays(path):
                shutil.copystat(reachable(old / path), reachable(new / path))
            fsync_folder(new / path)
    except OSError as error:
        if error.errno == ENOSPC:
            free = free_space(new)
            raise TargetFull(place=str(new), free=free, needed=0) from error
        raise TargetUnwritable(place=str(new), reason=str(error)) from error


def _copied(
    old: Path, new: Path, stays: Callable[[str], bool], progress: Progress
) -> Iterator[str]:
    """Copy what stays, and yield each folder that is there now."""
    waiting = [""]
    while waiting:
        path = waiting.pop()
        if path and stays(path):
            (new / path).mkdir(parents=True, exist_ok=True)
        for entry in sorted(os.scandir(reachable(old / path)), key=lambda entry: entry.name):
            progress.check()
            inner = f"{path}/{entry.name}" if path else entry.name
            if _is_folder(entry, new / inner):
                waiting.append(inner)
            elif stays(inner) and not os.path.lexists(new / inner):
                _copy(Path(entry.path), reachable(new / inner), progress)
        if (new / path).is_dir():
            yield path


def _is_folder(entry: os.DirEntry[str], new: Path) -> bool:
    """Return whether to look into it: a link stays a link, unless something came in its place."""
    return entry.is_dir() and (not entry.is_symlink() or new.is_dir())


def _copy(old: Path, new: Path, progress: Progress) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_symlink():
        new.symlink_to(old.readlink())
        return
    if not old.is_file():
        return  # a socket, a device: no data
    shutil.copyfile(old, new)
    with new.open("rb+") as file:
        sync(file.fileno())
    shutil.copystat(old, new)
    if hash_file(old, progress) != hash_file(new, progress):
        raise TargetUnwritable(place=str(new), reason="copied differently")
