"""A moment of patience with a program that has just written a backup of its own.

Whoever lets the program make one and clicks "Back up" at once means that one, not the one before.
"""

import time

from bewaar.errors import BewaarError
from bewaar.kit import Kit
from bewaar.model import Administration
from bewaar.progress import Progress
from bewaar.storage.base import Vaulted

PATIENCE = 15.0  # seconds; what is being written longer is waited for by the next backup
_LOOK = 0.5


def await_program(administration: Administration, kit: Kit, progress: Progress) -> None:
    """Return when nothing seems to be written there, or after a while. Raises Cancelled."""
    storage = kit.storage(administration)
    if not isinstance(storage, Vaulted):
        return
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and _is_growing(storage, administration, kit):
        progress.check()
        time.sleep(_LOOK)


def _is_growing(storage: Vaulted, administration: Administration, kit: Kit) -> bool:
    try:
        return storage.vault(kit.source(administration)).growing
    except BewaarError:
        return False  # told by the backup itself
