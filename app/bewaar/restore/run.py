"""One restore: everything is verified in a staging folder before anything is moved.

A new administration overwrites nothing. Replacing one needs its typed name, takes a safety
backup, and swaps by renaming under a journal; what was there is kept and can be put back.
"""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bewaar.archive import Archive, ManifestAdministration, ManifestFile
from bewaar.errors import (
    BackupDamaged,
    SourceDamaged,
    SourceUnreadable,
    TargetExists,
    TargetOpen,
    TargetUnwritable,
)
from bewaar.files import exists, fsync_folder
from bewaar.kit import Kit
from bewaar.model import Administration, Backup, Code, Openness
from bewaar.progress import Progress, Stage
from bewaar.requests import RestoreRequest
from bewaar.restore.journal import WORK_PREFIX, Journal, Step, Swap
from bewaar.restore.keep import carry_over
from bewaar.restore.single import companions, place_all, rename_all, renamed
from bewaar.restore.swap import check_settled, place, swap_lock
from bewaar.restore.target import Target, check_room, check_typed, target_of
from bewaar.verify import administration_in, counted_in, same_counts

SafetyBackup = Callable[[Administration, Progress], Backup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore brought."""

    found: ManifestAdministration
    place: Path
    replaced: Administration | None
    safety: Backup | None  # of the books that were there


def restore(
    request: RestoreRequest,
    archive: Archive,
    kit: Kit,
    *,
    administration: Callable[[Code], Administration],
    safety_backup: SafetyBackup,
    progress: Progress,
) -> Restored:
    """Give the books back and return where they are."""
    found = _found(request, archive)
    target = target_of(request, found, administration)
    check_typed(request, target)
    check_room(target, found.content.size)
    if target.replaces is None:
        _place_new(request, archive, found, target, kit, progress)
        return Restored(found=found, place=target.place, replaced=None, safety=None)
    _refuse_open(target.replaces, kit)
    safety = _safety(target.replaces, safety_backup, progress)
    _replace(request, archive, found, target.replaces, safety, kit, progress)
    return Restored(found=found, place=target.place, replaced=target.replaces, safety=safety)


def _found(request: RestoreRequest, archive: Archive) -> ManifestAdministration:
    found = administration_in(archive.manifest, request.code)
    if found is None:
        codes = ", ".join(a.content.code for a in archive.manifest.administrations)
        raise BackupDamaged(file=archive.manifest.id, detail=f"holds {codes}, not {request.code}")
    return found


def _place_new(
    request: RestoreRequest,
    archive: Archive,
    found: ManifestAdministration,
    target: Target,
    kit: Kit,
    progress: Progress,
) -> None:
    work = target.place.parent / f"{WORK_PREFIX}{uuid.uuid4().hex}"
    try:
        _stage(request, archive, found, work / "new", kit, progress)
        progress.stage(Stage.PLACING, request.new_name)
        _settle_new(found, work / "new", target.place)
        fsync_folder(target.place.parent)
    except OSError as error:
        raise TargetUnwritable(place=str(target.place), reason=str(error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _settle_new(found: ManifestAdministration, new: Path, place: Path) -> None:
    """Move the verified books to their free place."""
    if place.exists():
        raise TargetExists(place=str(place))
    if not found.content.single_file:
        new.rename(place)
        return
    names = renamed(found, place.name)
    for name in names.values():
        if place.with_name(name).exists():
            raise TargetExists(place=str(place.with_name(name)))
    rename_all(new, names)
    place_all(new, place, list(names.values()))


def _replace(
    request: RestoreRequest,
    archive: Archive,
    found: ManifestAdministration,
    replaced: Administration,
    safety: Backup | None,
    kit: Kit,
    progress: Progress,
) -> None:
    journal = Journal(kit.home.journal)
    for earlier in journal.swaps():
        if earlier.place == replaced.place:
            check_settled(earlier)
    swap = Swap(
        id=uuid.uuid4().hex,
        step=Step.STAGING,
        code=replaced.code,
        name=replaced.name,
        place=replaced.place,
        single_file=found.content.single_file,
        had_old=exists(replaced.place),
        backup=archive.manifest.id,
        made_at=kit.clock.now(),
        companions=companions(replaced.place, found) if found.content.single_file else (),
        safety=safety.file if safety else "",
    )
    with swap_lock(kit.home.locks, swap):
        journal.write(swap)
        try:
            _stage(request, archive, found, swap.new, kit, progress)
            if found.content.single_file:
                rename_all(swap.new, renamed(found, swap.place.name))
            carry_over(found, replaced, swap, kit, progress)
            progress.stage(Stage.PLACING, replaced.name)
            progress.check()
            _refuse_open(replaced, kit)
        except BaseException:
            shutil.rmtree(swap.work, ignore_errors=True)
            journal.drop(swap)
            raise
        place(swap, journal)


def _stage(
    request: RestoreRequest,
    archive: Archive,
    found: ManifestAdministration,
    new: Path,
    kit: Kit,
    progress: Progress,
) -> None:
    """Unpack beside the target, every hash checked, and open the databases there."""
    progress.stage(Stage.EXTRACTING, found.content.name)
    try:
        new.mkdir(parents=True)
    except OSError as error:
        raise TargetUnwritable(place=str(new.parent.parent), reason=str(error)) from error
    files = archive.extract(new, code=request.code, parts=request.parts, progress=progress)
    progress.stage(Stage.CHECKING, found.content.name)
    _count(found, new, files, request, kit, progress)


def _count(
    found: ManifestAdministration,
    new: Path,
    files: tuple[ManifestFile, ...],
    request: RestoreRequest,
    kit: Kit,
    progress: Progress,
) -> None:
    """Open and count what was unpacked; all of it together must hold what the manifest says."""
    content, whole = found.content, request.parts is None
    databases = tuple(file.path for file in files if file.database)
    books = counted_in(found) if whole else ()
    if not databases and not books:
        return
    try:
        counts = kit.storages(content.storage).count(
            new,
            databases,
            progress,
            rule=content.counts.rule,
            books=books,
            single=content.single_file,
        )
    except SourceDamaged as error:
        raise BackupDamaged(file=content.name, detail=str(error)) from error
    if whole and not same_counts(content.counts, counts):
        raise BackupDamaged(file=content.name, detail="the books count differently")


def _refuse_open(replaced: Administration, kit: Kit) -> None:
    if not exists(replaced.place):
        return
    state = kit.storage(replaced).is_open(kit.source(replaced))
    if state.openness is Openness.OPEN:
        raise TargetOpen(name=replaced.name, evidence=", ".join(state.evidence), who=state.who)


def _safety(
    replaced: Administration, safety_backup: SafetyBackup, progress: Progress
) -> Backup | None:
    """Back up what is there; damaged books cannot be proven, but the swap keeps them."""
    if not exists(replaced.place):
        return None
    try:
        backup = safety_backup(replaced, progress)
    except (SourceDamaged, SourceUnreadable) as error:
        progress.note("safety.impossible", name=replaced.name, code=error.code)
        return None
    progress.note("safety.made", file=backup.file)
    return backup
