"""A stick or portable disk, known by its id file on whatever volume is mounted now.

Its letter, mount point and label may change, and two sticks may have the same label. Backups lie
in the folder `Bewaar` on it. Opening never makes a folder, so nothing of a missing stick ever
comes to lie on another disk (S3).
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar import errors
from bewaar.clock import Clock, SystemClock
from bewaar.destinations.failures import ours
from bewaar.destinations.handle import FolderHandle
from bewaar.destinations.identity import read_id
from bewaar.destinations.local import LocalDestination
from bewaar.model import Destination, DestinationId, DestinationKind, Volume
from bewaar.system.volumes import mounted

FOLDER = "Bewaar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugged:
    """A drive that is plugged in."""

    volume: Volume
    folder: Path  # where its backups lie, or would come
    destination: Destination | None  # None: not yet a destination, but it could become one


class Drive:
    """How a drive is set up and opened."""

    def __init__(
        self, clock: Clock | None = None, volumes: Callable[[], Sequence[Volume]] = mounted
    ) -> None:
        """Take the clock that dates id files, and what lists the mounted volumes."""
        self._clock = clock or SystemClock()
        self._volumes = volumes

    def create(self, destination: Destination, *, make_folder: bool) -> Destination:
        """Write the id file onto a drive, in its folder `Bewaar`, which is always made.

        `destination.folder` is the drive's mount point, or its folder `Bewaar`. A drive that is
        already ours keeps its id. Raises DestinationGone when no volume is mounted there.
        """
        folder = self._make_folder(destination)
        return LocalDestination(replace(destination, folder=folder)).claim(self._clock.now())

    def open(self, destination: Destination) -> LocalDestination:
        """Find the drive among the mounted volumes and return it ready for use."""
        folder = find_drive(destination, self._volumes())
        if folder is None:
            raise _about(errors.DestinationGone, destination)
        opened = LocalDestination(replace(destination, folder=folder))
        opened.check()
        return opened

    def _make_folder(self, destination: Destination) -> Path:
        mount = _mount_named(destination, self._volumes())
        try:
            with FolderHandle(mount) as top:
                # Looked up again now that it is held: it may have been pulled in between.
                if _mount_named(destination, self._volumes()) != mount or not top.in_place():
                    raise _about(errors.DestinationGone, destination)
                top.make_folder(FOLDER)
                top.sync()
        except (FileNotFoundError, NotADirectoryError):
            raise _about(errors.DestinationGone, destination) from None
        except OSError as error:
            raise ours(error, destination, file=FOLDER) from error
        return mount / FOLDER


def find_drive(destination: Destination, volumes: Iterable[Volume]) -> Path | None:
    """Return the folder of that drive's backups on the volume it is on, None when on none.

    Raises DestinationOther when two drives carry its id: one is a copy, and either may be meant.
    """
    folders = [volume.mount / FOLDER for volume in volumes]
    found = [folder for folder in folders if _id_of(folder) == destination.id]
    if any(not _is_same(folder, found[0]) for folder in found[1:]):
        raise _about(errors.DestinationOther, replace(destination, folder=found[1]))
    return found[0] if found else None


def find_plugged(volumes: Iterable[Volume], destinations: Iterable[Destination]) -> list[Plugged]:
    """Return the drives among the volumes: known ones, and removable ones that could become so."""
    known = {one.id: one for one in destinations if one.kind == DestinationKind.DRIVE}
    plugged = [_plugged(volume, known) for volume in volumes]
    return [drive for drive in plugged if drive.destination or drive.volume.removable]


def _plugged(volume: Volume, known: dict[DestinationId, Destination]) -> Plugged:
    folder = volume.mount / FOLDER
    carried = _id_of(folder)
    destination = known.get(carried) if carried else None
    return Plugged(
        volume=volume,
        folder=folder,
        destination=replace(destination, folder=folder) if destination else None,
    )


def _id_of(folder: Path) -> DestinationId | None:
    try:
        with FolderHandle(folder) as opened:
            return read_id(opened)
    except OSError:
        return None


def _is_same(a: Path, b: Path) -> bool:
    # One volume may be mounted twice. On Windows a copy cannot be told from it: say they differ.
    try:
        return os.name != "nt" and a.samefile(b)
    except OSError:
        return True  # one of them has just gone


def _mount_named(destination: Destination, volumes: Iterable[Volume]) -> Path:
    mounts = {volume.mount for volume in volumes}
    place = destination.folder
    if place in mounts:
        return place
    if place.name == FOLDER and place.parent in mounts:
        return place.parent
    raise _about(errors.DestinationGone, destination)


def _about(error: type[errors.BewaarError], destination: Destination) -> errors.BewaarError:
    return error(name=destination.name, folder=str(destination.folder))
