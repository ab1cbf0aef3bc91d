"""One restore: everything is verified in a staging folder before anything is moved.

A new administration overwrites nothing. Replacing one needs its typed name, takes a safety
backup, and swaps by renaming under a journal; what was there is kept and can be put back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.archive import Archive, Manifest, ManifestAdministration
from bewaar.errors import (
    BackupDamaged,
    PairBroken,
    SourceDamaged,
    SourceEmpty,
    SourceUnreadable,
    TargetOpen,
)
from bewaar.kit import Kit
from bewaar.model import Administration, Backup, Code, Openness
from bewaar.progress import Progress, Stage
from bewaar.requests import RestoreRequest
from bewaar.restore.clearing import clear_after
from bewaar.restore.extras import extras_beside
from bewaar.restore.fresh import place_new
from bewaar.restore.journal import Journal
from bewaar.restore.placement import Delivery, Placement, delivery_of
from bewaar.restore.placing import placement_of
from bewaar.restore.swap import alone, check_settled, place
from bewaar.restore.target import check_here, check_typed, target_of
from bewaar.verify import administration_in

SafetyBackup = Callable[[Administration, Progress], Backup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A restore that nothing speaks against; nothing was changed for it yet."""

    delivery: Delivery
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Books that are to be replaced, and are kept."""

    safety: Backup | None  # None: they were lost or damaged, and could not be backed up
    device: int  # number of the disk they lay on, see `check_here`


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore brought."""

    found: ManifestAdministration
    place: Path
    replaced: Administration | None
    safety: Backup | None  # of the books that were there
    loose: bool  # no administration: a database's dump as a file, folders from outside


def prepare(
    request: RestoreRequest,
    manifest: Manifest,
    kit: Kit,
    administration: Callable[[Code], Administration],
) -> Ready:
    """Look at what is there, and raise whatever is known to stop this restore."""
    found = _found(request, manifest)
    target = target_of(request, found, administration)
    check_typed(request, target)
    delivery = delivery_of(request, manifest, found, target, kit)
    placement = placement_of(delivery)
    placement.check()
    if target.replaces is not None:
        _refuse_open(target.replaces, placement, kit)
    return Ready(delivery=delivery, placement=placement)


def restore(ready: Ready, archive: Archive, kept: Kept | None, progress: Progress) -> Restored:
    """Give the books back and return where they are; what they replace was `kept`."""
    delivery, placement = ready.delivery, ready.placement
    target = delivery.target
    if kept is not None and not target.on_server:
        check_here(target.place, kept.device)
    with extras_beside(delivery, archive, progress):
        if target.replaces is not None:
            _replace(ready, archive, target.replaces, kept, progress)
        elif delivery.chosen.books:
            place_new(delivery, placement, archive, progress)
    return Restored(
        found=delivery.found,
        place=target.place,
        replaced=target.replaces,
        safety=kept.safety if kept else None,
        loose=target.loose,
    )


def keep(
    replaced: Administration, safety_backup: SafetyBackup, progress: Progress
) -> Backup | None:
    """Back up what is there; damaged or half lost books cannot be, but the swap keeps them."""
    try:
        backup = safety_backup(replaced, progress)
    except (SourceDamaged, SourceEmpty, SourceUnreadable, PairBroken) as error:
        progress.note("safety.impossible", name=replaced.name, code=error.code)
        return None
    progress.note("safety.made", file=backup.file)
    return backup


def _found(request: RestoreRequest, manifest: Manifest) -> ManifestAdministration:
    found = administration_in(manifest, request.code)
    if found is None:
        codes = ", ".join(a.content.code for a in manifest.administrations)
        raise BackupDamaged(file=manifest.id, detail=f"holds {codes}, not {request.code}")
    return found


def _replace(
    ready: Ready,
    archive: Archive,
    replaced: Administration,
    kept: Kept | None,
    progress: Progress,
) -> None:
    """Put the books in the place of others, which are kept."""
    placement, kit = ready.placement, ready.delivery.kit
    placement.look_again()
    journal = Journal(kit.home.journal)
    with alone(kit.home.locks, replaced.place, progress):
        for earlier in journal.swaps():
            if earlier.place == replaced.place:
                check_settled(earlier)
        swap = placement.begin(journal.next_number())
        swap = replace(swap, safety=kept.safety.file if kept and kept.safety else "")
        journal.write(swap)
        try:
            placement.fill(swap, archive, progress)
            progress.stage(Stage.PLACING, replaced.name)
            progress.check()
            _refuse_open(replaced, placement, kit)
            placement.look_again()
        except BaseException as error:
            clear_after(error, swap, journal, placement.ground(swap), kit.home.locks)
            raise
        place(swap, journal, placement.ground)


def _refuse_open(replaced: Administration, placement: Placement, kit: Kit) -> None:
    if not placement.there():
        return
    state = kit.storage(replaced).is_open(kit.source(replaced))
    if state.openness is Openness.OPEN:
        raise TargetOpen(name=replaced.name, evidence=", ".join(state.evidence), who=state.who)
