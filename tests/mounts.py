"""Real file systems for tests: small disks that fill up, turn read-only, and are pulled out.

Everything mounted is unmounted at the end of the test, whatever happened in it.
"""

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

if sys.platform != "win32":
    import fcntl

SECONDS = 20  # for a mount to appear
PICKY = Path(__file__).with_name("extremes") / "picky.py"
_SHUTDOWN, _WITHOUT_THE_LOG = 0x8004587D, 2  # EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH

Test = TypeVar("Test", bound=Callable[..., Any])


def why_not(*programs: str) -> str:
    """Return why file systems cannot be mounted here, "" when they can."""
    if sys.platform != "linux":
        return "mounts are made on Linux only"
    if os.geteuid() != 0:
        return "mounting needs root"
    missing = [program for program in ("mount", *programs) if not _found(program)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def marks(*programs: str) -> list[pytest.MarkDecorator]:
    """Return the marks of a case that mounts, with the programs it needs."""
    reason = why_not(*programs)
    return [pytest.mark.root, pytest.mark.skipif(bool(reason), reason=reason)]


def needs(*programs: str) -> Callable[[Test], Test]:
    """Mark a test that mounts, with the programs it needs."""

    def marked(test: Test) -> Test:
        for mark in marks(*programs):
            test = mark(test)
        return test

    return marked


class Mounts:
    """File systems that live as long as a test."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._daemons: dict[Path, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Unmount everything; more can be mounted afterwards."""
        self._ends.close()

    def tmpfs(self, point: Path, size: str = "8m") -> Path:
        """Mount an empty disk in memory."""
        return self._mount(point, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")

    def ext4(
        self,
        point: Path,
        image: Path,
        *,
        label: str = "",
        size: str = "32M",
        journal: bool = False,
    ) -> Path:
        """Mount an image, formatted first when it does not exist."""
        if not image.exists():
            _sized(image, size)
            features = "has_journal" if journal else "^has_journal"
            _run("mkfs.ext4", "-q", "-O", features, "-L", label, image)
        return self._mount(point, "-o", "loop", image)

    def btrfs(self, point: Path, image: Path) -> Path:
        """Mount a new image whose files can share blocks."""
        _sized(image, "128M")
        _run("mkfs.btrfs", "-q", image)
        return self._mount(point, "-o", "loop", image)

    def fat(
        self, point: Path, image: Path, *, label: str = "STICK", serial: str = "1234abcd"
    ) -> Path:
        """Mount a FAT image through FUSE, formatted first when it does not exist."""
        if not image.exists():
            _sized(image, "48M")
            _run("mkfs.vfat", "-n", label, "-i", serial, image)
        # One request at a time (-s): busy with several it once read a file wrong.
        return self._driven(point, "fusefat", "-f", "-s", "-o", "rw+", image, point)

    def exfat(self, point: Path, image: Path) -> Path:
        """Mount a new exFAT image through FUSE."""
        _sized(image, "64M")
        _run("mkfs.exfat", image)
        device = _run("losetup", "--find", "--show", image).strip()
        self._ends.callback(_run, "losetup", "--detach", device)
        return self._driven(point, "mount.exfat-fuse", "-d", device, point)

    def ntfs(self, point: Path, image: Path) -> Path:
        """Mount a new NTFS image through FUSE."""
        _sized(image, "64M")
        _run("mkfs.ntfs", "-F", "-Q", image)
        return self._driven(point, "ntfs-3g", "-o", "no_detach", image, point)

    def picky(self, point: Path, folder: Path, *manners: str) -> Path:
        """Mount what lies in a folder, with bad manners."""
        folder.mkdir(parents=True, exist_ok=True)
        return self._driven(point, sys.executable, PICKY, folder, point, *manners)

    def _driven(self, point: Path, *driver: str | Path) -> Path:
        """Mount what a driver serves that stays in the foreground."""
        point.mkdir(parents=True, exist_ok=True)
        daemon = subprocess.Popen(
            driver,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._daemons[point] = daemon
        self._ends.callback(_end, daemon)
        self._ends.callback(self.pull, point)
        deadline = time.monotonic() + SECONDS
        while not os.path.ismount(point):
            assert daemon.poll() is None, "the driver ended"
            assert time.monotonic() < deadline, "the driver does not mount"
            time.sleep(0.01)
        return point

    def bind(self, point: Path, source: Path) -> Path:
        """Mount what is mounted at `source` a second time."""
        return self._mount(point, "--bind", source)

    def make_read_only(self, point: Path) -> None:
        """Turn the write-protect switch."""
        _run("mount", "-o", "remount,ro", point)

    def pull(self, point: Path) -> None:
        """Take a disk away while it may be in use; nothing happens when none is there."""
        subprocess.run(["umount", "-l", point], check=False, capture_output=True)

    def cut_power(self, point: Path) -> None:
        """Let an ext4 disk lose its power: what was not synced is gone, and it answers no more."""
        handle = os.open(point, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _WITHOUT_THE_LOG))
        finally:
            os.close(handle)

    def break_(self, point: Path) -> None:
        """Let a disk fail for good: what is mounted through FUSE loses its driver."""
        self._daemons[point].kill()
        self._daemons[point].wait()

    def driver(self, point: Path) -> subprocess.Popen[bytes]:
        """Return the process that serves what is mounted through FUSE."""
        return self._daemons[point]

    def eject(self, point: Path) -> None:
        """Unmount politely: fails while anybody holds something open there."""
        _run("umount", point)

    def _mount(self, point: Path, *words: str | Path) -> Path:
        point.mkdir(parents=True, exist_ok=True)
        _run("mount", *words, point)
        self._ends.callback(self.pull, point)
        return point


def _run(*words: str | Path) -> str:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _found(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ['PATH']}:/sbin:/usr/sbin") is not None


def _sized(image: Path, size: str) -> None:
    _run("truncate", "-s", size, image)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    try:
        daemon.wait(5)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
