"""The background class of a thread on macOS: processor, disks and network at once.

See setpriority(2). Not yet run there.
"""

import ctypes
import os

_DARWIN_THREAD = 3
_BACKGROUND = 0x1000
_THIS_ONE = 0


def lower() -> None:
    """Put this thread in the background. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setpriority(_DARWIN_THREAD, _THIS_ONE, _BACKGROUND) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
