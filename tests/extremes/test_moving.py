"""Books that do not lie still while they are stored: a backup of one instant, or none."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.model import JobState
from bewaar.progress import Silent, Stage
from tests.mounts import needs
from tests.scene import Office, tree


class Once(Silent):
    """Does something to the books when a stage is under way, one time."""

    def __init__(self, stage: Stage, act: Callable[[], object]) -> None:
        self._wanted, self._act = stage, act
        self._now: Stage | None = None
        self.acted = False

    def stage(self, stage: Stage, subject: str = "") -> None:
        self._now = stage

    def step(self, done: int, total: int, item: str = "") -> None:
        if self._now is self._wanted and done and not self.acted:
            self.acted = True
            self._act()


def grow(books: Path) -> None:
    with (books / "log.txt").open("ab") as log:
        log.write(b"one more line\n" * 9000)


def shrink(books: Path) -> None:
    os.truncate(books / "log.txt", 7)


def replace(books: Path) -> None:
    (books / "new").write_bytes(b"another" * 300_000)
    (books / "new").replace(books / "log.txt")


def remove(books: Path) -> None:
    (books / "log.txt").unlink()


def rename(books: Path) -> None:
    (books / "2025").rename(books / "2026")


def become_a_folder(books: Path) -> None:
    (books / "log.txt").unlink()
    (books / "log.txt").mkdir()


@pytest.mark.parametrize("stage", [Stage.SNAPSHOT, Stage.WRITING])
@pytest.mark.parametrize("act", [grow, shrink, replace, remove, rename, become_a_folder])
def test_what_is_changed_meanwhile_is_stored_as_it_was_at_one_instant(
    office: Office, act: Callable[[Path], object], stage: Stage
) -> None:
    books = office.folder_books
    (books / "log.txt").write_bytes(b"line\n" * 600_000)
    os.utime(books / "log.txt", (1_700_000_000, 1_700_000_000))
    before = tree(books)
    progress = Once(stage, lambda: act(books))
    backup = office.proven(office.holding, progress=progress)
    assert progress.acted or stage is Stage.SNAPSHOT  # what lies still needs no copies
    job = office.restore_new(backup, office.holding.code, "Terug")
    assert job.state is JobState.DONE, job.error
    assert tree(office.root / "restored" / "Terug") in (before, tree(books))


@pytest.mark.extreme
def test_a_log_that_is_written_for_ever_stops_no_backup_of_the_rest_without_saying_so(
    office: Office,
) -> None:
    """Busy, said within a minute; or a backup whose log ends where it ended at one instant."""
    over = threading.Event()

    def write() -> None:
        with (office.folder_books / "log.txt").open("ab", buffering=0) as log:
            while not over.wait(0.01):
                log.write(b"one more line\n")

    program = threading.Thread(target=write)
    program.start()
    try:
        job = office.back_up(office.holding)
    finally:
        over.set()
        program.join()
    left = list(office.stick.folder.glob("*.zip*"))
    if job.state is JobState.DONE:
        backup = office.engine.backup(job.backups[0])
        assert office.restore_new(backup, office.holding.code, "Terug").state is JobState.DONE
        stored = (office.root / "restored" / "Terug" / "log.txt").read_bytes()
        assert (office.folder_books / "log.txt").read_bytes().startswith(stored)
    else:
        assert job.error is not None
        assert job.error.code == "source.busy"
        assert left == []


@needs()
def test_devices_among_the_books_are_named_and_left_out(office: Office) -> None:
    os.mkfifo(office.folder_books / "pipe")
    os.mknod(office.folder_books / "nul", 0o020666, os.makedev(1, 3))
    backup = office.proven(office.holding)
    notes = office.engine.jobs(limit=1)[0].notes
    skipped = {(n.params["path"], n.params["kind"]) for n in notes if n.code == "source.skipped"}
    assert skipped == {("pipe", "fifo"), ("nul", "device")}
    assert office.restore_new(backup, office.holding.code, "Terug").state is JobState.DONE
    shutil.rmtree(office.root / "restored")
