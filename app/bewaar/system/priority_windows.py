"""The background mode of a thread on Windows: processor, disks and memory at once.

https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadpriority
Not yet run there.
"""

import ctypes
import sys
from ctypes import wintypes

# So the type checker reads on only where these calls exist.
assert sys.platform == "win32"  # noqa: S101

_BACKGROUND_BEGIN = 0x00010000  # THREAD_MODE_BACKGROUND_BEGIN

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.GetCurrentThread.restype = wintypes.HANDLE
_kernel.SetThreadPriority.argtypes = [wintypes.HANDLE, ctypes.c_int]


def lower() -> None:
    """Put this thread in the background. Raises OSError."""
    if not _kernel.SetThreadPriority(_kernel.GetCurrentThread(), _BACKGROUND_BEGIN):
        raise ctypes.WinError(ctypes.get_last_error())
