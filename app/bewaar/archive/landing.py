"""A folder that files from a backup are put into.

Everything below it is made here: a file or folder that is already there, whoever made it and
whatever it links to, is never opened. What the system cannot hold is refused here.
Folders are made by one thread, in order; files may be filled by several.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from errno import EDQUOT, EEXIST, EILSEQ, EINVAL, EISDIR, ENAMETOOLONG, ENOSPC, ENOTDIR
from functools import partial
from io import SEEK_CUR, FileIO
from os import utime
from pathlib import Path
from typing import Self

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
from bewaar.files import free_space, fsync_folder, reachable, sync
from bewaar.progress import Progress
from bewaar.system import cache
from bewaar.system.forward import PIECE, Forward
from bewaar.system.settling import WholeDisk
from bewaar.system.volumes import disk_facts

_ABOUT_THE_NAME = {EEXIST, EILSEQ, EINVAL, EISDIR, ENAMETOOLONG, ENOTDIR}
_HOLE = 64 << 10  # bytes of zeros; fewer are simply written
_ZEROS = bytes(1 << 20)  # no piece is longer, or it is written whatever it holds
_MANY = 32  # files: from here on the whole disk settles sooner than each of them
_PATIENCE = 0.2  # seconds between two looks whether to stop
_WRITERS = 4  # files that settle side by side


class Landing:
    """An existing empty folder, filled file by file."""

    def __init__(self, root: Path, *, needed: int, scratch: bool = False) -> None:
        """Take an empty folder for `needed` bytes; a scratch one, in our own home, is made.

        Raises TargetExists when there is something in it.
        """
        self._root, self._needed, self._scratch = root, needed, scratch
        self._folders: dict[str, Path] = {"": root}
        self._files: list[Path] = []
        self._open: set[LandedFile] = set()
        self._ends = ExitStack()
        with self.failing():
            if scratch:
                root.mkdir(parents=True, exist_ok=True)
            if any(root.iterdir()):
                raise TargetExists(place=str(root))
            self._disk = None if scratch else self._ends.enter_context(WholeDisk(root))
            # What is opened and counted next stays in memory.
            self.past_cache = not scratch and cache.avoidable(disk_facts(root).file_system)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in tuple(self._open):
            file.close()
        self._ends.close()

    def folder(self, path: str) -> Path:
        """Make a folder and those above it. Raises UnsafeName, TargetFull, TargetUnwritable."""
        if path not in self._folders:
            true = ""
            for name in path.split("/"):
                above, true = true, f"{true}/{name}" if true else name
                if true not in self._folders:
                    place = reachable(self._folders[above] / name)
                    with self.failing(path):
                        place.mkdir()
                    self._folders[true] = place
        return self._folders[path]

    def file(self, path: str, size: int, mtime_ns: int) -> "LandedFile":
        """Make a file of about `size` bytes. Raises UnsafeName, TargetFull, TargetUnwritable."""
        return self._opened(self._place(path), path, size, mtime_ns, "xb")

    def reserve(self, path: str, size: int, mtime_ns: int) -> Callable[[], "LandedFile"]:
        """Make an empty file, to be filled later; raises as `file` does."""
        place = self._place(path)
        self._opened(place, path, 0, mtime_ns, "xb").close()
        return partial(self._opened, place, path, size, mtime_ns, "r+b")

    def _place(self, path: str) -> Path:
        above, _, name = path.rpartition("/")
        return reachable(self.folder(above) / name)

    def _opened(self, place: Path, path: str, size: int, mtime_ns: int, mode: str) -> "LandedFile":
        with self.failing(path):
            file = LandedFile(self, place, size, mtime_ns, mode)
        self._open.add(file)
        return file

    def closed(self, file: "LandedFile", place: Path) -> None:
        """Take note that a file is not open any more."""
        self._open.discard(file)
        self._files.append(place)

    def removed(self, place: Path) -> None:
        """Take note that a file is there no more."""
        self._files.remove(place)

    # ── Onto the medium ─────────────────────────────────────────────────────────────────────

    def settle(self, progress: Progress) -> None:
        """Bring everything onto the medium. Raises TargetFull, TargetUnwritable, Cancelled."""
        workers = ThreadPoolExecutor(_WRITERS, "settling")
        try:
            with self.failing():
                self._settle(workers, progress)
        finally:
            workers.shutdown(wait=False, cancel_futures=True)

    def _settle(self, workers: ThreadPoolExecutor, progress: Progress) -> None:
        if self._disk and self._disk.settles and len(self._files) + len(self._folders) >= _MANY:
            _wait(workers.submit(self._disk.settle), progress)
            return
        for done in [workers.submit(_sync, place) for place in self._files]:
            _wait(done, progress)
        for folder in self._folders.values():
            progress.check()
            fsync_folder(folder)

    # ── What the system says ────────────────────────────────────────────────────────────────

    @contextmanager
    def failing(self, path: str = "") -> Iterator[None]:
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


class LandedFile:
    """A file of a landing, being written; a stretch of nothing but zeros takes no room."""

    def __init__(self, landing: Landing, place: Path, size: int, mtime_ns: int, mode: str) -> None:
        """Open it; raises OSError."""
        self._landing, self._place, self._mtime_ns = landing, place, mtime_ns
        self._handle = FileIO(place, mode)
        handle = self._handle.fileno()
        self._forward = Forward(handle, past_cache=landing.past_cache) if size > PIECE else None
        self._ends_in_hole = False

    def write(self, piece: bytes) -> None:
        """Append to it. Raises TargetFull, TargetUnwritable."""
        with self._landing.failing():
            self._ends_in_hole = len(piece) >= _HOLE and _ZEROS.startswith(piece)
            if self._ends_in_hole:
                self._skip(len(piece))
            elif self._forward:
                self._forward.write(piece)
            else:
                left = memoryview(piece)
                while left:
                    left = left[self._handle.write(left) :]

    def _skip(self, count: int) -> None:
        if self._forward:
            self._forward.skip(count)
        else:
            self._handle.seek(count, SEEK_CUR)

    def finish(self) -> None:
        """Close it and give it its time."""
        with self._landing.failing():
            if self._forward:
                self._forward.finish()
            if self._ends_in_hole:
                self._handle.truncate()
        self.close()
        with suppress(OSError, OverflowError):  # a time this file system cannot hold
            utime(self._place, ns=(self._mtime_ns, self._mtime_ns))

    def remove(self) -> None:
        """Have it away again: what was written is not what it should be."""
        self.close()
        with self._landing.failing():
            self._place.unlink()
        self._landing.removed(self._place)

    def close(self) -> None:
        """Close it, whatever is in it; may be called twice."""
        self._forward = None  # its memory goes, however long somebody holds on to this
        if not self._handle.closed:
            with self._landing.failing():
                self._handle.close()
            self._landing.closed(self, self._place)


def _sync(place: Path) -> None:
    with FileIO(place, "r+b") as handle:
        sync(handle.fileno())


def _wait(settled: "Future[None]", progress: Progress) -> None:
    while not settled.done():
        progress.check()
        wait([settled], _PATIENCE)
    settled.result()
