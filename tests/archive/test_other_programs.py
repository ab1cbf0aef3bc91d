"""A backup opens without Bewaar: in every program at hand, byte for byte."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import pytest
import pyzipper
from isal import isal_zlib

from bewaar.archive import open_archive
from bewaar.archive.deflate import END_OF_STREAM, pack_blocks
from bewaar.archive.directory import members
from bewaar.archive.members import contents, locate
from bewaar.archive.pipeline import PIECE
from bewaar.archive.records import DEFLATED, Entry, ZipStream
from bewaar.archive.sources import FileSource
from tests.archive.books import (
    CODE,
    PASSWORD,
    Made,
    archive,
    bookings,
    extract,
    listed_file,
    noise,
    put,
    snapshot,
    snapshot_of,
    tree,
)

CONTENT = {
    "boek.db": bookings(3 * PIECE + 5),
    "scans/bon é 🧾.jpg": noise(2 * PIECE),
    "scans/klein.jpg": noise(5000),
    "2025/journaal.txt": bookings(40_000),
    "leeg.txt": b"",
}
Unpack = Callable[[Path, Path], None]


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


def _seven_zip(file: Path, to: Path) -> None:
    _run("7z", "x", "-y", f"-o{to}", f"-p{PASSWORD}", file)


def _info_zip(file: Path, to: Path) -> None:
    _run("unzip", "-q", file, "-d", to)


def _libarchive(file: Path, to: Path) -> None:
    to.mkdir()
    _run("bsdtar", "-x", "-f", file, "-C", to)


def _python(file: Path, to: Path) -> None:
    with zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None
        opened.extractall(to)


def _pyzipper(file: Path, to: Path) -> None:
    with pyzipper.AESZipFile(file) as opened:
        opened.setpassword(PASSWORD.encode())
        opened.extractall(to)


def _programs(*wanted: tuple[str | None, Unpack]) -> list[object]:
    return [
        pytest.param(
            unpack,
            id=unpack.__name__.strip("_"),
            marks=pytest.mark.skipif(
                bool(program) and not shutil.which(program or ""), reason=f"no {program} here"
            ),
        )
        for program, unpack in wanted
    ]


EVERY_PROGRAM = pytest.mark.parametrize(
    "unpack",
    _programs(
        ("7z", _seven_zip),
        ("unzip", _info_zip),
        ("bsdtar", _libarchive),
        (None, _python),
        (None, _pyzipper),
    ),
)
AES_PROGRAMS = pytest.mark.parametrize("unpack", _programs(("7z", _seven_zip), (None, _pyzipper)))


def _of_the_books(out: Path) -> Mapping[str, bytes | None]:
    found = tree(out)
    assert (found.pop("README.txt") or b"").startswith("\ufeffBewaar".encode())
    assert found.pop("bewaar-manifest.json")
    return {name.removeprefix(f"{CODE}/"): data for name, data in found.items()}


@EVERY_PROGRAM
def test_a_plain_backup_opens(tmp_path: Path, unpack: Unpack) -> None:
    source = snapshot(put(tmp_path / "source", CONTENT), folders=["leeg/dieper"])
    file = _saved(archive(source), tmp_path / "backup.zip")
    unpack(file, tmp_path / "out")
    assert _of_the_books(tmp_path / "out") == CONTENT | {"leeg/dieper": None}


@AES_PROGRAMS
def test_an_encrypted_backup_opens_in_two_steps(tmp_path: Path, unpack: Unpack) -> None:
    source = snapshot(put(tmp_path / "source", CONTENT))
    file = _saved(archive(source, password=PASSWORD), tmp_path / "locked.zip")
    unpack(file, tmp_path / "first")
    assert set(tree(tmp_path / "first")) == {"README.txt", "backup.zip"}
    unpack(tmp_path / "first/backup.zip", tmp_path / "out")
    assert _of_the_books(tmp_path / "out") == CONTENT


@AES_PROGRAMS
def test_a_wrong_password_opens_nowhere(tmp_path: Path, unpack: Unpack) -> None:
    source = snapshot(put(tmp_path / "source", {"a": b"a"}))
    file = _saved(archive(source, password=PASSWORD + "!"), tmp_path / "locked.zip")
    with pytest.raises((AssertionError, RuntimeError)):
        unpack(file, tmp_path / "out")


@EVERY_PROGRAM
def test_names_made_safe_are_safe_in_every_program(tmp_path: Path, unpack: Unpack) -> None:
    content = {"a:b.txt": b"1", "A:B.txt": b"2", "x.": b"3", "back\\slash": b"4", "-rf": b"5"}
    file = _saved(archive(snapshot(put(tmp_path / "source", content))), tmp_path / "backup.zip")
    unpack(file, tmp_path / "out")
    found = _of_the_books(tmp_path / "out")
    assert sorted(found.values(), key=str) == sorted(content.values())
    assert all(":" not in name and "\\" not in name for name in found)


def test_seventy_thousand_files_are_one_backup(tmp_path: Path) -> None:
    local = tmp_path / "bon"
    local.write_bytes(b"x")
    files = tuple(listed_file(f"bonnen/{n % 7}/{n}.txt", local) for n in range(70_001))
    file = _saved(archive(snapshot_of(files)), tmp_path / "many.zip")
    with file.open("rb") as stream, open_archive(stream, file="x") as opened:
        assert opened.verify().files == 70_001
    with zipfile.ZipFile(file) as python:
        assert len(python.namelist()) == 70_003
    if shutil.which("unzip"):
        _run("unzip", "-tq", file)


def test_a_file_over_four_gibibytes_that_packs_small_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.zip"
    size = (4 << 30) + 3 * PIECE
    with file.open("wb") as stream:
        zipped = ZipStream(stream)
        large = Entry(name="large", modified=0, size=size, method=DEFLATED, streamed=True)
        zipped.begin(large)
        block, crc = pack_blocks(ZEROS, last=False), 0
        for _ in range(size // PIECE):
            zipped.append(block)
            crc = isal_zlib.crc32(ZEROS, crc)
        zipped.append(END_OF_STREAM)
        zipped.end(large, crc=crc)
        zipped.close()
    with file.open("rb") as stream:
        source = FileSource(stream, "large.zip")
        pieces = contents(source, members(source)["large"])
        assert sum(len(piece) for piece in pieces) == size
    with zipfile.ZipFile(file) as python:
        assert python.getinfo("large").file_size == size
    if shutil.which("7z"):
        listed = subprocess.run(["7z", "l", file], capture_output=True, text=True, check=True)
        assert str(size) in listed.stdout


class _SparseSink:
    """A file in which zeros take no room."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        if data == ZEROS:
            self._stream.seek(len(data), io.SEEK_CUR)
        else:
            self._stream.write(data)
        return len(data)


