"""Backups that are zip files, whatever their ending: the end is there, every checksum is right."""

import errno
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

from bewaar.progress import Progress
from bewaar.vendorfiles.verdict import WHOLE, Verdict, damaged, unknown

MAGIC = b"PK\x03\x04"
NO_MEMBERS = b"PK\x05\x06"  # how an empty one begins

_END = struct.Struct("<4sHHHHIIH")  # signature, disks, entries, size, offset, comment
_LONGEST_COMMENT = 0xFFFF
_ZIP64 = 0xFFFFFFFF
_ZIP64_DISK = 0xFFFF
_BLOCK = 1 << 20
_TIGHTEST = 200  # times its own size: what unpacks to more is not unpacked to check it
_LEAST = 1 << 30  # bytes that are unpacked in any case
_ENCRYPTED = 0x1
_BAD = (
    *(ArithmeticError, EOFError, RuntimeError, ValueError),
    *(lzma.LZMAError, struct.error, zipfile.BadZipFile, zlib.error),
)


def has_end(path: Path, size: int) -> bool:
    """Return whether the list of contents stands at the end, as it does once a zip is finished."""
    return _disk(path, size) is not None


def _disk(path: Path, size: int) -> int | None:
    """Return the number of the disk its end is on, 0 for a file that is whole; None: no end."""
    length = min(size, _END.size + _LONGEST_COMMENT)
    with path.open("rb") as file:
        file.seek(size - length)
        tail = file.read(length)
    at = len(tail)
    while (at := tail.rfind(NO_MEMBERS, 0, at)) >= 0:
        if at + _END.size <= len(tail):
            _, disk, _, _, _, listed, offset, comment = _END.unpack_from(tail, at)
            before = size - length + at
            known = disk or _ZIP64 in (listed, offset) or listed + offset <= before
            if known and at + _END.size + comment == len(tail):
                return 0 if disk == _ZIP64_DISK else int(disk)
    return None


def check(path: Path, progress: Progress) -> Verdict:
    """Unpack everything, writing nothing. Raises OSError when the disk cannot be read."""
    size = path.stat().st_size
    if _disk(path, size):
        return unknown("volume")
    try:
        with zipfile.ZipFile(path) as package:
            return _check(package, size, progress)
    except NotImplementedError:
        return unknown("maker")  # packed in a way that only few programs know
    except _BAD:
        return damaged("checksum")
    except OSError as error:
        if error.errno in {None, errno.EINVAL}:  # bz2 says so; it points to where nothing can be
            return damaged("checksum")
        raise


def _check(package: zipfile.ZipFile, size: int, progress: Progress) -> Verdict:
    members = package.infolist()
    if not members:
        return damaged("empty")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        return unknown("password")
    left = max(_LEAST, size * _TIGHTEST)
    for member in members:
        unpacked = 0
        with package.open(member) as file:
            while block := file.read(_BLOCK):
                progress.check()
                unpacked += len(block)
                if unpacked > left:
                    return unknown("tight")
        if unpacked != member.file_size:
            return damaged("checksum")
        left -= unpacked
    return WHOLE
