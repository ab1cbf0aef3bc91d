"""Mounted volumes on macOS, from `diskutil`. Written from Apple's documents; not yet run there.

`diskutil info -plist` answers for one volume at a time; the names in its answer are Apple's.
"""

import os
import plistlib
import re
import subprocess
from pathlib import Path
from typing import Any

from bewaar.files import nearest_existing
from bewaar.model import Volume
from bewaar.system.disks import DiskFacts, is_network

_SECONDS = 10  # a disk that is waking up may take a while to answer


def mounted() -> list[Volume]:
    """Return what is mounted below /Volumes, network shares left out."""
    try:
        places = [place for place in Path("/Volumes").iterdir() if os.path.ismount(place)]
    except OSError:
        return []
    asked = [(place, _info(place)) for place in places]
    return [_volume(place, info) for place, info in asked if info and not _is_network(info)]


def disk_facts(path: Path) -> DiskFacts:
    """Return what `diskutil` says of the disk where `path` is or would come."""
    info = _info(_mount_point(nearest_existing(path)))
    if not info:
        return DiskFacts()
    network = _is_network(info)
    return DiskFacts(
        file_system=_file_system(info),
        network=network,
        system_disk=False if network else _with_system(info),
    )


def on_network(path: Path) -> bool:
    """Return whether `mount` names another computer's file system where the name leads."""
    try:
        listed = subprocess.run(["mount"], capture_output=True, text=True, check=True).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    # //user@server/share on /Volumes/share (smbfs, nodev, nosuid)
    found = re.findall(r" on (/.*) \((\w+)", listed)
    above = [(point, name) for point, name in found if Path(point) in (path, *path.parents)]
    return is_network(max(above, key=lambda mount: len(mount[0]), default=("", ""))[1])


def plugged(_device: int) -> bool:
    """Return True: a disk that is pulled out is unmounted at once."""
    return True


def _volume(place: Path, info: dict[str, Any]) -> Volume:
    removable = info.get("RemovableMediaOrExternalDevice", not info.get("Internal", True))
    return Volume(
        mount=place,
        label=str(info.get("VolumeName") or place.name),
        serial=str(info.get("VolumeUUID", "")),
        file_system=_file_system(info),
        removable=bool(removable),
    )


def _info(place: Path) -> dict[str, Any]:
    try:
        answer = subprocess.run(
            ["diskutil", "info", "-plist", str(place)],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
        found = plistlib.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError, plistlib.InvalidFileException):
        return {}
    return found if isinstance(found, dict) else {}


def _file_system(info: dict[str, Any]) -> str:
    return str(info.get("FilesystemType", "")).lower()


def _is_network(info: dict[str, Any]) -> bool:
    return is_network(_file_system(info))


def _with_system(info: dict[str, Any]) -> bool | None:
    mine, system = _disk(info), _disk(_info(Path("/")))
    return mine == system if mine and system else None


def _disk(info: dict[str, Any]) -> str:
    # An APFS volume lies in a container of its own number, which names the real disk.
    stores = info.get("APFSPhysicalStores") or [{}]
    store = str(stores[0].get("APFSPhysicalStore", ""))
    return store.rpartition("s")[0] or str(info.get("ParentWholeDisk", ""))


def _mount_point(place: Path) -> Path:
    return next((above for above in (place, *place.parents) if os.path.ismount(above)), place)
