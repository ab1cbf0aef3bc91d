"""A file system with bad manners: what sticks, servers and strange drivers answer, all at will.

It passes everything on to a folder and is run as a process: `picky.py FOLDER POINT MANNER…`.
A manner may carry a number: `short=4096`.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import mfusepy

TICK = 2_000_000_000  # nanoseconds; FAT knows no finer times
MANNERS = (
    "fixed",  # no renaming over a file that is there
    "coarse",  # times in ticks
    "folded",  # one file, however its name is spelled
    "unlinked",  # neither hard nor symbolic links
    "unsynced",  # folders cannot be brought onto the medium
    "buffered",  # no O_DIRECT
    "narrow",  # names of Latin letters only
    "short",  # reads and writes stop after so many bytes
    "slow",  # writes so many bytes a second
    "stuck",  # each file's write at this offset takes ten seconds
    "unplanned",  # no fallocate
)


class Picky(mfusepy.Operations):  # type: ignore[misc] # judged without its types
    """Everything a folder can do, but for its manners."""

    use_ns = True

    def __init__(self, folder: str, manners: dict[str, int]) -> None:
        self._folder = folder
        self._manners = manners
        self._due = time.monotonic()

    # ── Names ───────────────────────────────────────────────────────────────────────────────

    def _at(self, path: str) -> str:
        """Return where it lies; spelled as it is there when spelling does not count."""
        if "folded" not in self._manners:
            return self._folder + self._held(path)
        place = self._folder
        for name in self._held(path).strip("/").split("/"):
            alike: Iterator[str] = iter(())
            if name and not os.path.lexists(f"{place}/{name}"):
                with suppress(OSError):
                    alike = (n for n in os.listdir(place) if n.casefold() == name.casefold())
            place = f"{place}/{next(alike, name)}" if name else place
        return place

    def _held(self, path: str) -> str:
        if "narrow" in self._manners:
            try:
                path.encode("latin-1")
            except UnicodeEncodeError:
                raise mfusepy.FuseOSError(errno.EILSEQ) from None
        return path

    def _forbid(self, manner: str, number: int) -> None:
        if manner in self._manners:
            raise mfusepy.FuseOSError(number)

    # ── Facts ───────────────────────────────────────────────────────────────────────────────

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        found = os.lstat(self._at(path))
        told = {key: getattr(found, key) for key in dir(found) if key.startswith("st_")}
        facts = {key: told[key] for key in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size")}
        facts["st_blocks"] = found.st_blocks
        for name in ("st_atime", "st_mtime", "st_ctime"):
            whole = told[f"{name}_ns"]
            facts[name] = whole // TICK * TICK if "coarse" in self._manners else whole
        return facts

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._at(path))
        names = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_files", "f_ffree", "f_frsize")
        return {name: getattr(found, name) for name in (*names, "f_namemax")}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *os.listdir(self._at(path))]

    def readlink(self, path: str) -> str:
        return os.readlink(self._at(path))

    # ── Files ───────────────────────────────────────────────────────────────────────────────

    def open(self, path: str, flags: int) -> int:
        if flags & os.O_DIRECT:
            self._forbid("buffered", errno.EINVAL)
        return os.open(self._at(path), flags & ~os.O_DIRECT)

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, min(size, self._manners.get("short", size)), offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        data = data[: self._manners.get("short", len(data))]
        self._wait(offset, len(data))
        return os.pwrite(fh, data, offset)

    def _wait(self, offset: int, count: int) -> None:
        if "stuck" in self._manners and 0 <= self._manners["stuck"] - offset < count:
            time.sleep(10)
        if speed := self._manners.get("slow"):
            self._due = max(self._due, time.monotonic()) + count / speed
            time.sleep(max(0.0, self._due - time.monotonic()))

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._at(path), length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        os.fsync(fh)
        return 0

    def fallocate(self, path: str, mode: int, offset: int, size: int, fh: int) -> int:
        self._forbid("unplanned", errno.ENOTSUP)
        os.posix_fallocate(fh, offset, size)
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        now = time.time_ns()
        os.utime(self._at(path), ns=times or (now, now), follow_symlinks=False)
        return 0

    def unlink(self, path: str) -> int:
        os.unlink(self._at(path))
        return 0

    # ── Folders and names ───────────────────────────────────────────────────────────────────

    def mkdir(self, path: str, mode: int) -> int:
        os.mkdir(self._at(path), mode)
        return 0

    def rmdir(self, path: str) -> int:
        os.rmdir(self._at(path))
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._forbid("unsynced", errno.EINVAL)
        return 0

    def rename(self, old: str, new: str) -> int:
        source, target = self._at(old), self._at(new)
        renamed = target.rpartition("/")[0] + "/" + new.rpartition("/")[2]
        if os.path.lexists(target) and target != source:
            self._forbid("fixed", errno.EEXIST)
            renamed = target
        os.rename(source, renamed)
        return 0

    def link(self, target: str, source: str) -> int:
        self._forbid("unlinked", errno.EPERM)
        os.link(self._at(source), self._at(target))
        return 0

    def symlink(self, target: str, source: str) -> int:
        self._forbid("unlinked", errno.EPERM)
        os.symlink(source, self._at(target))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        os.chmod(self._at(path), stat.S_IMODE(mode))
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0


def main(folder: str, point: str, *manners: str) -> None:
    """Serve until it is unmounted."""
    chosen = {name: int(number or 0) for name, _, number in (m.partition("=") for m in manners)}
    assert chosen.keys() <= set(MANNERS), chosen
    mfusepy.FUSE(
        Picky(folder, chosen),
        point,
        foreground=True,
        nothreads="stuck" not in chosen,
        fsname="picky",
        direct_io="short" in chosen,
        big_writes=True,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
