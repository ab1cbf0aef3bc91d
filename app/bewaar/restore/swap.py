"""Swapping restored books into their place by renaming, with undo and recovery.

Whole folders are swapped, never single files of one; an administration that is a single file is
swapped together with the database files that live beside it. Every step can be interrupted.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from blake3 import blake3
from filelock import FileLock, Timeout

from bewaar.clock import Clock
from bewaar.errors import (
    HomeFull,
    HomeUnwritable,
    RestoreInterrupted,
    TargetUnwritable,
    UndoBlocked,
)
from bewaar.files import device_of, exists, fsync_folder, remove_tree
from bewaar.model import Recovery
from bewaar.paths import unwritable
from bewaar.progress import Progress
from bewaar.restore.journal import UNDO_FOR, Journal, Step, Swap

LOG = logging.getLogger(__name__)
TURN_SECONDS = 0.2  # how often one that waits for another looks whether to stop


def place(swap: Swap, journal: Journal) -> Swap:
    """Put `new` in the place and keep what was there as `old`.

    Raises TargetUnwritable, HomeFull and HomeUnwritable when all is as it was, RestoreInterrupted
    when both trees lie in the work folder.
    """
    swap, placed = replace(swap, step=Step.PLACING), replace(swap, step=Step.PLACED)
    try:
        with journal.during(swap, placed):
            _exchange(swap, journal)
    except (HomeFull, HomeUnwritable):
        if exists(_main(swap, swap.new)):
            discard(swap, journal)
        raise
    with suppress(OSError):  # nothing was there before, so nothing is kept
        swap.work.rmdir()
    return placed


def _exchange(swap: Swap, journal: Journal) -> None:
    try:
        if swap.had_old:
            _move_away(swap, swap.old)
        _move_in(swap, swap.new)
    except OSError as error:
        outcome = _settle(swap, journal)
        if outcome in ("stuck", ""):  # "": its drive was pulled
            check_settled(swap)
        if outcome != "finished":
            raise TargetUnwritable(place=str(swap.place), reason=str(error)) from error


def undo(swap: Swap, journal: Journal) -> Swap:
    """Put `old` back and keep what lay there as `undone`.

    Raises UndoBlocked, TargetUnwritable, HomeFull and HomeUnwritable when all is as it was,
    RestoreInterrupted when both trees lie in the work folder.
    """
    if not exists(swap.old) and swap.had_old:
        raise UndoBlocked(code=swap.code, reason="gone")
    placed, swap, undone = (replace(swap, step=s) for s in (Step.PLACED, Step.UNDOING, Step.UNDONE))
    with journal.during(swap, undone):
        try:
            if _occupied(swap):
                _move_away(swap, swap.undone)
            if swap.had_old:
                _move_in(swap, swap.old)
        except OSError as error:
            if _still_there(swap, swap.undone):
                _return_companions(swap, swap.undone)
                journal.write(placed)  # or the next start would undo what is worked in again
                raise TargetUnwritable(place=str(swap.place), reason=str(error)) from error
            if _settle(swap, journal) != "undone":
                check_settled(swap)
    return undone


def recover(journal: Journal, locks: Path, clock: Clock) -> list[Recovery]:
    """Finish or undo every interrupted swap and say what was done; ours may not be running."""
    outcomes = []
    for swap in journal.swaps():
        if swap.step in (Step.PLACED, Step.UNDONE):
            continue
        try:
            with _lock(locks, swap.place).acquire(timeout=0):
                outcome = _settle(swap, journal)
        except Timeout:
            continue
        except OSError as error:
            raise unwritable(error, locks) from error
        if outcome:
            LOG.warning("restore of %s was interrupted: %s", swap.code, outcome)
            outcomes.append(
                Recovery(place=swap.place, name=swap.name, outcome=outcome, at=clock.now())
            )
    return outcomes


@contextmanager
def alone(locks: Path, place: Path, progress: Progress) -> Iterator[None]:
    """Have a place for oneself during the block, among all Bewaars of this user.

    Raises Cancelled while waiting, HomeFull, HomeUnwritable.
    """
    turn = None
    while turn is None:
        try:
            turn = _lock(locks, place).acquire(timeout=TURN_SECONDS)
        except Timeout:
            progress.check()
        except OSError as error:
            raise unwritable(error, locks) from error
    with turn:
        yield


def _lock(locks: Path, place: Path) -> FileLock:
    return FileLock(locks / f"restore-{blake3(os.fsencode(place)).hexdigest()[:32]}")


def expire(journal: Journal, clock: Clock) -> None:
    """Remove what is kept for undo once its time has passed."""
    for swap in journal.swaps():
        over = swap.step in (Step.PLACED, Step.UNDONE) and clock.now() > swap.undoable_until
        if over:
            discard(swap, journal)
        if _is_away(swap) and clock.now() > swap.undoable_until + UNDO_FOR:
            journal.drop(swap)  # nobody waits for that drive any more


# ── Settling an interrupted swap ────────────────────────────────────────────────────────────


def _settle(swap: Swap, journal: Journal) -> str:
    """Bring a swap to an end: "finished", "undone", "stuck", or "" when nothing had begun."""
    if _is_away(swap):
        return ""  # it is settled when it is here
    try:
        if swap.step is Step.STAGING:
            discard(swap, journal)
            return ""
        if swap.step is Step.UNDOING:
            return _settle_undo(swap, journal)
        return _settle_placing(swap, journal)
    except OSError:
        LOG.exception("restore of %s cannot be settled", swap.code)
        return "stuck"


def _settle_placing(swap: Swap, journal: Journal) -> str:
    if _arrived(swap, swap.new):
        _sync(swap)  # a disk that failed may show what it does not hold
        journal.write(replace(swap, step=Step.PLACED))
        return "finished"
    if _still_there(swap, swap.old):
        _return_companions(swap, swap.old)
        discard(swap, journal)
        return "undone"
    if _occupied(swap):
        return "stuck"  # something new came to lie there; both trees are kept
    _move_in(swap, swap.new)
    journal.write(replace(swap, step=Step.PLACED))
    return "finished"


def _settle_undo(swap: Swap, journal: Journal) -> str:
    if swap.had_old and not _arrived(swap, swap.old):
        if _still_there(swap, swap.undone):
            _move_away(swap, swap.undone)
        if _occupied(swap):
            return "stuck"
        _move_in(swap, swap.old)
    _sync(swap)
    journal.write(replace(swap, step=Step.UNDONE))
    return "undone"


def check_settled(swap: Swap) -> None:
    """Raise RestoreInterrupted while a swap of this place is stuck half-way."""
    if swap.step in (Step.PLACING, Step.UNDOING):
        raise RestoreInterrupted(place=str(swap.place), old=str(swap.old), new=str(swap.new))


def _is_away(swap: Swap) -> bool:
    """Whether it is on a drive that is not here: where that was, another disk or nothing lies."""
    parent = swap.place.parent
    try:
        device = device_of(parent)
    except OSError:
        return True
    if not exists(parent):
        return True
    return swap.device not in (0, device) and not exists(swap.work)


def _arrived(swap: Swap, store: Path) -> bool:
    """Whether what lay in `store` is at the place: it is gone from the one, there in the other."""
    return _occupied(swap) and not _main(swap, store).exists()


def _still_there(swap: Swap, store: Path) -> bool:
    """Whether what lay at the place never reached `store`."""
    return _occupied(swap) and not _main(swap, store).exists()


def discard(swap: Swap, journal: Journal) -> None:
    """Remove a swap's work folder and forget the swap; what cannot go now goes another time."""
    if _is_away(swap):
        return
    try:
        remove_tree(swap.work)
        fsync_folder(swap.place.parent)
        journal.drop(swap)
    except (OSError, HomeFull, HomeUnwritable) as error:
        LOG.warning("%s cannot be removed: %s", swap.work, error)


