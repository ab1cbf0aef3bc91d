"""One restore: everything is verified in a staging folder before anything is moved.

A new administration overwrites nothing. Replacing one needs its typed name, takes a safety
backup, and swaps by renaming under a journal; what was there is kept and can be put back.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bewaar.archive import Archive, ManifestAdministration
from bewaar.errors import (
    BackupDamaged,
    PairBroken,
    SourceDamaged,
    SourceEmpty,
    SourceUnreadable,
    TargetOpen,
)
from bewaar.files import exists
from bewaar.kit import Kit
from bewaar.model import Administration, Backup, Code, Openness
from bewaar.progress import Progress, Stage
from bewaar.requests import RestoreRequest
from bewaar.restore.fresh import place_new
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.keep import carry_over
from bewaar.restore.single import companions, rename_all, renamed
from bewaar.restore.staging import stage
from bewaar.restore.swap import alone, check_settled, discard, place
from bewaar.restore.target import (
    check_depth,
    check_here,
    check_room,
    check_typed,
    device_at,
    target_of,
)
from bewaar.verify import administration_in

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
    check_depth(target, found)
    if target.replaces is None:
        place_new(request, archive, found, target, kit, progress)
        return Restored(found=found, place=target.place, replaced=None, safety=None)
    _refuse_open(target.replaces, kit)
    safety = _safety(target.replaces, safety_backup, progress)
    check_here(target.place, target.device)
    _replace(request, archive, found, target.replaces, safety, kit, progress)
    return Restored(found=found, place=target.place, replaced=target.replaces, safety=safety)


def _found(request: RestoreRequest, archive: Archive) -> ManifestAdministration:
    found = administration_in(archive.manifest, request.code)
    if found is None:
        codes = ", ".join(a.content.code for a in archive.manifest.administrations)
        raise BackupDamaged(file=archive.manifest.id, detail=f"holds {codes}, not {request.code}")
    return found


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
    with alone(kit.home.locks, replaced.place, progress):
        for earlier in journal.swaps():
            if earlier.place == replaced.place:
                check_settled(earlier)
        swap = Swap(
            id=uuid.uuid4().hex,
            number=journal.next_number(),
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
            device=device_at(replaced.place),
        )
        journal.write(swap)
        try:
            lost = not swap.had_old
            stage(request, archive, found, swap.new, kit, progress, parents=lost)
            if found.content.single_file:
                rename_all(swap.new, renamed(found, swap.place.name))
            carry_over(found, replaced, swap, kit, progress)
            progress.stage(Stage.PLACING, replaced.name)
            progress.check()
            _refuse_open(replaced, kit)
            check_here(swap.place, swap.device)
        except BaseException:
            discard(swap, journal)
            raise
        place(swap, journal)


def _refuse_open(replaced: Administration, kit: Kit) -> None:
    if not exists(replaced.place):
        return
    state = kit.storage(replaced).is_open(kit.source(replaced))
    if state.openness is Openness.OPEN:
        raise TargetOpen(name=replaced.name, evidence=", ".join(state.evidence), who=state.who)


def _safety(
    replaced: Administration, safety_backup: SafetyBackup, progress: Progress
) -> Backup | None:
    """Back up what is there; damaged or half lost books cannot be, but the swap keeps them."""
    if not exists(replaced.place):
        return None
    try:
        backup = safety_backup(replaced, progress)
    except (SourceDamaged, SourceEmpty, SourceUnreadable, PairBroken) as error:
        progress.note("safety.impossible", name=replaced.name, code=error.code)
        return None
    progress.note("safety.made", file=backup.file)
    return backup
