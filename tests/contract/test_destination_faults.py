"""What destinations do when the disk is full, protected, or slow to fail.

Real disks in memory and in images; whatever happens, nothing may come to lie where it does not
belong, and what was there before must be there after.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.base import PART
from bewaar.destinations.folder import Folder
from bewaar.destinations.preflight import check_writable, preflight
from tests.contract.media import (
    BLUE,
    ID_FILE,
    MB,
    content,
    destination,
    names_in,
    open_drive,
    open_folder,
    store,
    write,
)
from tests.mounts import Mounts, needs

# ── Full ────────────────────────────────────────────────────────────────────────────────────


@needs()
def test_a_disk_that_fills_up_says_what_it_has_and_needs_and_is_as_before(
    tmp_path: Path, mounts: Mounts
) -> None:
    opened = open_folder(mounts.tmpfs(tmp_path / "disk", "8m") / "backups")
    store(opened, "old.zip", bytes(3 * MB))
    before = opened.room().free
    with pytest.raises(errors.DestinationFull) as raised:
        write(opened, "new.zip", bytes(20 * MB))
    assert opened.room().free == before
    assert raised.value.params["free"] == before
    assert before is not None
    assert before < int(raised.value.params["needed"] or 0) <= before + MB
    assert names_in(opened.destination.folder) == {ID_FILE, "old.zip"}
    assert content(opened, "old.zip") == bytes(3 * MB)


@needs()
def test_a_disk_that_fills_up_under_the_last_small_piece_is_noticed(
    tmp_path: Path, mounts: Mounts
) -> None:
    opened = open_folder(mounts.tmpfs(tmp_path / "disk", "2m") / "backups")
    with pytest.raises(errors.DestinationFull):
        write(opened, "new.zip", bytes(2 * MB + 1), step=1000)
    assert names_in(opened.destination.folder) == {ID_FILE}


@needs()
def test_on_a_full_disk_a_sidecar_keeps_its_old_content(tmp_path: Path, mounts: Mounts) -> None:
    disk = mounts.tmpfs(tmp_path / "disk", "1m")
    opened = open_folder(disk / "backups")
    opened.put("a.info.json", b"old")
    with pytest.raises(errors.DestinationFull):
        opened.put("a.info.json", bytes(2 * MB))
    assert content(opened, "a.info.json") == b"old"
    assert names_in(disk / "backups") == {ID_FILE, "a.info.json"}


@needs()
def test_preflight_knows_that_it_will_not_fit_before_anything_is_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    opened = open_folder(mounts.tmpfs(tmp_path / "disk", "8m") / "backups")
    preflight(opened, 7 * MB, [])
    with pytest.raises(errors.DestinationFull):
        preflight(opened, 9 * MB, [])


@needs()
def test_a_full_disk_cannot_be_set_up(tmp_path: Path, mounts: Mounts) -> None:
    disk = mounts.tmpfs(tmp_path / "disk", "64k")
    (disk / "backups").mkdir()
    with pytest.raises(OSError, match="space"):
        (disk / "filling").write_bytes(bytes(MB))
    with pytest.raises(errors.DestinationFull):
        Folder().create(destination(disk / "backups"), make_folder=False)
    assert names_in(disk / "backups") == set()


# ── Too large for the file system ───────────────────────────────────────────────────────────


def test_a_file_the_system_will_not_let_grow_is_too_large(tmp_path: Path) -> None:
    opened = open_folder(tmp_path / "backups")
    script = (
        "import json, pathlib, resource, signal, sys\n"
        "from bewaar import errors\n"
        "from bewaar.destinations.folder import Folder\n"
        "from bewaar.model import *\n"
        "opened = Folder().open(Destination(id=DestinationId(sys.argv[1]), name='x',\n"
        "    kind=DestinationKind.FOLDER, folder=pathlib.Path(sys.argv[2])))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))\n"
        "try:\n"
        "    with opened.write('a.zip') as sink:\n"
        "        for _ in range(8): sink.write(bytes(1 << 20))\n"
        "except errors.FileTooLarge as error:\n"
        "    print(json.dumps(error.params))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, BLUE, opened.destination.folder],
        check=True,
        capture_output=True,
        text=True,
    )
    assert '"needed": 4194304' in done.stdout
    assert names_in(tmp_path / "backups") == {ID_FILE}


@needs("mkfs.vfat", "fusefat")
def test_the_limit_of_fat_is_known_before_anything_is_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    opened = open_drive(mounts.fat(tmp_path / "stick", tmp_path / "image"))
    with pytest.raises(errors.FileTooLarge) as raised:
        preflight(opened, 4 << 30, [])
    assert raised.value.params["limit"] == (4 << 30) - 1
    assert "fat" in str(raised.value.params["file_system"])


# ── Protected ───────────────────────────────────────────────────────────────────────────────


@needs("mkfs.ext4")
def test_a_protected_disk_can_be_opened_and_read_but_not_written(
    tmp_path: Path, mounts: Mounts
) -> None:
    stick = mounts.ext4(tmp_path / "stick", tmp_path / "image")
    opened = open_drive(stick)
    store(opened, "old.zip", b"old")
    write(opened, "waiting.zip", b"x")
    mounts.make_read_only(stick)
    opened = open_drive(stick)  # setting up what is already ours writes nothing
    assert content(opened, "old.zip") == b"old"
    acts: list[Callable[[], object]] = [
        lambda: write(opened, "new.zip", b"x"),
        lambda: opened.promote("waiting.zip"),
        lambda: opened.put("old.info.json", b"x"),
        lambda: opened.remove("old.zip"),
        lambda: check_writable(opened),
        lambda: preflight(opened, 1, []),
    ]
    for act in acts:
        with pytest.raises(errors.DestinationReadOnly):
            act()
    assert names_in(stick / "Bewaar") == {ID_FILE, "old.zip", "waiting.zip.part"}


@needs()
def test_a_protected_disk_cannot_become_a_destination(tmp_path: Path, mounts: Mounts) -> None:
    disk = mounts.tmpfs(tmp_path / "disk")
    (disk / "there").mkdir()
    mounts.make_read_only(disk)
    for place in (disk / "there", disk / "new"):
        with pytest.raises(errors.DestinationReadOnly):
            Folder().create(destination(place), make_folder=True)
    with pytest.raises(errors.DestinationReadOnly):
        open_drive(disk)


@needs()
def test_a_disk_that_turns_read_only_in_mid_write_says_so(tmp_path: Path, mounts: Mounts) -> None:
    disk = mounts.tmpfs(tmp_path / "disk")
    opened = open_folder(disk / "backups")
    write(opened, "a.zip", bytes(MB))
    mounts.make_read_only(disk)
    with pytest.raises(errors.DestinationReadOnly):
        opened.promote("a.zip")
    assert names_in(disk / "backups") == {ID_FILE, "a.zip.part"}


@pytest.mark.skipif(sys.platform == "win32", reason="rights of Unix")
def test_a_folder_without_the_right_to_write_says_so() -> None:
    script = (
        "import os, pathlib, sys\n"
        "from bewaar import errors\n"
        "from bewaar.destinations.folder import Folder\n"
        "from bewaar.destinations.preflight import check_writable\n"
        "from bewaar.model import *\n"
        "wanted = Destination(id=DestinationId(sys.argv[1]), name='x',\n"
        "    kind=DestinationKind.FOLDER, folder=pathlib.Path(sys.argv[2]))\n"
        "opened = Folder().open(Folder().create(wanted, make_folder=True))\n"
        "wanted.folder.chmod(0o555)\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "try:\n"
        "    check_writable(opened)\n"
        "except errors.DestinationReadOnly:\n"
        "    print('refused', len(list(wanted.folder.iterdir())))\n"
    )
    with tempfile.TemporaryDirectory() as name:  # tmp_path lies where only root may go
        Path(name).chmod(0o777)
        command = [sys.executable, "-c", script, BLUE, f"{name}/backups"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["refused", "1"]


# ── A failing medium ────────────────────────────────────────────────────────────────────────


@needs("mkfs.ext4")
def test_a_medium_that_fails_only_when_data_reaches_it_is_noticed(
    tmp_path: Path, mounts: Mounts
) -> None:
    # The image may grow to 64 MB, the disk it lies on holds 12: memory takes it all, fsync tells.
    small = mounts.tmpfs(tmp_path / "small", "12m")
    opened = open_folder(mounts.ext4(tmp_path / "m", small / "image", size="64M") / "backups")
    with pytest.raises(errors.DestinationFull) as raised:
        write(opened, "a.zip", os.urandom(20 * MB))
    assert raised.value.params["free"] is None  # the file system still thinks it has room
    assert names_in(opened.destination.folder) == {ID_FILE}


@needs("mkfs.ext4")
def test_a_medium_that_cannot_be_read_is_told_as_such(tmp_path: Path, mounts: Mounts) -> None:
    image = tmp_path / "image"
    opened = open_drive(mounts.ext4(tmp_path / "stick", image))
    store(opened, "a.zip", os.urandom(8 * MB))
    os.truncate(image, MB)  # beyond it every read fails with EIO
    with pytest.raises(errors.DestinationFault):
        content(opened, "a.zip")
    with opened.read("a.zip") as file, pytest.raises(errors.DestinationFault):
        file.read(100)


# ── Read from the medium ────────────────────────────────────────────────────────────────────


@needs("mkfs.ext4", "fincore")
def test_reading_past_the_cache_finds_nothing_of_the_file_in_memory(
    tmp_path: Path, mounts: Mounts
) -> None:
    opened = open_drive(mounts.ext4(tmp_path / "stick", tmp_path / "image"))
    store(opened, "a.zip", os.urandom(4 * MB))
    file = opened.destination.folder / "a.zip"
    assert file.read_bytes()
    assert pages_in_memory(file) > 0
    assert opened.reads_past_cache
    with opened.read("a.zip"):
        assert pages_in_memory(file) == 0


@needs("mkfs.ext4", "fincore")
@pytest.mark.parametrize("size", [8 * MB, 8 * MB + 4096, 8 * MB + 1, 5])
def test_what_is_written_does_not_push_others_out_of_memory(
    tmp_path: Path, mounts: Mounts, size: int
) -> None:
    opened = open_drive(mounts.ext4(tmp_path / "stick", tmp_path / "image"))
    data = os.urandom(size)
    with opened.write("a.zip") as sink:
        for start in range(0, size, 300_007):
            sink.write(data[start : start + 300_007])
    part = opened.destination.folder / ("a.zip" + PART)
    assert pages_in_memory(part) * 4096 <= MB, "more than the last piece went through memory"
    opened.promote("a.zip")
    assert content(opened, "a.zip") == data


@needs()
def test_a_disk_in_memory_does_not_claim_to_be_read_past_it(tmp_path: Path, mounts: Mounts) -> None:
    assert not open_drive(mounts.tmpfs(tmp_path / "stick")).reads_past_cache


def pages_in_memory(file: Path) -> int:
    asked = ["fincore", "--noheadings", "--output", "PAGES", str(file)]
    return int(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
