"""Copies of single files, hashed while they are made.

One read, one write, one hash. (`copy_file_range` and `sendfile` were measured: not faster, as the
hash has to read the bytes anyway.) Where the file system can share blocks, the copy costs no room.
A source that is gone raises FileNotFoundError; whoever asked knows whether that is a change.
"""

import sys
from contextlib import suppress
from io import FileIO
from pathlib import Path

from blake3 import blake3

from bewaar.files import CHUNK, hash_file
from bewaar.progress import SILENT, Progress
from bewaar.storage.edges import unreadable, unwritable
from bewaar.storage.meter import Meter

_FICLONE = 0x40049409  # linux/fs.h: let one file share another one's blocks
_ZEROS = bytes(CHUNK)


def copy(source: Path, to: Path, meter: Meter, *, holes: bool = False) -> str:
    """Copy `source` to the new or old file `to` and return the BLAKE3 of what was copied.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy, HomeFull, HomeUnwritable, Cancelled.
    """
    with _reading(source) as old, _writing(to) as new:
        if _shared(old, new):
            meter.add(to.stat().st_size)
            return digest(to, meter.progress)
        hashed = blake3()
        buffer = bytearray(CHUNK)
        view = memoryview(buffer)
        while count := _read(source, old, buffer):
            hashed.update(view[:count])
            _write(to, new, view[:count], hole=holes and buffer.startswith(_ZEROS[:count]))
            meter.add(count)
        return hashed.hexdigest()


def digest(source: Path, progress: Progress = SILENT) -> str:
    """Return the BLAKE3 of a file.

    Raises FileNotFoundError, SourceUnreadable, SourceBusy, Cancelled.
    """
    try:
        return hash_file(source, progress)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(source, error) from error


def _reading(source: Path) -> FileIO:
    try:
        return source.open("rb", buffering=0)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(source, error) from error


def _writing(to: Path) -> FileIO:
    try:
        return to.open("wb", buffering=0)
    except OSError as error:
        raise unwritable(to, error) from error


def _read(source: Path, old: FileIO, buffer: bytearray) -> int:
    try:
        return old.readinto(buffer)
    except OSError as error:
        raise unreadable(source, error) from error


def _write(to: Path, new: FileIO, data: memoryview, *, hole: bool) -> None:
    try:
        if hole:
            new.truncate(new.seek(len(data), 1))
        while data and not hole:
            data = data[new.write(data) :]
    except OSError as error:
        raise unwritable(to, error, needed=len(data)) from error


def _shared(old: FileIO, new: FileIO) -> bool:
    """Let the copy share the blocks of its source; False where the file system cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    with suppress(OSError):
        fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        return True
    return False