ZEROS = bytes(PIECE)


def test_what_lies_behind_four_gibibytes_is_found(tmp_path: Path) -> None:
    file = tmp_path / "far.zip"
    size = (4 << 30) + PIECE
    with file.open("wb") as stream:
        zipped = ZipStream(_SparseSink(stream))
        far = Entry(name="far", modified=0, size=size, streamed=True)
        zipped.begin(far)
        crc = 0
        for _ in range(size // PIECE):
            zipped.append(ZEROS)
            crc = isal_zlib.crc32(ZEROS, crc)
        zipped.end(far, crc=crc)
        zipped.put(Entry(name="near", modified=0, size=3, crc=isal_zlib.crc32(b"abc")), b"abc")
        zipped.close()
    with file.open("rb") as stream:
        source = FileSource(stream, "far.zip")
        found = members(source)
        assert found["far"].packed == size
        assert found["near"].offset > 1 << 32
        assert b"".join(contents(source, found["near"])) == b"abc"
        assert locate(source, found["far"])
    with zipfile.ZipFile(file) as python:
        assert python.read("near") == b"abc"
        assert python.getinfo("far").compress_size == size
    if shutil.which("unzip"):
        _run("unzip", "-q", file, "near", "-d", tmp_path)
        assert (tmp_path / "near").read_bytes() == b"abc"
    if shutil.which("7z"):
        _run("7z", "e", "-y", f"-o{tmp_path}", file, "near")


def test_the_reader_of_record_agrees_with_ours(tmp_path: Path) -> None:
    source = put(tmp_path / "source", CONTENT)
    made = archive(snapshot(source), password=PASSWORD)
    with pyzipper.AESZipFile(io.BytesIO(made.data)) as outer:
        inside = outer.read("backup.zip", pwd=PASSWORD.encode())
    assert extract(inside, tmp_path / "inside") == CONTENT
    assert extract(made.data, tmp_path / "out", password=PASSWORD) == CONTENT


def _saved(made: Made, file: Path) -> Path:
    file.write_bytes(made.data)
    return file