# ── Renaming ────────────────────────────────────────────────────────────────────────────────


def _main(swap: Swap, store: Path) -> Path:
    """Return the path in a store that counts: the folder itself, or the single file in it."""
    return store / swap.place.name if swap.single_file else store


def _occupied(swap: Swap) -> bool:
    return os.path.lexists(swap.place)


def _move_away(swap: Swap, store: Path) -> None:
    """Move what lies at the place into `store`; of a single file its companions go first."""
    if swap.single_file:
        store.mkdir(exist_ok=True)
        for name in swap.companions:
            companion = swap.place.with_name(name)
            if companion.exists():
                companion.rename(store / name)
    swap.place.rename(_main(swap, store))
    _sync(swap)


def _move_in(swap: Swap, store: Path) -> None:
    """Move `store` to the free place; of a single file its companions go first."""
    if _occupied(swap):
        raise FileExistsError(17, "something lies there", str(swap.place))
    if swap.single_file:
        _return_companions(swap, store)
    _main(swap, store).rename(swap.place)
    if swap.single_file:
        with suppress(OSError):  # a file came out of it, an empty folder stays
            store.rmdir()
    _sync(swap)


def _return_companions(swap: Swap, store: Path) -> None:
    for name in swap.companions:
        companion = store / name
        if companion.exists():
            companion.rename(swap.place.with_name(name))


def _sync(swap: Swap) -> None:
    fsync_folder(swap.work)
    fsync_folder(swap.place.parent)
