"""A moment of patience with a program that has just written a backup of its own.

Whoever lets the program make one and clicks "Back up" at once means that one, not the one before.
"""

import time

from bewaar.errors import BewaarError
from bewaar.kit import Kit
from bewaar.model import Administration
from bewaar.progress import Progress

PATIENCE = 15.0  # seconds; what is being written longer is waited for by the next backup
_LOOK = 0.5


def await_program(administration: Administration, kit: Kit, progress: Progress) -> None:
    """Return when nothing seems to be written there, or after a while. Raises Cancelled."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and _is_growing(administration, kit):
        progress.check()
        time.sleep(_LOOK)


def _is_growing(administration: Administration, kit: Kit) -> bool:
    try:
        vault = kit.vault(administration)
    except BewaarError:
        return False  # told by the backup itself
    return vault is not None and vault.growing
