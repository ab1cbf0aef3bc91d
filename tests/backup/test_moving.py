"""Books that move while they are written to a backup: the backup is whole, or there is none."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.model import JobState
from bewaar.progress import Silent, Stage
from tests.scene import Office, tree

AN_HOUR = 3600


class When(Silent):
    """Does something once, when the first bytes of a backup are written."""

    def __init__(self, then: Callable[[], object]) -> None:
        self._then = then
        self._writing = self._done = False
        self.stages: list[Stage] = []

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.stages.append(stage)
        self._writing = stage is Stage.WRITING

    def step(self, done: int, total: int, item: str = "") -> None:
        if self._writing and not self._done:
            self._done = True
            self._then()


def aged(folder: Path) -> None:
    """Let all files have been written an hour ago."""
    then = time.time() - AN_HOUR
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def unpacked(office: Office, file: str, to: Path) -> dict[str, bytes | None]:
    archive = office.stick.folder / file
    subprocess.run(["7z", "x", f"-o{to}", str(archive)], check=True, capture_output=True)
    return tree(to / office.holding.code)


class Road(Silent):
    """Keeps the numbers of each stage."""

    def __init__(self) -> None:
        self._stage = Stage.WAITING
        self.steps: dict[Stage, list[tuple[int, int]]] = {}

    def stage(self, stage: Stage, subject: str = "") -> None:
        self._stage = stage

    def step(self, done: int, total: int, item: str = "") -> None:
        self.steps.setdefault(self._stage, []).append((done, total))


def test_the_second_look_says_how_far_it_is(office: Office) -> None:
    aged(office.folder_books)
    road, size = Road(), sum(len(data or b"") for data in tree(office.folder_books).values())
    office.proven(office.holding, progress=road)
    looked = road.steps[Stage.CONFIRMING]
    assert {total for _, total in looked} == {size}
    assert [done for done, _ in looked] == sorted(done for done, _ in looked)
    assert looked[-1] == (size, size)


def test_books_that_lie_still_are_written_without_a_copy(office: Office, tmp_path: Path) -> None:
    aged(office.folder_books)
    copies: list[Path] = []
    seen = When(lambda: copies.extend(p for p in office.home.snapshots.rglob("*") if p.is_file()))
    backup = office.proven(office.holding, progress=seen)
    assert [path for path in copies if path.suffix != ".lock"] == []
    assert unpacked(office, backup.file, tmp_path / "out") == tree(office.folder_books)
    assert seen.stages.count(Stage.SNAPSHOT) == 1


def _written(books: Path) -> None:
    for path in sorted((books / "2025").iterdir()):
        path.write_bytes(b"another booking;" * 700)


def _grown(books: Path) -> None:
    with (books / "index.txt").open("a", encoding="utf-8") as file:
        file.write("one line more\n")


def _gone(books: Path) -> None:
    shutil.rmtree(books / "2025")


def _come(books: Path) -> None:
    (books / "leeg" / "toch iets.txt").write_text("post", encoding="utf-8")


@pytest.mark.parametrize("happens", [_written, _grown, _gone, _come])
def test_books_that_move_while_they_are_written_are_copied_after_all(
    office: Office, tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    aged(office.folder_books)
    moving = When(lambda: happens(office.folder_books))
    backup = office.proven(office.holding, progress=moving)
    assert moving.stages.count(Stage.SNAPSHOT) == 2
    assert unpacked(office, backup.file, tmp_path / "out") == tree(office.folder_books)
    assert not list(office.stick.folder.glob("*.part"))


def test_books_that_are_gone_while_they_are_written_leave_nothing_at_the_destination(
    office: Office,
) -> None:
    aged(office.folder_books)
    job = office.back_up(office.holding, progress=When(lambda: shutil.rmtree(office.folder_books)))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "source.gone"
    assert [path.suffix for path in office.stick.folder.iterdir()] == [".json"]


def test_what_is_told_before_and_after_a_second_attempt_is_told_once(office: Office) -> None:
    aged(office.folder_books)
    os.mkfifo(office.folder_books / "pijp")
    moving = When(lambda: _grown(office.folder_books))
    job = office.back_up(office.holding, progress=moving)
    assert moving.stages.count(Stage.SNAPSHOT) == 2
    assert [note.code for note in job.notes].count("source.skipped") == 1
