"""What destinations do when their medium is pulled out, or another comes in its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.base import OpenDestination
from bewaar.destinations.drive import Drive
from bewaar.destinations.folder import Folder
from bewaar.destinations.preflight import check_writable
from tests.contract.media import (
    ID_FILE,
    MB,
    RED,
    content,
    destination,
    drive_at,
    names_in,
    open_drive,
    open_folder,
    store,
    write,
)
from tests.mounts import Mounts, needs


@needs()
@pytest.mark.parametrize("kind", [open_folder, open_drive])
def test_a_stick_pulled_in_mid_write_is_told_and_leaves_its_mount_point_empty(
    tmp_path: Path, mounts: Mounts, kind: Callable[[Path], OpenDestination]
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick", "16m")
    opened = kind(stick)
    with pytest.raises(errors.DestinationPulled):
        write(opened, "a.zip", bytes(4 * MB), halfway=lambda: mounts.pull(stick))
    assert names_in(stick) == set()


@needs("mkfs.ext4")
def test_the_stick_that_was_pulled_in_mid_write_has_no_finished_file(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick, image = tmp_path / "stick", tmp_path / "image"
    opened = open_drive(mounts.ext4(stick, image))
    store(opened, "old.zip", b"old")
    with pytest.raises(errors.DestinationPulled):
        write(opened, "new.zip", bytes(2 * MB), halfway=lambda: mounts.pull(stick))
    assert names_in(stick) == set()
    again = open_drive(mounts.ext4(tmp_path / "elsewhere", image))
    assert content(again, "old.zip") == b"old"
    assert names_in(again.destination.folder) == {ID_FILE, "old.zip"}


@needs()
@pytest.mark.parametrize("kind", [open_folder, open_drive])
def test_after_a_stick_is_pulled_nothing_can_be_written_to_its_mount_point(
    tmp_path: Path, mounts: Mounts, kind: Callable[[Path], OpenDestination]
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick")
    opened = kind(stick)
    write(opened, "written.zip", b"x")
    mounts.pull(stick)
    acts: list[Callable[[], object]] = [
        lambda: write(opened, "new.zip", b"x"),
        lambda: opened.promote("written.zip"),
        lambda: opened.put("a.info.json", b"x"),
        lambda: opened.remove("written.zip"),
        lambda: content(opened, "written.zip"),
        lambda: list(opened.entries()),
        lambda: check_writable(opened),
    ]
    for act in acts:
        with pytest.raises(errors.DestinationPulled):
            act()
    with pytest.raises(errors.DestinationGone):
        opened.room()
    assert names_in(stick) == set()


@needs()
def test_a_pulled_stick_is_gone_and_its_folder_is_never_made_on_another_disk(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick")
    opened = open_drive(stick)
    mounts.pull(stick)
    with pytest.raises(errors.DestinationGone):
        drive_at(stick).open(opened.destination)
    with pytest.raises(errors.DestinationGone):
        Drive(volumes=list).create(destination(stick), make_folder=True)
    assert names_in(stick) == set()


@needs()
def test_another_stick_at_the_same_mount_point_is_not_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick")
    opened = open_drive(stick)
    mounts.pull(stick)
    open_drive(mounts.tmpfs(stick), RED)
    acts: list[Callable[[], object]] = [
        lambda: write(opened, "new.zip", b"x"),
        lambda: opened.put("a.info.json", b"x"),
        opened.room,
    ]
    for act in acts:
        with pytest.raises(errors.DestinationOther):
            act()
    with pytest.raises(errors.DestinationGone):
        drive_at(stick).open(opened.destination)
    assert names_in(stick / "Bewaar") == {ID_FILE}


@needs()
def test_another_stick_that_comes_in_mid_write_is_not_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick")
    opened = open_drive(stick)

    def swap() -> None:
        mounts.pull(stick)
        open_drive(mounts.tmpfs(stick), RED)

    with pytest.raises(errors.DestinationPulled):
        write(opened, "new.zip", bytes(2 * MB), halfway=swap)
    assert names_in(stick / "Bewaar") == {ID_FILE}


@needs()
def test_an_empty_stick_at_the_same_mount_point_is_not_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.tmpfs(tmp_path / "stick")
    opened = open_folder(stick)
    mounts.pull(stick)
    mounts.tmpfs(stick)
    with pytest.raises(errors.DestinationPulled):
        write(opened, "new.zip", b"x")
    with pytest.raises(errors.DestinationOther):
        Folder().open(opened.destination)
    assert names_in(stick) == set()


@needs("mkfs.vfat", "fusefat")
def test_a_fat_stick_pulled_in_mid_write_leaves_its_mount_point_empty(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.fat(tmp_path / "stick", tmp_path / "image")
    opened = open_drive(stick)
    with pytest.raises(errors.DestinationPulled):
        write(opened, "a.zip", bytes(3 * MB), halfway=lambda: mounts.pull(stick))
    assert names_in(stick) == set()


@needs("mkfs.vfat", "fusefat")
def test_a_stick_that_breaks_in_mid_write_is_told(tmp_path: Path, mounts: Mounts) -> None:
    stick = mounts.fat(tmp_path / "stick", tmp_path / "image")
    opened = open_drive(stick)
    with pytest.raises(errors.DestinationPulled):
        write(opened, "a.zip", bytes(4 * MB), halfway=lambda: mounts.break_(stick))
    with pytest.raises(errors.DestinationGone):
        drive_at(stick).open(opened.destination)
    with pytest.raises(errors.BewaarError):
        opened.room()


@needs("mkfs.ext4")
def test_between_operations_a_stick_can_be_ejected(tmp_path: Path, mounts: Mounts) -> None:
    stick, image = tmp_path / "stick", tmp_path / "image"
    opened = open_drive(mounts.ext4(stick, image))
    opened.put("a.json", b"x")
    next(opened.entries())
    write(opened, "a.zip", b"data")
    mounts.eject(stick)
    mounts.ext4(stick, image)
    opened.promote("a.zip")
    assert content(opened, "a.zip") == b"data"
    mounts.eject(stick)
