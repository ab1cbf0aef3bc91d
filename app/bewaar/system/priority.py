"""How urgent a thread is: what nobody waits for takes only what others leave.

A thread cannot become urgent again, so one that became idle should end with its task. The one
place that chooses by operating system; where a wish is refused, the work is done all the same.
"""

import logging
import sys
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)

_here = threading.local()


def become_idle() -> None:
    """Let this thread work, read and write only when nobody else wants to."""
    _here.idle = True
    try:
        _lower()
    except OSError as error:
        LOG.info("this thread stays as urgent as others: %s", error)


def as_here() -> Callable[[], None]:
    """Return what makes another thread as urgent as this one, to be called there.

    Only Linux hands it on to new threads by itself.
    """
    return become_idle if getattr(_here, "idle", False) else _stay


def _lower() -> None:
    if sys.platform == "win32":
        from bewaar.system import priority_windows

        priority_windows.lower()
    elif sys.platform == "darwin":
        from bewaar.system import priority_macos

        priority_macos.lower()
    else:
        from bewaar.system import priority_linux

        priority_linux.lower()


def _stay() -> None:
    """Change nothing."""
