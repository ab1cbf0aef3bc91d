"""What a restore that did not come to its end leaves beside the place, and who waits until it goes.

Removing tens of thousands of files takes seconds. Who cancelled waits for nothing: it is removed
behind them, and the journal knows of it until it is gone.
"""

import logging
from pathlib import Path
from threading import Thread

from bewaar.errors import BewaarError, Cancelled
from bewaar.progress import SILENT
from bewaar.restore.ground import Ground
from bewaar.restore.journal import Journal, Swap
from bewaar.restore.swap import alone, discard

LOG = logging.getLogger(__name__)


def clear_after(
    reason: BaseException, swap: Swap, journal: Journal, ground: Ground, locks: Path
) -> None:
    """Remove a swap's stores and forget it: at once, or behind one who cancelled.

    The place is had for oneself meanwhile: by the caller, or again by what goes on behind it.
    """
    if not isinstance(reason, Cancelled):
        discard(swap, journal, ground)
        return
    # No daemon: a program that ends first clears up.
    Thread(target=_clear, args=(swap, journal, ground, locks), name="clearing").start()


def _clear(swap: Swap, journal: Journal, ground: Ground, locks: Path) -> None:
    try:
        with alone(locks, swap.place, SILENT):
            discard(swap, journal, ground)
    except BewaarError as error:  # the next start clears it
        LOG.warning("what was brought beside %s is not cleared yet: %s", swap.place, error)
