"""Memory that is free again goes back to the system.

A scan or a backup leaves the C library with megabytes that it keeps for the next time; a program
that mostly idles has no use for them.
"""

import ctypes
import gc
import sys
from contextlib import suppress


def give_back() -> None:
    """Return what is free; does nothing where the C library cannot be asked (all but glibc)."""
    gc.collect()
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
