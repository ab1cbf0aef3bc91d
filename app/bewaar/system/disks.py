"""What can be known of volumes and of the disks below them.

Each system has its own module that fulfils `System`, see `volumes`. What a system does not tell
is None or empty, never a guess.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bewaar.model import Volume

FAT_LIMIT = (4 << 30) - 1  # the largest file on FAT, in bytes

_NETWORK = re.compile(
    r"9p|afp|afs|ceph|cifs|davfs|glusterfs|ncpfs|nfs|smb|webdav"
    r"|fuse\.(curlftpfs|davfs|glusterfs|gvfsd|rclone|s3fs|sshfs)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """What is known of the disk that holds a folder."""

    file_system: str = ""  # lower case: "vfat", "ntfs"; "" = unknown
    network: bool | None = None  # whether it lies on another computer
    system_disk: bool | None = None  # whether one disk carries it and the system or the home

    @property
    def largest_file(self) -> int | None:
        """The file system's limit in bytes; None when none is known."""
        name = self.file_system
        fat = "fat" in name and "exfat" not in name
        return FAT_LIMIT if fat or name == "msdos" else None


class System(Protocol):
    """What one operating system can tell about disks; never raises."""

    def mounted(self) -> list[Volume]:
        """Return the volumes that can hold files, pseudo file systems left out."""
        ...

    def disk_facts(self, path: Path) -> DiskFacts:
        """Return what is known of the disk where `path` is or would come."""
        ...

    def on_network(self, path: Path, /) -> bool:
        """Return whether it leads to another computer, without touching anything on the way."""
        ...

    def plugged(self, device: int, /) -> bool:
        """Return whether the disk of an open file's `st_dev` is still there; True if unknown."""
        ...


def is_network(file_system: str) -> bool:
    """Return whether files of that file system lie on another computer."""
    return _NETWORK.match(file_system) is not None
