"""The least urgent class of a thread on Linux, for the processor and for disks.

Threads that it starts inherit both. The number of the call differs by processor:
https://www.kernel.org/doc/html/latest/block/ioprio.html
"""

import ctypes
import os
import platform
import sys
import threading

LEAST = 19
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30, "armv7l": 314, "i686": 289}
_WHO_THREAD = 1
_IDLE = 3 << 13


def lower() -> None:
    """Make this thread as little urgent as can be. Raises OSError."""
    thread = threading.get_native_id()
    if sys.platform != "win32":
        os.setpriority(os.PRIO_PROCESS, thread, LEAST)
    call = _IOPRIO_SET.get(platform.machine())
    if call is None:
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(call, _WHO_THREAD, thread, _IDLE) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
