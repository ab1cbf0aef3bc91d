"""Volumes and disks as Linux tells them: built trees of /proc and /sys, and real mounts."""

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bewaar.system import volumes, volumes_linux
from bewaar.system.disks import DiskFacts
from tests.mounts import Mounts, needs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells it this way")

PLAIN = "/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda"
USB = "/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb"
CARD = "/devices/pci0000:00/0000:02:00.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0"


class Computer:
    """A /proc, /sys and /dev to look at."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = []
        (root / "proc/self").mkdir(parents=True)
        (root / "sys/dev/block").mkdir(parents=True)
        self.mount("8:1", "/", "ext4", "/dev/sda1")
        self.disk(PLAIN, "8:0", part="8:1")

    def mount(
        self, device: str, point: str, file_system: str, source: str, *, part: str = "/"
    ) -> None:
        line = f"{len(self.lines) + 20} 1 {device} {part} {point} rw,relatime shared:1 - "
        self.lines.append(f"{line}{file_system} {source} rw")
        text = "\n".join(self.lines) + "\n"
        (self.root / "proc/self/mountinfo").write_text(text, "utf-8")

    def disk(self, place: str, device: str, *, part: str, removable: str = "0") -> Path:
        folder = self.root / f"sys{place}"
        partition = folder / f"{folder.name}1"
        (partition / "slaves").parent.mkdir(parents=True)
        (folder / "removable").write_text(f"{removable}\n")
        (partition / "partition").write_text("1\n")
        self.name(folder, device)
        self.name(partition, part)
        return folder

    def name(self, folder: Path, device: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dev").write_text(f"{device}\n")
        (self.root / "sys/dev/block" / device).symlink_to(folder)

    def label(self, name: str, source: str) -> None:
        folder = self.root / "dev/disk/by-label"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(source)

    def removable(self) -> dict[str, bool]:
        found = volumes_linux.mounted(self.root)
        return {str(volume.mount): volume.removable for volume in found}


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as these:
        yield these


# ── Which volumes there are ─────────────────────────────────────────────────────────────────


def test_pseudo_file_systems_packed_programs_and_shares_are_no_volumes(computer: Computer) -> None:
    computer.mount("0:5", "/proc", "proc", "proc")
    computer.mount("0:6", "/dev", "devtmpfs", "devtmpfs")
    computer.mount("0:7", "/mnt/memory", "tmpfs", "tmpfs")
    computer.mount("7:3", "/snap/core/1", "squashfs", "/dev/loop3")
    computer.mount("0:50", "/mnt/share", "cifs", "//server/share")
    computer.mount("0:51", "/mnt/ssh", "fuse.sshfs", "me@server:")
    computer.mount("0:52", "/media/auto", "autofs", "systemd-1")
    assert computer.removable() == {"/": False}


def test_a_part_of_a_file_system_is_no_volume_except_a_subvolume(computer: Computer) -> None:
    computer.mount("8:1", "/srv/bound", "ext4", "/dev/sda1", part="/home/me")
    computer.mount("0:30", "/home", "btrfs", "/dev/sda2", part="/@home")
    assert computer.removable() == {"/": False, "/home": False}


def test_a_usb_stick_and_a_usb_hard_disk_are_removable(computer: Computer) -> None:
    computer.disk(USB, "8:16", part="8:17", removable="0")
    computer.mount("8:17", "/data/usb", "vfat", "/dev/sdb1")
    assert computer.removable()["/data/usb"] is True


def test_a_disk_that_says_removable_is(computer: Computer) -> None:
    computer.disk("/devices/odd/block/sdc", "8:32", part="8:33", removable="1")
    computer.mount("8:33", "/data/odd", "vfat", "/dev/sdc1")
    assert computer.removable()["/data/odd"] is True


@pytest.mark.parametrize(("kind", "expected"), [("SD", True), ("MMC", False)])
def test_a_memory_card_is_removable_soldered_memory_is_not(
    computer: Computer, kind: str, expected: bool
) -> None:
    card = computer.disk(CARD, "179:0", part="179:1")
    (card / "device").mkdir()
    (card / "device/type").write_text(f"{kind}\n")
    computer.mount("179:1", "/data/card", "exfat", "/dev/mmcblk0p1")
    assert computer.removable()["/data/card"] is expected


def test_an_encrypted_stick_is_removable(computer: Computer) -> None:
    computer.disk(USB, "8:16", part="8:17")
    mapper = computer.root / "sys/devices/virtual/block/dm-0"
    computer.name(mapper, "253:0")
    (mapper / "slaves").mkdir()
    (mapper / "slaves/sdb1").symlink_to(computer.root / f"sys{USB}/sdb1")
    computer.mount("253:0", "/data/secret", "ext4", "/dev/mapper/luks-1")
    assert computer.removable()["/data/secret"] is True


@pytest.mark.parametrize("place", ["/media/me/STICK", "/run/media/me/STICK", "/mnt/stick"])
def test_what_is_mounted_where_desktops_plug_things_in_counts_as_removable(
    computer: Computer, place: str
) -> None:
    computer.mount("8:1", place, "ext4", "/dev/unknown")
    computer.mount("0:60", f"{place}-fuse", "fuse.exfat", "anything")
    assert computer.removable() == {"/": False, place: True, f"{place}-fuse": True}


def test_spaces_and_letters_in_mount_points_and_labels_come_out_right(computer: Computer) -> None:
    computer.mount("8:17", r"/media/me/Blå\040stick\011x", "vfat", "/dev/sdz9")
    computer.label(r"Blå\x20stick", "/dev/sdz9")
    volume = volumes_linux.mounted(computer.root)[-1]
    assert volume.mount == Path("/media/me/Blå stick\tx")
    assert volume.label == "Blå stick"


def test_a_mount_point_with_an_odd_line_end_in_its_name_is_one_volume(computer: Computer) -> None:
    computer.mount("8:17", "/media/me/a\u2028b\x85c", "vfat", "/dev/sdz9")
    assert volumes_linux.mounted(computer.root)[-1].mount == Path("/media/me/a\u2028b\x85c")


def test_without_label_the_mount_point_names_a_stick(computer: Computer) -> None:
    computer.mount("8:17", "/media/me/ABCD-1234", "vfat", "/dev/sdz9")
    assert volumes_linux.mounted(computer.root)[-1].label == "ABCD-1234"


def test_of_two_mounts_at_one_place_the_visible_one_counts(computer: Computer) -> None:
    computer.mount("8:17", "/media/stick", "vfat", "/dev/sdb1")
    computer.mount("8:33", "/media/stick", "exfat", "/dev/sdc1")
    found = [volume.file_system for volume in volumes_linux.mounted(computer.root)]
    assert found == ["ext4", "exfat"]


def test_without_proc_there_is_nothing_and_no_failure(tmp_path: Path) -> None:
    assert volumes_linux.mounted(tmp_path) == []
    assert volumes_linux.disk_facts(tmp_path, tmp_path) == DiskFacts()


# ── What is known of a disk ─────────────────────────────────────────────────────────────────


def test_the_system_disk_is_known_and_a_stick_is_another(computer: Computer) -> None:
    computer.disk(USB, "8:16", part="8:17")
    place = str(computer.root / "stick").replace(" ", r"\040")
    (computer.root / "stick").mkdir()
    computer.mount("8:17", place, "vfat", "/dev/sdb1")
    stick = volumes_linux.disk_facts(computer.root / "stick/new", computer.root)
    assert stick == DiskFacts(file_system="vfat", network=False, system_disk=False)
    here = volumes_linux.disk_facts(computer.root, computer.root)
    assert here == DiskFacts(file_system="ext4", network=False, system_disk=True)


def test_a_share_is_known_as_such(computer: Computer) -> None:
    (computer.root / "share").mkdir()
    computer.mount("0:50", str(computer.root / "share"), "nfs4", "server:/share")
    facts = volumes_linux.disk_facts(computer.root / "share", computer.root)
    assert facts == DiskFacts(file_system="nfs4", network=True, system_disk=False)


def test_whether_a_name_leads_to_a_share_is_known_without_going_there(computer: Computer) -> None:
    computer.mount("0:50", "/none/share", "cifs", "//server/share")
    computer.mount("8:17", "/none/share/stick", "vfat", "/dev/sdb1")

    def answer(place: str) -> bool:
        return volumes_linux.on_network(Path(place), computer.root)

    assert answer("/none/share")
    assert answer("/none/x/../share/books")
    assert not answer("/none/share2")
    assert not answer("/none/share/stick/books")
    assert not answer("/home")


def test_what_sysfs_does_not_tell_is_unknown(computer: Computer) -> None:
    (computer.root / "odd").mkdir()
    computer.mount("0:99", str(computer.root / "odd"), "zfs", "pool/books")
    assert volumes_linux.disk_facts(computer.root / "odd", computer.root).system_disk is None


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("vfat", (4 << 30) - 1),
        ("fat32", (4 << 30) - 1),
        ("msdos", (4 << 30) - 1),
        ("fuse.fusefat", (4 << 30) - 1),
        ("exfat", None),
        ("fuse.exfat", None),
        ("ntfs", None),
        ("ext4", None),
        ("", None),
    ],
)
def test_only_fat_has_a_limit(name: str, limit: int | None) -> None:
    assert DiskFacts(file_system=name).largest_file == limit


def test_a_disk_that_the_kernel_forgot_is_not_plugged_in(computer: Computer) -> None:
    assert volumes_linux.plugged(os.makedev(8, 1), computer.root)
    assert not volumes_linux.plugged(os.makedev(8, 17), computer.root)
    assert volumes_linux.plugged(os.makedev(0, 44), computer.root)  # unknown: not claimed


# ── For real ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def plug() -> Iterator[Path]:
    """Give a mount point where desktops mount sticks."""
    place = Path("/media") / f"bewaar test {secrets.token_hex(4)}"
    place.mkdir(parents=True)
    yield place
    place.rmdir()


@needs("mkfs.ext4")
def test_a_stick_that_is_mounted_appears_and_disappears(
    tmp_path: Path, plug: Path, mounts: Mounts
) -> None:
    mounts.ext4(plug, tmp_path / "image", label="BLUE")
    volume = next(volume for volume in volumes.mounted() if volume.mount == plug)
    assert volume.removable
    assert volume.file_system == "ext4"
    mounts.eject(plug)
    assert plug not in [volume.mount for volume in volumes.mounted()]


@needs("mkfs.ext4")
def test_an_image_shares_the_disk_it_lies_on(tmp_path: Path, mounts: Mounts) -> None:
    point = mounts.ext4(tmp_path / "point", tmp_path / "image")
    inside, around = volumes.disk_facts(point), volumes.disk_facts(tmp_path)
    assert inside.file_system == "ext4"
    assert inside.system_disk == around.system_disk


def test_the_disk_of_the_home_is_the_system_disk_or_unknown() -> None:
    assert volumes.disk_facts(Path.home()).system_disk is not False


def test_this_computer_lists_itself() -> None:
    facts = volumes.disk_facts(Path("/"))
    assert facts.file_system
    assert volumes.current().plugged(Path("/").stat().st_dev)
