"""An open folder: whatever is done through it happens in the folder that was opened.

When a stick is pulled, its mount point becomes an ordinary folder of the system disk. What goes
through an open folder never lands there; what goes by path would. Windows knows no such handles,
but there a pulled stick's letter vanishes with it. Raises plain `OSError`.
"""

import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from bewaar import files
from bewaar.destinations.base import PART
from bewaar.system import volumes

_BY_HANDLE = os.open in os.supports_dir_fd
_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class FolderHandle:
    """A folder, opened once. Names are single names inside it."""

    def __init__(self, path: Path) -> None:
        """Open it; raises FileNotFoundError, NotADirectoryError."""
        self.path = path
        self._handle: int | None = None
        if sys.platform != "win32" and _BY_HANDLE:
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        elif not path.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        self._was_plugged = self._is_plugged()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    # ── What it is ──────────────────────────────────────────────────────────────────────────

    def in_place(self) -> bool:
        """Return whether its disk is plugged in and its path still leads here."""
        try:
            there = self.path.stat()
        except OSError:
            return False
        if self._handle is None:
            return True
        pulled = self._was_plugged and not self._is_plugged()
        return os.path.samestat(os.fstat(self._handle), there) and not pulled

    def usage(self) -> tuple[int, int] | None:
        """Return the bytes this user may write and all bytes; None when the system cannot say."""
        try:
            usage = shutil.disk_usage(self.path if self._handle is None else self._handle)
        except OSError:
            return None
        return (usage.free, usage.total) if usage.total else None  # some servers answer zeros

    # ── What is in it ───────────────────────────────────────────────────────────────────────

    def holds(self, name: str) -> bool:
        """Return whether anything has that name."""
        try:
            os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def regular_files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield name and facts of each regular file; links are none."""
        with os.scandir(self.path if self._handle is None else self._handle) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # gone since the folder was read
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        yield entry.name, status

    def open(self, name: str) -> int:
        """Open a regular file for reading; anything else counts as absent."""
        status = os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return os.open(self._at(name), os.O_RDONLY | _PLAIN, dir_fd=self._handle)

    def read_start(self, name: str, length: int) -> bytes:
        """Return the first `length` bytes of a file."""
        with os.fdopen(self.open(name), "rb") as file:
            return file.read(length)

    # ── What is done in it ──────────────────────────────────────────────────────────────────

    def create(self, name: str) -> int:
        """Open a new file for writing; raises FileExistsError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
        return os.open(self._at(name), flags, 0o666, dir_fd=self._handle)

    def make_folder(self, name: str) -> None:
        """Make a folder; one that exists is fine."""
        with suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._handle)

    def write_whole(self, name: str, data: bytes, *, replacing: bool) -> None:
        """Write a small file whole or not at all; raises FileExistsError unless `replacing`."""
        part = f"{secrets.token_hex(8)}{PART}"
        handle = self.create(part)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                files.sync(handle)
            if replacing:
                self._replace(part, name)
            else:
                self.rename(part, name)
        except BaseException:
            with suppress(OSError):
                self.remove(part)
            raise
        self.sync()

    def rename(self, old: str, new: str) -> None:
        """Rename without ever replacing; raises FileExistsError.

        FAT and some servers have no hard links. There the name is looked for first, which is
        safe among Bewaars: only the one that made the exclusive `.part` renames it.
        """
        old, new = self._at(old), self._at(new)
        if os.name == "nt":
            Path(old).rename(new)  # never replaces there
            return
        try:
            os.link(old, new, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if self.holds(new):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new) from None
            os.rename(old, new, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        else:
            self.remove(old)

    def remove(self, name: str) -> None:
        """Remove a file; raises FileNotFoundError."""
        os.unlink(self._at(name), dir_fd=self._handle)

    def sync(self) -> None:
        """Bring the names onto the medium; does nothing where the system cannot."""
        if self._handle is not None:
            files.sync_folder(self._handle)

    def _is_plugged(self) -> bool:
        if self._handle is None:
            return True
        return volumes.current().plugged(os.fstat(self._handle).st_dev)

    def _replace(self, old: str, new: str) -> None:
        try:
            files.patiently(
                lambda: os.replace(
                    self._at(old), self._at(new), src_dir_fd=self._handle, dst_dir_fd=self._handle
                )
            )
        except FileExistsError:  # some servers and drivers never rename over a file
            self.remove(new)
            self.rename(old, new)

    def _at(self, name: str) -> str:
        return name if self._handle is not None else str(self.path / name)
