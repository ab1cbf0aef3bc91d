"""Files come out only where nothing is, and under other names than theirs only when asked."""

import io
import os
from pathlib import Path

import pytest

from bewaar.archive import open_archive
from bewaar.archive.landing import LandedFile, Landing
from bewaar.archive.names import shown
from bewaar.errors import HomeFull, HomeUnwritable, TargetFull, TargetUnwritable, UnsafeName
from bewaar.progress import SILENT, Silent
from tests.archive.books import CODE, archive, listed_file, noise, put, snapshot, snapshot_of, tree
from tests.mounts import Mounts, needs

MEBIBYTE = 1 << 20


def fill(file: LandedFile, data: bytes = b"evil") -> None:
    file.write(data)
    file.finish()


def test_nothing_that_is_already_there_is_opened(tmp_path: Path) -> None:
    """Whoever makes something in the folder meanwhile, it is not written through."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "a").write_bytes(b"mine")
    (tmp_path / "to").mkdir()
    landing = Landing(tmp_path / "to", needed=1, scratch=True)
    (tmp_path / "to/link").symlink_to(precious)
    (tmp_path / "to/a").symlink_to(precious / "a")
    (tmp_path / "to/new").symlink_to(precious / "new")
    for path in ("link/a", "link/new", "a", "new", "link"):
        with pytest.raises(UnsafeName):
            fill(landing.file(path, 4, 0))
        with pytest.raises(UnsafeName):
            fill(landing.reserve(path, 4, 0)())
    assert tree(precious) == {"a": b"mine"}


class Notes(Silent):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.notes: list[dict[str, str | int]] = []

    def note(self, code: str, /, **params: str | int) -> None:
        assert code == "file.mapped"
        self.notes.append(params)


@pytest.mark.skipif(os.name == "nt", reason="other limits there")
@pytest.mark.parametrize("path", ["x" * 256, "map/" + "é" * 128, "half \ud83d"])
def test_a_name_this_computer_cannot_hold_is_refused_not_changed(tmp_path: Path, path: str) -> None:
    (tmp_path / "local").write_bytes(b"a")
    made = archive(snapshot_of((listed_file(path, tmp_path / "local"),)))
    (tmp_path / "to").mkdir()
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        assert opened.verify().files == 1
        with pytest.raises(UnsafeName) as caught:
            opened.extract(tmp_path / "to", code=CODE)
    assert str(caught.value.params["path"]).encode()
    assert not [path for path in (tmp_path / "to").rglob("*") if path.is_file()]
    (tmp_path / "again").mkdir()
    told = Notes()
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        (file,) = opened.extract(tmp_path / "again", code=CODE, safe_names=True, progress=told)
    assert tree(tmp_path / "again") == {file.path: b"a"}
    assert told.notes == [{"path": shown(path), "as_": file.path}]


def test_a_database_this_computer_cannot_name_is_still_laid_out(tmp_path: Path) -> None:
    (tmp_path / "local").write_bytes(b"books")
    files = (listed_file("half \ud83d.db", tmp_path / "local", database=True),)
    made = archive(snapshot_of(files))
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        verified = opened.verify(databases_to=tmp_path / "scratch")
    ((code, path),) = verified.databases
    assert (tmp_path / "scratch" / code / path).read_bytes() == b"books"


def test_a_time_no_disk_can_hold_is_no_reason_to_fail(tmp_path: Path) -> None:
    with Landing(tmp_path, needed=1) as landing:
        fill(landing.file("a", 1, 1 << 80), b"a")
        fill(landing.file("b", 1, -(10**18)), b"b")
        landing.settle(SILENT)
    assert tree(tmp_path) == {"a": b"a", "b": b"b"}


@needs("fusefat", "mkfs.vfat")
def test_databases_this_disk_cannot_tell_apart_are_all_laid_out(tmp_path: Path) -> None:
    source = put(tmp_path / "books", {"Boek.db": b"1", "boek.db": b"2", "BOEK.db": b"3"})
    made = archive(snapshot(source))
    with Mounts() as mounts:
        stick = mounts.fat(tmp_path / "stick", tmp_path / "image")
        with open_archive(io.BytesIO(made.data), file="x") as opened:
            names = opened.verify(databases_to=stick / "scratch").databases
        found = [(stick / "scratch" / code / path).read_bytes() for code, path in names]
    assert sorted(found) == [b"1", b"2", b"3"]


@needs()
def test_a_full_disk_says_so(tmp_path: Path) -> None:
    source = put(tmp_path / "books", {"a.db": noise(3 * MEBIBYTE), "b.db": noise(3 * MEBIBYTE)})
    made = archive(snapshot(source))
    with Mounts() as mounts:
        small = mounts.tmpfs(tmp_path / "small", "4m")
        (small / "to").mkdir()
        with open_archive(io.BytesIO(made.data), file="x") as opened:
            with pytest.raises(TargetFull) as caught:
                opened.extract(small / "to", code=CODE)
            (small / "to/a.db").unlink()
            (small / "to/b.db").unlink()
            with pytest.raises(HomeFull):
                opened.verify(databases_to=small / "scratch")
        assert not (small / "scratch").exists()  # it is known before
    assert caught.value.params["needed"] == 6 * MEBIBYTE


@needs()
def test_a_disk_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    made = archive(snapshot(put(tmp_path / "books", {"a.db": b"a"})))
    with Mounts() as mounts:
        disk = mounts.tmpfs(tmp_path / "disk")
        (disk / "to").mkdir()
        mounts.make_read_only(disk)
        with open_archive(io.BytesIO(made.data), file="x") as opened:
            with pytest.raises(TargetUnwritable):
                opened.extract(disk / "to", code=CODE)
            with pytest.raises(HomeUnwritable):
                opened.verify(databases_to=disk / "scratch")


@needs("fusefat", "mkfs.vfat")
@pytest.mark.parametrize(
    "names", [("Boek.db", "boek.db"), ("Map/a", "map/b"), ("Map", "map/b")], ids=str
)
def test_a_stick_that_cannot_tell_two_names_apart_loses_neither(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    source = put(tmp_path / "books", {name: name.encode() for name in names})
    made = archive(snapshot(source))
    with Mounts() as mounts:
        stick = mounts.fat(tmp_path / "stick", tmp_path / "image") / "to"
        stick.mkdir()
        with (
            open_archive(io.BytesIO(made.data), file="x") as opened,
            pytest.raises(UnsafeName) as caught,
        ):
            opened.extract(stick, code=CODE)
        with open_archive(io.BytesIO(made.data), file="x") as opened:
            told = Notes()
            (stick.parent / "again").mkdir()
            files = opened.extract(
                stick.parent / "again", code=CODE, safe_names=True, progress=told
            )
        found = tree(stick.parent / "again")
    assert any(name.startswith(str(caught.value.params["path"])) for name in names)
    assert sorted(filter(None, found.values())) == sorted(name.encode() for name in names)
    assert {file.path for file in files} == {*found}
    (changed,) = told.notes
    assert changed["path"] in names
    assert found[str(changed["as_"])] == str(changed["path"]).encode()


@pytest.mark.parametrize("lengths", [[4096] * 700, [100_001] * 30, [(1 << 20) - 1, 2, 1 << 20, 7]])
def test_a_large_file_arrives_whole_whatever_its_pieces_and_holes(
    tmp_path: Path, lengths: list[int]
) -> None:
    """It goes past the memory in whole blocks; what is no whole block, or a hole, goes as ever."""
    pieces = [os.urandom(length) if n % 3 else bytes(length) for n, length in enumerate(lengths)]
    content = b"".join(pieces)
    (tmp_path / "to").mkdir()
    with Landing(tmp_path / "to", needed=len(content)) as landing:
        for file in (
            landing.file("new", len(content), 0),
            landing.reserve("reserved", len(content), 0)(),
            landing.file("larger than it said", 0, 0),
            landing.file("smaller than it said", 1 << 40, 0),
        ):
            for piece in pieces:
                file.write(piece)
            file.finish()
        landing.settle(SILENT)
    for path in (tmp_path / "to").iterdir():
        assert path.read_bytes() == content, path.name
