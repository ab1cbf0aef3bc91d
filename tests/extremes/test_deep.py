"""Folders within folders, three hundred times: whole, or refused before anything is touched."""

import os
import sys
from pathlib import Path

import pytest

from bewaar.files import extended
from bewaar.model import JobState
from tests.scene import Office

LEVELS = 300
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="made step by step, by handle")


def deepen(place: Path, *, width: int) -> None:
    """Make folders within one another, longer than any path may be, with a file at the bottom."""
    here = os.open(place, os.O_RDONLY)
    for number in range(LEVELS):
        name = f"{number:03}".ljust(width, "m")
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.mkdir("leeg", dir_fd=here)
    file = os.open("bon.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(file, b"300,00")
    os.close(file)
    os.close(here)


def flat(place: Path) -> set[tuple[int, str, str, bytes]]:
    """Return depth and name of all there is, however deep, with the files' content."""
    found = set()
    for folder, folders, files, handle in os.fwalk(place):
        depth = folder.count("/")
        found |= {(depth - str(place).count("/"), "folder", name, b"") for name in folders}
        for name in files:
            file = os.open(name, os.O_RDONLY, dir_fd=handle)
            found.add((depth - str(place).count("/"), "file", name, os.read(file, 100)))
            os.close(file)
    return found


def test_three_hundred_levels_come_back_and_can_be_undone(office: Office) -> None:
    deepen(office.folder_books, width=8)
    before = flat(office.folder_books)
    backup = office.proven(office.holding)
    assert office.restore_new(backup, office.holding.code, "Terug").state is JobState.DONE
    assert flat(office.root / "restored" / "Terug") == before
    (office.folder_books / "index.txt").write_text("today")
    today = flat(office.folder_books)
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE, job.error
    assert flat(office.folder_books) == before
    undo = office.finish(office.engine.start_undo(office.holding.code))
    assert undo.state is JobState.DONE
    assert flat(office.folder_books) == today


def test_what_no_path_reaches_is_refused_in_words_that_can_be_read(office: Office) -> None:
    deepen(office.folder_books, width=20)
    job = office.back_up(office.holding)
    assert job.error is not None
    assert job.error.code == "source.toodeep"
    assert str(office.folder_books) in str(job.error.params["path"])
    assert len(str(job.error.params["path"])) < 200
    assert list(office.stick.folder.glob("*.zip*")) == []
    assert len(office.engine.overview().states) == 2


def test_what_would_lie_too_deep_is_refused_before_anything_is_unpacked(office: Office) -> None:
    room = os.pathconf("/", "PC_PATH_MAX") - len(str(office.folder_books))
    deepen(office.folder_books, width=room // LEVELS - 1)
    before = flat(office.folder_books)
    backup = office.proven(office.holding)
    job = office.restore_new(backup, office.holding.code, "Terug met een lange naam " * 8)
    assert job.error is not None
    assert job.error.code == "restore.toodeep"
    assert list((office.root / "restored").iterdir()) == []
    assert flat(office.folder_books) == before


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("C:\\" + "m\\" * 20, "C:\\" + "m\\" * 20),
        ("C:\\" + "m\\" * 200, "\\\\?\\C:\\" + "m\\" * 200),
        ("\\\\server\\share\\" + "m\\" * 200, "\\\\?\\UNC\\server\\share\\" + "m\\" * 200),
        ("\\\\?\\C:\\" + "m\\" * 200, "\\\\?\\C:\\" + "m\\" * 200),
    ],
)
def test_long_windows_paths_are_written_so_that_they_open(path: str, written: str) -> None:
    assert extended(path, 240) == written
