"""Undoing a restore: what was there before comes back, what it replaced is kept too."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bewaar.errors import NothingToUndo, TargetOpen, UndoBlocked
from bewaar.kit import Kit
from bewaar.model import Administration, Openness
from bewaar.progress import Progress, Stage
from bewaar.restore import swap as swapping
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.placing import grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """A restore that can be undone."""

    name: str
    place: Path
    restored_at: datetime
    until: datetime


def undoable(administration: Administration, kit: Kit) -> Undo | None:
    """Return the last restore of an administration that can be undone."""
    swap = _last(administration, kit)
    if swap is None:
        return None
    return Undo(
        name=swap.name, place=swap.place, restored_at=swap.made_at, until=swap.undoable_until
    )


def undo_last(administration: Administration, kit: Kit, progress: Progress) -> Swap:
    """Put back what the last restore replaced. Raises NothingToUndo, UndoBlocked, TargetOpen."""
    with swapping.alone(kit.home.locks, administration.place, progress):
        swap = _last(administration, kit)
        if swap is None:
            raise NothingToUndo(code=administration.code)
        if swap.place != administration.place:
            raise UndoBlocked(code=administration.code, reason="moved")
        state = kit.storage(administration).is_open(kit.source(administration))
        if state.openness is Openness.OPEN:
            raise TargetOpen(name=administration.name, evidence=", ".join(state.evidence))
        progress.stage(Stage.PLACING, administration.name)
        return swapping.undo(swap, Journal(kit.home.journal), grounds(kit))


def _last(administration: Administration, kit: Kit) -> Swap | None:
    """Only the latest restore of a place: undoing an older one would bring back other books."""
    swaps = [s for s in Journal(kit.home.journal).swaps() if s.code == administration.code]
    if not swaps or swaps[-1].step is not Step.PLACED or not swaps[-1].had_old:
        return None
    return swaps[-1] if swaps[-1].undoable_until > kit.clock.now() else None
