"""Where backups go."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bewaar.model.names import DestinationId


class DestinationKind(StrEnum):
    """How a destination is reached."""

    FOLDER = "folder"
    DRIVE = "drive"  # a stick or portable disk, known by its id file wherever it is mounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place where backups go, as the user set it up."""

    id: DestinationId
    name: str
    kind: DestinationKind
    folder: Path  # of a drive: where it was last seen
    occasional: bool = False  # used once from "another folder…", not offered by default


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What can be said of a destination before anything is written."""

    free: int | None  # bytes; None = unknown
    total: int | None
    largest_file: int | None  # the file system's limit in bytes; None = no limit known
    file_system: str = ""  # "vfat", "ext4"; "" = unknown
    same_disk_as_system: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A mounted volume, as the operating system lists it."""

    mount: Path
    label: str
    serial: str  # a hint only
    file_system: str
    removable: bool
