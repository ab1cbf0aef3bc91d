"""Folders and sticks on disks that fail, and what is done there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bewaar.destinations.base import OpenDestination
from bewaar.destinations.drive import Drive
from bewaar.destinations.folder import Folder
from bewaar.model import Destination, DestinationId, DestinationKind, Volume

BLUE, RED = DestinationId("b" * 32), DestinationId("e" * 32)
ID_FILE = "bewaar-destination.json"
MB = 1 << 20


def destination(place: Path, kind: DestinationKind = DestinationKind.FOLDER) -> Destination:
    return Destination(id=BLUE, name="Blue stick", kind=kind, folder=place)


def drive_at(mount: Path) -> Drive:
    volume = Volume(mount=mount, label="", serial="", file_system="", removable=True)
    return Drive(volumes=lambda: [volume])


def open_folder(place: Path) -> OpenDestination:
    return Folder().open(Folder().create(destination(place), make_folder=True))


def open_drive(mount: Path, id_: DestinationId = BLUE) -> OpenDestination:
    wanted = replace(destination(mount, DestinationKind.DRIVE), id=id_)
    return drive_at(mount).open(drive_at(mount).create(wanted, make_folder=True))


def write(
    opened: OpenDestination,
    name: str,
    data: bytes,
    *,
    halfway: Callable[[], object] = lambda: None,
    step: int = MB,
) -> None:
    starts = range(0, len(data), step)
    with opened.write(name) as sink:
        for start in starts:
            if start == starts[len(starts) // 2]:
                halfway()
            sink.write(data[start : start + step])


def store(opened: OpenDestination, name: str, data: bytes) -> None:
    write(opened, name, data)
    opened.promote(name)


def content(opened: OpenDestination, name: str) -> bytes:
    with opened.read(name) as file:
        return file.read()


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}
