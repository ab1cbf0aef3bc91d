"""Reading from the medium itself instead of from the system's memory.

A proof that reads back what is still in memory proves nothing about the stick. Linux drops clean
pages when told so (measured with fincore on ext4); macOS is told to keep none (not yet run
there); on Windows unbuffered reading costs more than it gives: there nothing is claimed.
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


def keep_none(handle: int) -> None:
    """Have what passes this open file kept out of memory, where the system knows such a wish."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_NOCACHE, 1)
