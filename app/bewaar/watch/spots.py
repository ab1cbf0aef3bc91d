"""One administration's place as it is watched: a tree of folders, or the folder around a file."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bewaar.model import Code

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch


class Gap(StrEnum):
    """Why changes at a place may go unnoticed until it is scanned."""

    NETWORK = "network"  # what other computers write there is never told
    LIMIT = "limit"  # the system lets only so many folders be watched
    FAILED = "failed"  # the system refused to watch


@dataclass(frozen=True, slots=True)
class Shape:
    """What is to be watched for a place, and which folder on which disk that is."""

    folder: Path  # with all links followed
    name: str | None  # only what begins so, None: the whole tree
    device: int
    inode: int


def shape_of(place: Path, known: Shape | None = None) -> Shape | None:
    """Return what to watch; None when not even the folder around it is there.

    A missing place is watched as a file: it may come back. `known` is a former answer.
    """
    if known and known.name is None and _is_folder(place, known):
        return known
    real = Path(os.path.realpath(place))
    for folder, name in ((real, None), (real.parent, real.name.casefold())):
        try:
            status = folder.stat()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode):
            return Shape(folder, name, status.st_dev, status.st_ino)
    return None


def _is_folder(place: Path, known: Shape) -> bool:
    try:
        status = place.stat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (known.device, known.inode)


@dataclass(slots=True, eq=False)
class Spot:
    """The place of an administration, and what is known of watching it."""

    code: Code
    place: Path
    tell: Callable[["Spot"], None]  # that something moved; asked to be quick
    shape: Shape | None = None
    watch: "ObservedWatch | None" = None
    gap: Gap | None = None
    tended: bool = False  # looked at once
    retry_at: float = 0.0  # of the monotonic clock: when to try again what failed
    folders: int = 1  # in the tree, when they were last counted
    grown: bool = False  # folders came or went since
    moved: bool = False  # it may be another folder now

    def dispatch(self, event: "FileSystemEvent") -> None:
        """Hear of an event; called by the observer's thread."""
        names = [os.fsdecode(name) for name in (event.src_path, event.dest_path) if name]
        shape = self.shape
        if shape and shape.name is not None:
            names = [n for n in names if Path(n).name.casefold().startswith(shape.name)]
            self.moved |= bool(names) and event.is_directory
        elif shape and event.is_directory and event.event_type != "modified":
            self.grown = True
            self.moved |= str(shape.folder) in names
        if names:
            self.tell(self)
