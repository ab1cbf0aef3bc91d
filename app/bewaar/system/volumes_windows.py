"""Mounted volumes on Windows, from the drive letters.

Written from Microsoft's documents and not yet run there. Nothing here needs an administrator.
Names and numbers are those of winbase.h, fileapi.h and ntddstor.h.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from pathlib import Path

from bewaar.files import nearest_existing
from bewaar.model import Volume
from bewaar.system.disks import DiskFacts

# So the type checker reads on only where these calls exist.
assert sys.platform == "win32"  # noqa: S101

_REMOVABLE, _FIXED, _REMOTE = 2, 3, 4  # GetDriveTypeW
_NO_QUESTIONS = 0x0001  # SEM_FAILCRITICALERRORS: no "insert a disk" for an empty card reader
_SHARED, _OPEN_EXISTING = 3, 3  # FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING
_DEVICE_NUMBER, _QUERY_PROPERTY = 0x2D1080, 0x2D1400  # IOCTL_STORAGE_…: need no access right
_BUS_USB, _BUS_SD = 7, 12  # STORAGE_BUS_TYPE
_LONGEST = 261  # MAX_PATH + 1

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.CreateFileW.restype = wintypes.HANDLE
_kernel.CreateFileW.argtypes = [
    wintypes.LPCWSTR,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HANDLE,
]
_kernel.DeviceIoControl.argtypes = [
    wintypes.HANDLE,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.LPDWORD,
    wintypes.LPVOID,
]
_kernel.CloseHandle.argtypes = [wintypes.HANDLE]


def mounted() -> list[Volume]:
    """Return the local volumes that have a letter and a disk in them."""
    with _no_questions():
        volumes = [_volume(letter) for letter in _letters() if not _is_alias(letter)]
    return [volume for volume in volumes if volume]


def disk_facts(path: Path) -> DiskFacts:
    """Return what Windows says of the disk where `path` is or would come."""
    drive = os.path.splitdrive(os.path.realpath(nearest_existing(path)))[0]
    with _no_questions():
        network = on_network(Path(drive))
        return DiskFacts(
            file_system=_information(drive)[2],
            network=network,
            system_disk=False if network else _with_system(drive),
        )


def on_network(path: Path) -> bool:
    """Return whether it begins with another computer's name or a letter that stands for one."""
    drive = os.path.splitdrive(path)[0]
    return drive.startswith("\\\\") or _kernel.GetDriveTypeW(f"{drive}\\") == _REMOTE


def plugged(_device: int) -> bool:
    """Return True: the letter of a disk that is pulled out vanishes at once."""
    return True


def _letters() -> Iterator[str]:
    mask = _kernel.GetLogicalDrives()
    yield from (f"{chr(ord('A') + bit)}:" for bit in range(26) if mask >> bit & 1)


def _is_alias(drive: str) -> bool:
    # `subst` gives a folder a letter: the same stick must not be met twice.
    target = ctypes.create_unicode_buffer(_LONGEST)
    return bool(_kernel.QueryDosDeviceW(drive, target, _LONGEST)) and target.value.startswith(
        "\\??"
    )


def _volume(drive: str) -> Volume | None:
    kind = _kernel.GetDriveTypeW(f"{drive}\\")
    label, serial, file_system = _information(drive)
    if kind not in {_REMOVABLE, _FIXED} or not file_system:
        return None
    return Volume(
        mount=Path(f"{drive}\\"),
        label=label,
        serial=serial,
        file_system=file_system,
        # A portable hard disk says it is fixed; its plug does not lie.
        removable=kind == _REMOVABLE or _bus(drive) in {_BUS_USB, _BUS_SD},
    )


def _information(drive: str) -> tuple[str, str, str]:
    """Return label, serial number and file system, each empty when there is no answer."""
    label, name = (ctypes.create_unicode_buffer(_LONGEST) for _ in range(2))
    serial = wintypes.DWORD()
    answered = _kernel.GetVolumeInformationW(
        f"{drive}\\", label, _LONGEST, ctypes.byref(serial), None, None, name, _LONGEST
    )
    if not answered:
        return "", "", ""
    # Windows says FAT for the small ones and FAT32 for the others.
    return label.value, f"{serial.value:08X}", name.value.lower()


def _bus(drive: str) -> int | None:
    # STORAGE_DEVICE_DESCRIPTOR has its BusType at byte 28; the question is all zeros.
    answer = _ask(drive, _QUERY_PROPERTY, question=bytes(12), size=1024)
    return struct.unpack_from("<I", answer, 28)[0] if len(answer) >= 32 else None


def _disk(drive: str) -> tuple[int, int] | None:
    # STORAGE_DEVICE_NUMBER: type, number of the disk, number of the partition
    answer = _ask(drive, _DEVICE_NUMBER, question=b"", size=12)
    return struct.unpack("<II", answer[:8]) if len(answer) == 12 else None


def _with_system(drive: str) -> bool | None:
    homes = {os.environ.get("SYSTEMDRIVE", "C:"), os.path.splitdrive(Path.home())[0]}
    mine, system = _disk(drive), {disk for home in homes if (disk := _disk(home))}
    return mine in system if mine and system else None


def _ask(drive: str, code: int, *, question: bytes, size: int) -> bytes:
    device = _kernel.CreateFileW(f"\\\\.\\{drive}", 0, _SHARED, None, _OPEN_EXISTING, 0, None)
    if device == wintypes.HANDLE(-1).value:
        return b""
    answer, length = ctypes.create_string_buffer(size), wintypes.DWORD()
    try:
        answered = _kernel.DeviceIoControl(
            device, code, question, len(question), answer, size, ctypes.byref(length), None
        )
    finally:
        _kernel.CloseHandle(device)
    return answer.raw[: length.value] if answered else b""


@contextmanager
def _no_questions() -> Iterator[None]:
    before = wintypes.DWORD()
    _kernel.SetThreadErrorMode(_NO_QUESTIONS, ctypes.byref(before))
    try:
        yield
    finally:
        _kernel.SetThreadErrorMode(before, None)
