"""Drives are known by their id file, whatever their letter, mount point, label or number."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.drive import Drive, find_drive, find_plugged
from bewaar.destinations.kinds import by_kind
from bewaar.model import Destination, DestinationId, DestinationKind, Volume
from tests.mounts import Mounts, needs

BLUE, RED = DestinationId("b" * 32), DestinationId("e" * 32)


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as these:
        yield these


def volume(mount: Path, *, label: str = "STICK", removable: bool = True) -> Volume:
    mount.mkdir(parents=True, exist_ok=True)
    return Volume(
        mount=mount, label=label, serial="1234-ABCD", file_system="vfat", removable=removable
    )


def drive(mount: Path, id_: DestinationId = BLUE, name: str = "Blue stick") -> Destination:
    return Destination(id=id_, name=name, kind=DestinationKind.DRIVE, folder=mount)


def set_up(here: Volume, id_: DestinationId = BLUE) -> Destination:
    return Drive(volumes=lambda: [here]).create(drive(here.mount, id_), make_folder=False)


def test_setting_up_makes_the_folder_for_the_backups(tmp_path: Path) -> None:
    made = set_up(volume(tmp_path / "e"))
    assert made.folder == tmp_path / "e/Bewaar"
    assert [file.name for file in made.folder.iterdir()] == ["bewaar-destination.json"]


def test_a_drive_is_found_at_its_new_mount_point(tmp_path: Path) -> None:
    made = set_up(volume(tmp_path / "e"))
    (tmp_path / "e").rename(tmp_path / "f")
    now = [volume(tmp_path / "c"), volume(tmp_path / "f", label="RENAMED")]
    opened = Drive(volumes=lambda: now).open(made)
    assert opened.destination == replace(made, folder=tmp_path / "f/Bewaar")


def test_two_sticks_with_one_label_and_serial_are_told_apart(tmp_path: Path) -> None:
    one, two = volume(tmp_path / "one"), volume(tmp_path / "two")
    blue, red = set_up(one, BLUE), set_up(two, RED)
    assert find_drive(blue, [two, one]) == tmp_path / "one/Bewaar"
    assert find_drive(red, [two, one]) == tmp_path / "two/Bewaar"


def test_an_absent_drive_is_gone_even_when_its_folder_is_still_there(tmp_path: Path) -> None:
    made = set_up(volume(tmp_path / "e"))
    assert find_drive(made, []) is None
    with pytest.raises(errors.DestinationGone):
        Drive(volumes=list).open(made)


def test_a_copy_of_a_stick_is_refused_while_both_are_plugged_in(tmp_path: Path) -> None:
    made = set_up(volume(tmp_path / "e"))
    shutil.copytree(tmp_path / "e", tmp_path / "f")
    both = [volume(tmp_path / "e"), volume(tmp_path / "f")]
    with pytest.raises(errors.DestinationOther):
        Drive(volumes=lambda: both).open(made)
    assert find_drive(made, both[1:]) == tmp_path / "f/Bewaar"


@needs("mkfs.ext4")
def test_an_image_mounted_with_its_copy_is_refused(tmp_path: Path, mounts: Mounts) -> None:
    made = set_up(volume(mounts.ext4(tmp_path / "e", tmp_path / "one")))
    mounts.eject(tmp_path / "e")
    shutil.copyfile(tmp_path / "one", tmp_path / "two")
    both = [
        volume(mounts.ext4(tmp_path / "e", tmp_path / "one")),
        volume(mounts.ext4(tmp_path / "f", tmp_path / "two")),
    ]
    with pytest.raises(errors.DestinationOther):
        find_drive(made, both)


@needs()
def test_one_volume_that_is_mounted_twice_is_no_copy(tmp_path: Path, mounts: Mounts) -> None:
    made = set_up(volume(mounts.tmpfs(tmp_path / "e")))
    both = [volume(tmp_path / "e"), volume(mounts.bind(tmp_path / "f", tmp_path / "e"))]
    assert find_drive(made, both) == tmp_path / "e/Bewaar"


@pytest.mark.parametrize("where", ["e", "e/Bewaar"])
def test_a_drive_is_set_up_where_a_volume_is_mounted_and_nowhere_else(
    tmp_path: Path, where: str
) -> None:
    (tmp_path / "e").mkdir()
    elsewhere = volume(tmp_path / "other")
    root = Volume(mount=Path("/"), label="", serial="", file_system="ext4", removable=False)
    with pytest.raises(errors.DestinationGone):
        Drive(volumes=lambda: [elsewhere, root]).create(drive(tmp_path / where), make_folder=True)
    assert list((tmp_path / "e").iterdir()) == []


def test_a_drive_pulled_while_it_is_set_up_gets_no_folder_elsewhere(tmp_path: Path) -> None:
    here = volume(tmp_path / "e")
    answers = [[here], []]
    with pytest.raises(errors.DestinationGone):
        Drive(volumes=lambda: answers.pop(0)).create(drive(here.mount), make_folder=True)
    assert list((tmp_path / "e").iterdir()) == []


def test_a_stick_that_is_called_bewaar_is_set_up_too(tmp_path: Path) -> None:
    assert set_up(volume(tmp_path / "Bewaar")).folder == tmp_path / "Bewaar/Bewaar"


def test_setting_up_again_by_its_last_folder_keeps_the_id(tmp_path: Path) -> None:
    here = volume(tmp_path / "e")
    made = set_up(here)
    again = Drive(volumes=lambda: [here]).create(replace(made, id=RED), make_folder=False)
    assert again == made


def test_plugged_drives_are_the_known_ones_and_those_that_could_become_one(tmp_path: Path) -> None:
    known, fresh = volume(tmp_path / "known"), volume(tmp_path / "fresh")
    foreign, disk = volume(tmp_path / "foreign"), volume(tmp_path / "disk", removable=False)
    fixed = volume(tmp_path / "fixed", removable=False)
    blue, on_fixed = set_up(known), set_up(fixed, DestinationId("f" * 32))
    set_up(foreign, RED)
    moved = replace(blue, folder=Path("/old/letter/Bewaar"))
    found = find_plugged([known, fresh, foreign, disk, fixed], [moved, on_fixed])
    assert {drive.volume.mount.name: drive.destination for drive in found} == {
        "known": blue,
        "fresh": None,
        "foreign": None,
        "fixed": on_fixed,
    }
    assert all(drive.folder == drive.volume.mount / "Bewaar" for drive in found)


def test_looking_for_drives_leaves_nothing_on_them(tmp_path: Path) -> None:
    fresh = volume(tmp_path / "fresh")
    find_plugged([fresh], [])
    assert list(fresh.mount.iterdir()) == []


def test_a_volume_that_vanished_since_it_was_listed_is_no_drive(tmp_path: Path) -> None:
    here = volume(tmp_path / "e")
    made = set_up(here)
    shutil.rmtree(tmp_path / "e")
    assert find_drive(made, [here]) is None
    assert [drive.destination for drive in find_plugged([here], [made])] == [None]


@pytest.mark.parametrize("kind", list(DestinationKind))
def test_every_kind_can_be_had(kind: DestinationKind) -> None:
    assert by_kind(kind) is not None
