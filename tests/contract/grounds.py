"""The kinds of destination on the kinds of disk that can be had here, and what is done there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bewaar.destinations.base import DestinationType, OpenDestination
from bewaar.destinations.drive import Drive
from bewaar.destinations.folder import Folder
from bewaar.model import Destination, DestinationId, DestinationKind, Volume
from tests.mounts import Mounts

ID = DestinationId("0123456789abcdef" * 2)
ID_FILE = "bewaar-destination.json"
ANOTHERS = b'{"id": "' + b"e" * 32 + b'"}'
NAMES = ["plain.zip", "Åkeriet é 😀.zip", "with space 'and' quote.zip", f"{'n' * 196}.zip"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A kind of destination on a kind of disk."""

    type: DestinationType
    wanted: Destination  # not yet set up
    folder: Path  # where the files come to lie
    has_links: bool = True
    sees_case: bool = True
    odd_names: bool = True  # fusefat refuses long names and emoji with EPERM

    def open(self) -> OpenDestination:
        """Set it up, as often as wanted, and open it."""
        return self.type.open(self.type.create(self.wanted, make_folder=True))

    def names(self) -> set[str]:
        """Return what lies there, seen by anybody."""
        return {file.name for file in self.folder.iterdir()}


def a_folder(place: Path, **what: bool) -> Ground:
    wanted = Destination(id=ID, name="Backups", kind=DestinationKind.FOLDER, folder=place)
    return Ground(type=Folder(), wanted=wanted, folder=place, **what)


def a_drive(mount: Path, **what: bool) -> Ground:
    mount.mkdir(exist_ok=True)
    volume = Volume(mount=mount, label="", serial="", file_system="", removable=True)
    wanted = Destination(id=ID, name="Blue stick", kind=DestinationKind.DRIVE, folder=mount)
    drive = Drive(volumes=lambda: [volume])
    return Ground(type=drive, wanted=wanted, folder=mount / "Bewaar", **what)


def a_linked_folder(place: Path) -> Ground:
    (place / "real").mkdir()
    (place / "link").symlink_to("real")
    return a_folder(place / "link")


FAT = {"has_links": False, "sees_case": False, "odd_names": False}
GROUNDS: dict[str, Callable[[Path, Mounts], Ground]] = {
    "folder": lambda place, _: a_folder(place / "new/backups"),
    "folder behind a link": lambda place, _: a_linked_folder(place),
    "folder without handles": lambda place, _: a_folder(place / "backups"),  # as on Windows
    "folder on FAT": lambda place, m: a_folder(m.fat(place / "m", place / "i") / "backups", **FAT),
    "drive": lambda place, _: a_drive(place / "stick"),
    "drive in memory": lambda place, m: a_drive(m.tmpfs(place / "m", "32m")),
    "drive on ext4": lambda place, m: a_drive(m.ext4(place / "m", place / "image")),
    "drive on FAT": lambda place, m: a_drive(m.fat(place / "m", place / "image"), **FAT),
}
NEEDED = {
    "folder on FAT": ("mkfs.vfat", "fusefat"),
    "drive in memory": (),
    "drive on ext4": ("mkfs.ext4",),
    "drive on FAT": ("mkfs.vfat", "fusefat"),
}


def write(
    opened: OpenDestination, name: str, data: bytes, then: Callable[[], object] = lambda: None
) -> None:
    with opened.write(name) as sink:
        sink.write(data)
        then()


def store(opened: OpenDestination, name: str, data: bytes) -> None:
    write(opened, name, data)
    opened.promote(name)


def content(opened: OpenDestination, name: str) -> bytes:
    with opened.read(name) as file:
        return file.read()


def spoil_id_file(ground: Ground, data: bytes) -> None:
    (ground.folder / ID_FILE).unlink()  # fusefat does not cut a file that is written anew
    (ground.folder / ID_FILE).write_bytes(data)
