"""Copies of single files are what was read, cost what they must, and say what went wrong."""

import os
from pathlib import Path

import pytest
from blake3 import blake3

from bewaar import errors
from bewaar.progress import Silent
from bewaar.storage.copying import copy, digest
from bewaar.storage.meter import Meter
from tests import samples
from tests.mounts import Mounts, needs
from tests.rights import as_anyone

MB = 1 << 20


@pytest.mark.parametrize("size", [0, 1, MB - 1, MB, MB + 1, 3 * MB + 5])
def test_the_copy_and_its_hash_are_of_the_same_bytes(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "a").write_bytes(content)
    meter = Meter(total=size)
    assert copy(tmp_path / "a", tmp_path / "b", meter) == blake3(content).hexdigest()
    assert (tmp_path / "b").read_bytes() == content
    assert meter.done == size
    assert digest(tmp_path / "b") == blake3(content).hexdigest()


def test_copying_again_leaves_nothing_of_a_longer_copy(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"short")
    (tmp_path / "b").write_bytes(bytes(3 * MB))
    copy(tmp_path / "a", tmp_path / "b", Meter())
    assert (tmp_path / "b").read_bytes() == b"short"


def test_a_source_that_is_gone_is_not_called_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        copy(tmp_path / "a", tmp_path / "b", Meter())
    with pytest.raises(FileNotFoundError):
        digest(tmp_path / "a")


def test_what_cannot_be_read_and_what_cannot_be_written_are_two_things(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "a").chmod(0)
    with as_anyone(), pytest.raises(errors.SourceUnreadable):
        copy(tmp_path / "a", tmp_path / "b", Meter())
    (tmp_path / "a").chmod(0o600)
    with pytest.raises(errors.HomeUnwritable):
        copy(tmp_path / "a", tmp_path / "no folder" / "b", Meter())


class Asked(Silent):
    def check(self) -> None:
        raise errors.Cancelled


def test_copying_stops_when_asked(tmp_path: Path) -> None:
    samples.document(tmp_path / "a", size=3 * MB)
    with pytest.raises(errors.Cancelled):
        copy(tmp_path / "a", tmp_path / "b", Meter(progress=Asked()))


@needs("mkfs.btrfs")
def test_where_files_can_share_blocks_a_copy_costs_no_room(tmp_path: Path) -> None:
    with Mounts() as mounts:
        disk = mounts.btrfs(tmp_path / "disk", tmp_path / "image")
        samples.document(disk / "a", size=20 * MB)
        os.sync()
        free = os.statvfs(disk).f_bavail
        meter = Meter()
        hashed = copy(disk / "a", disk / "b", meter)
        os.sync()
        assert hashed == digest(disk / "a") == digest(disk / "b")
        assert (free - os.statvfs(disk).f_bavail) * os.statvfs(disk).f_frsize < 4 * MB
        assert meter.done == (disk / "a").stat().st_size
