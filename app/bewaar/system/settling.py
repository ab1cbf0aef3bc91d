"""Bringing everything on a disk onto its medium at once, where the system promises that.

For thousands of new files that takes a second where one after another takes a minute. Linux
reports failed writing from 5.8 on, to a handle that was opened before (syncfs(2)); file systems
whose driver lies elsewhere (FUSE, servers) may leave out their own memory.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Self

from bewaar.system.volumes import disk_facts

_PROMISING = {"btrfs", "ext3", "ext4", "f2fs", "xfs"}
_REPORTS_SINCE = (5, 8)


class WholeDisk:
    """The disk of a folder, from before anything is written there."""

    def __init__(self, folder: Path) -> None:
        """Open it; raises OSError for a folder that cannot be opened."""
        self._handle = os.open(folder, os.O_RDONLY) if _promising(folder) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def settles(self) -> bool:
        """Whether `settle` can be used."""
        return self._handle is not None

    def settle(self) -> None:
        """Wait until all that was written there is on the medium.

        Raises OSError, also when writing failed at any time since it was opened.
        """
        if _syncfs(self._handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _promising(folder: Path) -> bool:
    if sys.platform != "linux":
        return False
    release = tuple(map(int, os.uname().release.split("-")[0].split(".")[:2]))
    return release >= _REPORTS_SINCE and disk_facts(folder).file_system in _PROMISING


def _syncfs(handle: int | None) -> int:
    answer: int = ctypes.CDLL(None, use_errno=True).syncfs(handle)
    return answer
