"""Books on their way back: unpacked beside their place, checked and counted before they move."""

from pathlib import Path

from bewaar.archive import Archive, ManifestFile
from bewaar.errors import BackupDamaged, SourceDamaged, TargetUnwritable
from bewaar.files import remove_tree
from bewaar.progress import Progress, Stage
from bewaar.restore.naming import allows_others
from bewaar.restore.placement import Delivery
from bewaar.verify import counted_in, counting_storage, same_counts


def stage(
    delivery: Delivery,
    archive: Archive,
    new: Path,
    progress: Progress,
    *,
    parents: bool = False,
) -> tuple[ManifestFile, ...]:
    """Unpack into the folder `new`, every hash checked, open the databases there; return the files.

    With `parents` the folder the target lies in is made, when it is lost. It is not made unasked:
    a drive may have been pulled.
    """
    request, found = delivery.request, delivery.found
    progress.stage(Stage.EXTRACTING, found.content.name)
    try:
        new.parent.mkdir(parents=parents)
        new.mkdir()
        kept = _keeps_content(new.parent)
    except OSError as error:
        raise TargetUnwritable(place=str(new.parent.parent), reason=str(error)) from error
    if not kept:
        raise TargetUnwritable(place=str(new.parent.parent), reason="renamed folders lose content")
    files = archive.extract(
        new,
        code=request.code,
        paths=None if _all_of_it(delivery) else {file.path for file in found.files},
        safe_names=allows_others(request, found),
        progress=progress,
    )
    _make_folders(delivery, new)
    progress.stage(Stage.CHECKING, found.content.name)
    _count(delivery, new, files, progress)
    return files


def _all_of_it(delivery: Delivery) -> bool:
    """Whether nothing of what the backup holds of these books stays in it."""
    return delivery.chosen.whole and not delivery.chosen.extras


def _make_folders(delivery: Delivery, new: Path) -> None:
    """Make the empty folders of single parts; those of the whole were unpacked with it."""
    if _all_of_it(delivery):
        return
    try:
        for folder in delivery.found.folders:
            (new / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetUnwritable(place=str(new), reason=str(error)) from error


def _keeps_content(work: Path) -> bool:
    """Try in an own folder whether one that is renamed keeps what is in it, as not all drivers do.

    Books that are there are moved by renaming: a driver that empties them may not have them.
    """
    trial, renamed = work / "trial", work / "renamed"
    trial.mkdir()
    (trial / "file").write_bytes(b"kept")
    trial.rename(renamed)
    kept = (renamed / "file").is_file() and (renamed / "file").read_bytes() == b"kept"
    remove_tree(renamed)
    return kept


def _count(
    delivery: Delivery, new: Path, files: tuple[ManifestFile, ...], progress: Progress
) -> None:
    """Open and count what was unpacked; all of it together must hold what the manifest says."""
    found, whole = delivery.found, delivery.chosen.complete
    content = found.content
    databases = tuple(file.path for file in files if file.database)
    placed = dict(zip((file.path for file in found.files), files, strict=False)) if whole else {}
    books = tuple(placed[path].path for path in counted_in(found)) if whole else ()
    storage = counting_storage(delivery.kit.storages, content)
    if storage is None or not (databases or books):
        return
    try:
        counts = storage.count(
            new,
            databases,
            progress,
            rule=content.counts.rule,
            books=books,
            single=content.single_file,
        )
    except SourceDamaged as error:
        raise BackupDamaged(file=content.name, detail=str(error)) from error
    # A file under another name gives its tables other names: then only the rows compare.
    named = all(path == file.path for path, file in placed.items())
    if whole and not same_counts(content.counts, counts, named=named):
        raise BackupDamaged(file=content.name, detail="the books count differently")
