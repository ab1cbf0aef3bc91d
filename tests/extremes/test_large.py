"""Books of an uncommon size, in time and memory that a small computer has."""

import os
import subprocess
from pathlib import Path

import pytest

from bewaar.model import JobState
from tests.extremes.measuring import Took, bewaar
from tests.scene import Office, tree

MB = 1_000_000
FILES = 70_000
SPARSE = 2 << 30


def make_thin(file: Path, size: int) -> None:
    """Write a file that is nearly all holes."""
    with file.open("wb") as thin:
        thin.write(b"begin" * 1000)
        thin.seek(size // 2)
        thin.write(b"midden" * 1000)
        thin.truncate(size)


def on_disk(path: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in (path, *path.rglob("*")))


def test_holes_come_back_as_holes(office: Office) -> None:
    make_thin(office.folder_books / "dun.dat", 64 << 20)
    if on_disk(office.folder_books) > 1 << 20:
        pytest.skip("this file system knows no holes")
    before = tree(office.folder_books)
    backup = office.proven(office.holding)
    assert office.restore_new(backup, office.holding.code, "Terug").state is JobState.DONE
    assert tree(office.root / "restored" / "Terug") == before
    assert on_disk(office.root / "restored" / "Terug") < 4 << 20


# ── By the command line, each a process of its own, measured ────────────────────────────────


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "Groot"
    folder.mkdir()
    return folder


def measured(step: str, took: Took, *, most: int) -> Took:
    print(f"{step}: {took}")
    assert took.memory < most, f"{step}: {took}"
    return took


def whole_round(books: Path, *, most: int) -> Path:
    """Store, prove, read, restore, restore over, undo: return the backup."""
    out = books.parent / "out"
    bewaar("add", books, "--name", "Groot", "--code", "groot")
    to = ("--to", out, "--make-folder", "--no-password")
    measured("backup", bewaar("backup", "groot", *to), most=most)
    (backup,) = out.glob("*.zip")
    measured("unchanged", bewaar("backup", "groot", *to), most=most)
    measured("verify", bewaar("verify", backup), most=most)
    for looking in (("list",), ("status",), ("history", "groot")):
        took = measured(looking[0], bewaar(*looking), most=100 * MB)
        assert took.seconds < 10
    measured("show", bewaar("show", backup), most=most)
    into = books.parent / "nieuw"
    into.mkdir()
    measured("restore", bewaar("restore", backup, "--new", "T", "--into", into), most=most)
    assert same(books, into / "T")
    # The backup that is given back lies open while today's books are stored.
    original = bewaar("restore", backup, "--original", "--yes")
    measured("restore over", original, most=most + most // 2)
    measured("undo", bewaar("undo", "groot"), most=most)
    assert same(books, into / "T")
    return backup


def same(one: Path, other: Path) -> bool:
    done = subprocess.run(["diff", "-r", one, other], check=False, capture_output=True)
    return done.returncode == 0


@pytest.mark.extreme
@pytest.mark.timeout(1800)
def test_seventy_thousand_files(books: Path) -> None:
    for number in range(FILES):
        folder = books / f"map {number // 100:03}"
        folder.mkdir(exist_ok=True)
        (folder / f"bon {number:05}.txt").write_bytes(b"bon %d\n" % number * 10)
    whole_round(books, most=100 * MB + FILES * 1500)


@pytest.mark.extreme
@pytest.mark.timeout(1800)
def test_one_file_of_five_gigabytes(books: Path) -> None:
    block = os.urandom(1 << 20) + b"boeking 2026;" * 80_000
    with (books / "groot.dat").open("wb") as file:
        for _ in range(700):
            file.write(block)
        file.seek(5_000 * MB - len(block))
        file.write(block)
    backup = whole_round(books, most=120 * MB)
    for program in (["unzip", "-tq", str(backup)], ["7z", "t", str(backup)]):
        assert subprocess.run(program, check=False, capture_output=True).returncode == 0


@pytest.mark.extreme
@pytest.mark.timeout(600)
def test_two_gigabytes_of_holes(books: Path) -> None:
    make_thin(books / "dun.dat", SPARSE)
    whole_round(books, most=120 * MB)
    assert on_disk(books.parent / "nieuw") < SPARSE // 16
