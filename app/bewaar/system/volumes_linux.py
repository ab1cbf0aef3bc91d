"""Mounted volumes on Linux, from /proc/self/mountinfo, and their disks, from /sys.

Nothing here touches a mounted file system, so a network share that hangs stops nobody. `root` is
where /proc, /sys and /dev are found: tests bring their own.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bewaar.files import nearest_existing
from bewaar.model import Volume
from bewaar.system.disks import DiskFacts, is_network

if sys.platform == "win32":  # numbers of devices are known to Unix only
    raise ImportError(__name__)

# Where desktops mount what is plugged in; what lies below counts as removable.
_PLUGGED = tuple(map(Path, ("/media", "/run/media", "/mnt")))

_PACKED = frozenset({"erofs", "squashfs"})  # programs, packed into a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One line of mountinfo."""

    device: str  # "8:1"; major 0 where the file system hides its disk
    root: str  # the folder of the file system that is mounted: "/" unless it is only a part
    point: Path
    file_system: str
    source: str  # "/dev/sdb1", or any word


def mounted(root: Path = Path("/")) -> list[Volume]:
    """Return the local volumes; network shares and pseudo file systems are left out."""
    visible = {mount.point: mount for mount in mounts(root)}  # a later one hides an earlier one
    return [_volume(mount, root) for mount in visible.values() if _holds_files(mount)]


def disk_facts(path: Path, root: Path = Path("/")) -> DiskFacts:
    """Return what mountinfo and sysfs say of the disk where `path` is or would come."""
    mount = _mount_of(path, root)
    if mount is None:
        return DiskFacts()
    network = is_network(mount.file_system)
    return DiskFacts(
        file_system=mount.file_system,
        network=network,
        system_disk=False if network else _with_system(mount, root),
    )


def on_network(path: Path, root: Path = Path("/")) -> bool:
    """Return whether the mount that the name leads to lies on another computer."""
    mount = _mount_above(Path(os.path.abspath(path)), root)  # noqa: PTH100 - follows no link
    return mount is not None and is_network(mount.file_system)


def plugged(device: int, root: Path = Path("/")) -> bool:
    """Return whether the kernel still knows the disk; a pulled one stays mounted for a while."""
    major, minor = os.major(device), os.minor(device)
    hidden = major == 0 or not (root / "sys/dev/block").is_dir()
    return hidden or (root / f"sys/dev/block/{major}:{minor}").exists()


def mounts(root: Path = Path("/")) -> list[Mount]:
    """Return every mount, in the order they were made; none when /proc cannot be read."""
    try:
        text = (root / "proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return []
    return list(_all_parsed(text))


@lru_cache(maxsize=1)
def _all_parsed(text: str) -> tuple[Mount, ...]:
    # Asked for many times a second, and almost always the same.
    return tuple(_parsed(line) for line in text.split("\n") if " - " in line)


def _parsed(line: str) -> Mount:
    # 36 35 98:0 /root /mount/point options… - type source superoptions, see proc(5)
    before, after = line.split(" - ", 1)
    device, part, point = before.split(" ")[2:5]
    file_system, source = after.split(" ")[:2]
    return Mount(
        device=device,
        root=_plain(part),
        point=Path(_plain(point)),
        file_system=file_system.lower(),
        source=_plain(source),
    )


def _plain(text: str) -> str:
    # A space is written \040, as is what else would break the line.
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


# ── Volumes ─────────────────────────────────────────────────────────────────────────────────


def _holds_files(mount: Mount) -> bool:
    if mount.file_system in _PACKED or is_network(mount.file_system):
        return False
    whole = mount.root == "/" or mount.file_system == "btrfs"  # that one mounts its subvolumes
    on_disk = mount.source.startswith("/dev/")
    return whole and (on_disk or (_is_plugged(mount) and mount.file_system.startswith("fuse")))


def _is_plugged(mount: Mount) -> bool:
    return any(place in mount.point.parents for place in _PLUGGED)


def _volume(mount: Mount, root: Path) -> Volume:
    named = _is_plugged(mount)
    label = _name_by(root / "dev/disk/by-label", mount.source)
    return Volume(
        mount=mount.point,
        label=label or (mount.point.name if named else ""),
        serial=_name_by(root / "dev/disk/by-uuid", mount.source),
        file_system=mount.file_system,
        removable=named or any(map(_is_removable, _disks(mount, root))),
    )


def _name_by(folder: Path, source: str) -> str:
    with suppress(OSError):
        device = os.path.realpath(source)
        for link in folder.iterdir():
            if os.path.realpath(link) == device:
                return _spelled(link.name)
    return ""


def _spelled(name: str) -> str:
    # udev writes a space as \x20.
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda x: bytes([int(x[1], 16)]), os.fsencode(name))
    return raw.decode(errors="replace")


# ── Disks ───────────────────────────────────────────────────────────────────────────────────


def _is_removable(disk: Path) -> bool:
    if any(part.startswith("usb") for part in disk.parts):
        return True
    return _word(disk / "removable") == "1" or _word(disk / "device/type") == "SD"


def _with_system(mount: Mount, root: Path) -> bool | None:
    mine = set(_disks(mount, root))
    homes = (_mount_of(place, root) for place in (Path("/"), Path.home()))
    system = {disk for home in homes if home for disk in _disks(home, root)}
    return bool(mine & system) if mine and system else None


def _mount_of(path: Path, root: Path) -> Mount | None:
    return _mount_above(Path(os.path.realpath(nearest_existing(path))), root)


def _mount_above(place: Path, root: Path) -> Mount | None:
    above = [mount for mount in mounts(root) if mount.point in (place, *place.parents)]
    # Of equally long ones the last: it hides the others.
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


def _disks(mount: Mount, root: Path) -> Iterator[Path]:
    """Yield the sysfs folders of the physical disks below a mount."""
    device = mount.device
    if device.startswith("0:"):  # btrfs and FUSE hide it, but name it as their source
        with suppress(OSError):
            status = Path(mount.source).stat()
            if stat.S_ISBLK(status.st_mode):
                device = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    yield from _disks_below((root / "sys/dev/block" / device).resolve(), root)


def _disks_below(block: Path, root: Path) -> Iterator[Path]:
    backing = _word(block / "loop/backing_file")
    slaves = list((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    if slaves:  # an encrypted or combined disk
        for slave in slaves:
            yield from _disks_below(slave.resolve(), root)
    elif backing:  # a disk image: it shares the fate of the disk it lies on
        mount = _mount_of(Path(backing), root)
        yield from _disks(mount, root) if mount else ()
    elif (block / "partition").exists():
        yield block.parent
    elif (block / "dev").exists():
        yield block


def _word(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
