"""What is asked of a destination before the first byte of a backup is written."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from bewaar import errors
from bewaar.destinations.base import PART, OpenDestination
from bewaar.files import overlap


def preflight(
    opened: OpenDestination, needed: int, places: Sequence[Path], *, largest: int | None = None
) -> None:
    """Check that `needed` bytes can come there, made from what lies at `places`.

    They come in one file, or in several of which the largest has `largest` bytes.
    Raises DestinationInside (S11), FileTooLarge (S7), DestinationFull, DestinationReadOnly and
    what `OpenDestination.put` raises; nothing is left there either way.
    """
    check_outside(opened, places)
    check_room(opened, needed, needed if largest is None else largest)
    check_writable(opened)


def check_outside(opened: OpenDestination, places: Sequence[Path]) -> None:
    """Refuse a destination inside an administration, and the reverse. Raises DestinationInside."""
    folder = opened.destination.folder
    for place in places:
        if overlap(folder, place):
            raise errors.DestinationInside(folder=str(folder), place=str(place))


def check_room(opened: OpenDestination, needed: int, largest: int) -> None:
    """Check the file system's limit and the free space. Raises FileTooLarge, DestinationFull."""
    name, room = opened.destination.name, opened.room()
    folder = str(opened.destination.folder)
    if room.largest_file is not None and largest > room.largest_file:
        raise errors.FileTooLarge(
            name=name,
            folder=folder,
            file_system=room.file_system,
            limit=room.largest_file,
            needed=largest,
        )
    if room.free is not None and needed > room.free:
        raise errors.DestinationFull(name=name, folder=folder, free=room.free, needed=needed)


def check_writable(opened: OpenDestination) -> None:
    """Write a small file there, bring it onto the medium and remove it again (N05)."""
    name = f"test-{secrets.token_hex(8)}{PART}"
    opened.put(name, b"Bewaar tries whether it can write here.\n")
    opened.remove(name)
