"""Swapping restored books into their place by renaming, with undo and recovery.

What lies where is known to a `Ground`; this room knows the order of the moves. Every one of them
can be interrupted: a restart finishes or undoes it, and whatever happens nothing is lost.
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
from bewaar.errors import HomeFull, HomeUnwritable, RestoreInterrupted, UndoBlocked
from bewaar.model import Recovery
from bewaar.paths import unwritable
from bewaar.progress import Progress
from bewaar.restore.ground import UNMOVED, Ground, Grounds
from bewaar.restore.ground_files import FileGround
from bewaar.restore.journal import UNDO_FOR, Journal, Step, Store, Swap

LOG = logging.getLogger(__name__)
TURN_SECONDS = 0.2  # how often one that waits for another looks whether to stop


def place(swap: Swap, journal: Journal, on: Grounds = FileGround) -> Swap:
    """Put what comes in the place and keep what was there.

    Raises one of UNMOVED, HomeFull and HomeUnwritable when all is as it was, RestoreInterrupted
    when both lie in their stores.
    """
    swap, placed = replace(swap, step=Step.PLACING), replace(swap, step=Step.PLACED)
    ground = on(swap)
    try:
        with journal.during(swap, placed):
            _exchange(swap, journal, ground)
    except (HomeFull, HomeUnwritable):
        if ground.holds(Store.NEW):
            discard(swap, journal, ground)
        raise
    with suppress(OSError):  # nothing was there before, so nothing is kept
        swap.work.rmdir()
    return placed


def _exchange(swap: Swap, journal: Journal, ground: Ground) -> None:
    try:
        ground.exchange(Store.NEW, Store.OLD if swap.had_old else None)
    except UNMOVED:
        outcome = _settle(swap, journal, ground)
        if outcome in ("stuck", "away", ""):  # "": its drive was pulled
            check_settled(swap)
        if outcome != "finished":
            raise


def undo(swap: Swap, journal: Journal, on: Grounds = FileGround) -> Swap:
    """Put back what was there and keep what lay at the place.

    Raises UndoBlocked, one of UNMOVED, HomeFull and HomeUnwritable when all is as it was,
    RestoreInterrupted when both lie in their stores.
    """
    ground = on(swap)
    if not ground.holds(Store.OLD):
        raise UndoBlocked(code=swap.code, reason="gone")
    placed, swap, undone = (replace(swap, step=s) for s in (Step.PLACED, Step.UNDOING, Step.UNDONE))
    with journal.during(swap, undone):
        try:
            goes = Store.UNDONE if ground.occupied() else None
            ground.exchange(Store.OLD, goes)
        except UNMOVED:
            if not ground.is_away() and _still_there(ground, Store.UNDONE):
                ground.give_back(Store.UNDONE)
                journal.write(placed)  # or the next start would undo what is worked in again
                raise
            if _settle(swap, journal, ground) != "undone":
                check_settled(swap)
    return undone


def recover(
    journal: Journal, locks: Path, clock: Clock, on: Grounds = FileGround
) -> list[Recovery]:
    """Finish or undo every interrupted swap and say what was done; ours may not be running."""
    outcomes = []
    for swap in journal.swaps():
        if swap.step in (Step.PLACED, Step.UNDONE):
            continue
        try:
            with _lock(locks, swap.place).acquire(timeout=0):
                outcome = _settle(swap, journal, on(swap))
        except Timeout:
            continue
        except OSError as error:
            raise unwritable(error, locks) from error
        if outcome:
            LOG.warning("restore of %s was interrupted: %s", swap.code, outcome)
            outcomes.append(_told(swap, outcome, clock))
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


def expire(journal: Journal, clock: Clock, on: Grounds = FileGround) -> list[Recovery]:
    """Remove what is kept for undo once its time has passed, and tell what a server would not.

    What cannot be reached waits: a drive for as long again, a server for ever.
    """
    stayed = []
    for swap in journal.swaps():
        ground, now = on(swap), clock.now()
        if now > swap.undoable_until and swap.step in (Step.PLACED, Step.UNDONE):
            away = ground.is_away()
            if not away and not discard(swap, journal, ground) and swap.databases:
                stayed.append(_told(swap, "kept", clock))
        if now > swap.undoable_until + UNDO_FOR and not swap.databases and ground.is_away():
            journal.drop(swap)  # nobody waits for that drive any more
    return stayed


def _told(swap: Swap, outcome: str, clock: Clock) -> Recovery:
    kept = Store.UNDONE if swap.step is Step.UNDONE else Store.OLD
    shown = swap.whereabouts(kept) if outcome == "kept" else swap.shown
    return Recovery(place=swap.place, name=swap.name, outcome=outcome, at=clock.now(), shown=shown)


# ── Settling an interrupted swap ────────────────────────────────────────────────────────────


def _settle(swap: Swap, journal: Journal, ground: Ground) -> str:
    """Bring a swap to an end: "finished", "undone", "stuck", or "" when nothing had begun.

    "away" is told of a server that does not answer: it is settled when that does. "left" is told
    of a database that may be somebody else's, and stays.
    """
    if ground.is_away():
        return "away" if swap.databases and swap.step is not Step.STAGING else ""
    try:
        if swap.step is Step.STAGING:
            gone = discard(swap, journal, ground)
            return "left" if gone and _in_doubt(swap, ground) else ""
        if swap.step is Step.UNDOING:
            return _settle_undo(swap, journal, ground)
        return _settle_placing(swap, journal, ground)
    except UNMOVED:
        LOG.exception("restore of %s cannot be settled", swap.code)
        return "stuck"


def _in_doubt(swap: Swap, ground: Ground) -> bool:
    """Whether somebody put something into a database of the name that was about to be made."""
    return bool(swap.databases and swap.databases.meant) and ground.occupied()


def _settle_placing(swap: Swap, journal: Journal, ground: Ground) -> str:
    if _arrived(ground, Store.NEW):
        ground.sync()  # a disk that failed may show what it does not hold
        return _settle_placed(swap, journal, ground)
    if _still_there(ground, Store.OLD):
        ground.give_back(Store.OLD)
        discard(swap, journal, ground)
        return "undone"
    if ground.occupied():
        return "stuck"  # something new came to lie there; both are kept
    ground.move_in(Store.NEW)
    return _settle_placed(swap, journal, ground)


def _settle_placed(swap: Swap, journal: Journal, ground: Ground) -> str:
    journal.write(replace(swap, step=Step.PLACED))
    if not swap.code:  # new books replaced nothing that could be put back
        discard(swap, journal, ground)
    return "finished"


def _settle_undo(swap: Swap, journal: Journal, ground: Ground) -> str:
    if swap.had_old and not _arrived(ground, Store.OLD):
        if _still_there(ground, Store.UNDONE):
            ground.move_away(Store.UNDONE)
        if ground.occupied():
            return "stuck"
        ground.move_in(Store.OLD)
    ground.sync()
    journal.write(replace(swap, step=Step.UNDONE))
    return "undone"


def check_settled(swap: Swap) -> None:
    """Raise RestoreInterrupted while a swap of this place is stuck half-way."""
    if swap.step in (Step.PLACING, Step.UNDOING):
        raise RestoreInterrupted(
            kind="database" if swap.databases else "files",
            place=swap.shown,
            old=swap.whereabouts(Store.OLD),
            new=swap.whereabouts(Store.NEW),
        )


def _arrived(ground: Ground, store: Store) -> bool:
    """Whether what lay in `store` is at the place: it is gone from the one, there in the other."""
    return ground.occupied() and not ground.holds(store)


def _still_there(ground: Ground, store: Store) -> bool:
    """Whether what lay at the place never reached `store`."""
    return ground.occupied() and not ground.holds(store)


def discard(swap: Swap, journal: Journal, ground: Ground) -> bool:
    """Remove a swap's stores, forget the swap, and return whether that went well.

    What cannot go now goes another time.
    """
    if ground.is_away():
        return False
    try:
        ground.clear()
        journal.drop(swap)
    except (*UNMOVED, HomeFull, HomeUnwritable) as error:
        LOG.warning("what is kept beside %s cannot be removed: %s", swap.place, error)
        return False
    return True
