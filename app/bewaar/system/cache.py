"""Reading from the medium itself instead of from the system's memory, and writing to it.

A proof that reads back what is still in memory proves nothing about the stick. Linux drops clean
pages when told so (measured with fincore on ext4); macOS is told to keep none (not yet run
there); on Windows unbuffered reading costs more than it gives: there nothing is claimed.

What is written past the memory pushes nothing out of it, is as far as the progress says, and
leaves nothing to wait for at the end. Linux takes it in whole blocks from whole pages only.
"""

import os
import sys
from contextlib import suppress
from errno import EROFS

# Elsewhere, as in FUSE, on servers, on ZFS or in memory, another cache lies below.
_DISKS = {
    "linux": {
        "btrfs",
        "exfat",
        "ext2",
        "ext3",
        "ext4",
        "f2fs",
        "jfs",
        "ntfs3",
        "udf",
        "vfat",
        "xfs",
    },
    "darwin": {"apfs", "exfat", "hfs", "msdos"},
}


def avoidable(file_system: str) -> bool:
    """Return whether reading past the cache is possible on that file system, on this computer."""
    return file_system in _DISKS.get(sys.platform, ())


def avoid(handle: int) -> None:
    """Have what is read from this open file come from the medium."""
    keep_none(handle)
    if sys.platform == "linux":
        try:
            os.fdatasync(handle)  # what is not yet written is never dropped
        except OSError as error:
            if error.errno != EROFS:  # nothing can be unwritten there
                raise
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def write_past(handle: int) -> bool:
    """Have whole blocks that are written to this open file go to the medium at once.

    Returns whether they will; where not, writing is as ever. A write may still say EINVAL then.
    """
    keep_none(handle)
    return _direct(handle, wanted=True)


def write_through(handle: int) -> None:
    """Have what is written to this open file go through memory again: it may be of any length."""
    _direct(handle, wanted=False)


def _direct(handle: int, *, wanted: bool) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        flags = fcntl.fcntl(handle, fcntl.F_GETFL)
        flags = flags | os.O_DIRECT if wanted else flags & ~os.O_DIRECT
        fcntl.fcntl(handle, fcntl.F_SETFL, flags)
    except OSError:  # this driver knows no such thing
        return False
    return wanted


def keep_none(handle: int) -> None:
    """Have what passes this open file kept out of memory, where the system knows such a wish."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_NOCACHE, 1)
