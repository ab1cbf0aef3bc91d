"""Stopped at any moment: nothing half-done stays, and what was there is as it was."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.errors import Cancelled
from bewaar.model import Job, JobState
from bewaar.progress import Stage
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from tests.scene import Office, book, make_folder_books, tree
from tests.unkind.promises import (
    every_backup_is_good,
    files_at,
    rest,
    work_left,
)

ROUNDS = 8


class StopAt:
    """Progress that asks to stop at the n-th safe point."""

    def __init__(self, point: int = -1) -> None:
        self.point = point
        self.passed = 0
        self.stages: list[Stage] = []

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.stages.append(stage)

    def step(self, done: int, total: int, item: str = "") -> None:
        """Look at no numbers."""

    def note(self, code: str, /, **params: str | int) -> None:
        """Keep nothing."""

    @property
    def reached(self) -> bool:
        return 0 < self.point <= self.passed

    def check(self) -> None:
        self.passed += 1
        if self.passed == self.point:
            raise Cancelled


def points(run: Callable[[StopAt], Job]) -> list[int]:
    """Return safe points spread over a whole run, the first and the last among them."""
    watcher = StopAt()
    assert run(watcher).state is JobState.DONE
    every = max(1, watcher.passed // ROUNDS)
    return sorted({*range(1, watcher.passed + 1, every), watcher.passed})


@pytest.mark.parametrize("password", [None, "een wachtwoord"])
def test_a_backup_stopped_at_any_safe_point_leaves_nothing(
    office: Office, password: str | None
) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(3 << 20))
    rest(office.folder_books)
    request = BackupRequest(
        codes=(office.holding.code, office.bakery.code),
        destination=office.stick.id,
        protection=Protection.GIVEN if password else Protection.NONE,
        password=password,
        even_unchanged=True,
    )

    def run(progress: StopAt) -> Job:
        office.clock.move(minutes=1)
        return office.finish(office.engine.start_backup(request), progress)

    for point in points(run):
        before = files_at(office.stick)
        known = office.engine.backups_at(office.stick.id)
        stop = StopAt(point)
        job = run(stop)
        assert job.state is (JobState.CANCELLED if stop.reached else JobState.DONE)
        assert work_left(office) == []
        new = set(files_at(office.stick)) - set(before)
        counted = {b.file for b in office.engine.backups_at(office.stick.id)} - {
            b.file for b in known
        }
        # The first of the two may have been proven before: that one stays, and counts.
        assert {name for name in new if name.endswith(".zip")} == counted
        assert len(counted) <= 1 or not stop.reached
    assert office.engine.overview().failures == ()


@pytest.mark.parametrize("mode", [RestoreMode.NEW, RestoreMode.ORIGINAL])
def test_a_restore_stopped_at_any_safe_point_leaves_all_as_it_was(
    office: Office, mode: RestoreMode
) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(3 << 20))
    rest(office.folder_books)
    backup = office.proven(office.holding)
    (office.folder_books / "later.txt").write_text("typed today")
    rest(office.folder_books)
    into = office.root / "into"
    into.mkdir()
    names = iter(f"Terug {n}" for n in range(99))

    def run(progress: StopAt) -> Job:
        office.clock.move(minutes=1)
        request = RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=office.holding.code,
            mode=mode,
            new_name=next(names),
            into=into,
            typed_name=office.holding.name,
        )
        return office.finish(office.engine.start_restore(request), progress)

    all_points = points(run)
    if mode is RestoreMode.ORIGINAL:
        office.finish(office.engine.start_undo(office.holding.code))
    for point in all_points:
        books, given = tree(office.folder_books), tree(into)
        kept = office.engine.settings().administrations
        stop = StopAt(point)
        job = run(stop)
        if not stop.reached:  # not every run has as many safe points
            assert job.state is JobState.DONE
            continue
        assert job.state is JobState.CANCELLED, (point, job.error)
        assert work_left(office) == []
        assert tree(office.folder_books) == books
        assert tree(into) == given
        assert office.engine.settings().administrations == kept


def test_reading_back_and_listing_stopped_at_any_safe_point_take_no_proof(office: Office) -> None:
    backup = office.proven(office.holding)
    office.proven(office.bakery)

    def verify(progress: StopAt) -> Job:
        job = office.engine.start_verify(BackupFile(backup=backup.id))
        return office.finish(job, progress)

    def rebuild(progress: StopAt) -> Job:
        return office.finish(office.engine.start_rebuild(office.stick.id), progress)

    for run in (verify, rebuild):
        for point in points(run):
            stop = StopAt(point)
            state = run(stop).state
            assert state is (JobState.CANCELLED if stop.reached else JobState.DONE)
    assert len(every_backup_is_good(office, office.holding.code, office.bakery.code)) == 2


def test_what_waits_in_the_queue_is_stopped_without_having_begun(office: Office) -> None:
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    jobs = [office.engine.start_backup(request) for _ in range(3)]
    for job in jobs:
        office.engine.cancel(job.id)
        office.engine.cancel(job.id)
    office.engine.start()
    assert {office.engine.wait(job.id, timeout=10).state for job in jobs} == {JobState.CANCELLED}
    assert files_at(office.stick) == []


def test_closing_in_the_middle_of_a_queue_leaves_nothing_half_done(office: Office) -> None:
    place = make_folder_books(office.root / "books" / "large")
    (place / "scans.bin").write_bytes(os.urandom(12 << 20))
    large = office.engine.add(place)
    office.engine.start()
    request = BackupRequest(
        codes=(large.code, office.bakery.code, office.holding.code), destination=office.stick.id
    )
    job = office.engine.start_backup(request)
    waiting = office.engine.start_backup(request)
    cursor = 0
    while office.engine.job(job.id).stage != Stage.WRITING:
        cursor = office.engine.events.wait(cursor, timeout=1).cursor
    office.reopen()
    assert office.engine.job(job.id).state is JobState.CANCELLED
    assert office.engine.job(waiting.id).state is JobState.INTERRUPTED  # a later start takes it up
    assert work_left(office) == []
    book(office.sqlite_books)
    assert office.back_up(office.bakery).state is JobState.DONE
    assert not list(Path(office.stick.folder).glob("*.part"))
