"""A folder that files from a backup are put into.

Everything below it is made here: a file or folder that is already there, whoever made it and
whatever it links to, is never opened. What the system cannot hold is refused, never renamed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EEXIST, EILSEQ, EINVAL, EISDIR, ENAMETOOLONG, ENOSPC, ENOTDIR
from io import FileIO
from os import utime
from pathlib import Path

from bewaar.archive.names import holdable, shown
from bewaar.errors import (
    BewaarError,
    HomeFull,
    HomeUnwritable,
    TargetExists,
    TargetFull,
    TargetUnwritable,
    UnsafeName,
)
from bewaar.files import free_space, fsync_folder, sync
from bewaar.progress import Progress

_ABOUT_THE_NAME = {EEXIST, EILSEQ, EINVAL, EISDIR, ENAMETOOLONG, ENOTDIR}


class Landing:
    """An existing empty folder, filled file by file."""

    def __init__(self, root: Path, *, needed: int, scratch: bool = False) -> None:
        """Take an empty folder for `needed` bytes; a scratch one, in our own home, is made.

        Raises TargetExists when there is something in it.
        """
        self._root, self._needed, self._scratch = root, needed, scratch
        self._folders: dict[str, Path] = {"": root}
        self._files: list[Path] = []
        with self._failing():
            if scratch:
                root.mkdir(parents=True, exist_ok=True)
            if any(root.iterdir()):
                raise TargetExists(place=str(root))

    def folder(self, path: str) -> Path:
        """Make a folder and those above it. Raises UnsafeName, TargetFull, TargetUnwritable."""
        if path not in self._folders:
            true = ""
            for name in path.split("/"):
                above, true = true, f"{true}/{name}" if true else name
                if true not in self._folders:
                    place = self._folders[above] / name
                    with self._failing(path):
                        place.mkdir()
                    self._folders[true] = place
        return self._folders[path]

    def file(self, path: str, mtime_ns: int, pieces: Iterable[bytes]) -> None:
        """Write a file. Raises UnsafeName, TargetFull, TargetUnwritable."""
        above, _, name = path.rpartition("/")
        place = self.folder(above) / name
        with self._failing(path):
            handle = place.open("xb", buffering=0)
        self._files.append(place)
        with handle:
            for piece in pieces:
                with self._failing():
                    _write_all(handle, piece)
        with suppress(OSError, OverflowError):  # a time this file system cannot hold
            utime(place, ns=(mtime_ns, mtime_ns))

    def settle(self, progress: Progress) -> None:
        """Bring everything onto the medium. Raises TargetFull, TargetUnwritable, Cancelled."""
        with self._failing():
            for place in self._files:
                progress.check()
                with place.open("r+b", buffering=0) as handle:
                    sync(handle.fileno())
            for folder in self._folders.values():
                fsync_folder(folder)

    @contextmanager
    def _failing(self, path: str = "") -> Iterator[None]:
        """Turn what the system says into our failures; `path` is the name that is being made."""
        if path and not holdable(path):
            raise UnsafeName(path=shown(path))
        try:
            yield
        except OSError as error:
            if path and error.errno in _ABOUT_THE_NAME:
                raise UnsafeName(path=shown(path)) from error
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> BewaarError:
        place, reason = str(self._root), error.strerror or str(error)
        if error.errno in {ENOSPC, EDQUOT}:
            free = free_space(self._root)
            if self._scratch:
                return HomeFull(folder=place, needed=self._needed, free=free)
            return TargetFull(place=place, needed=self._needed, free=free)
        if self._scratch:
            return HomeUnwritable(folder=place, reason=reason)
        return TargetUnwritable(place=place, reason=reason)


def _write_all(handle: FileIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[handle.write(left) :]
