"""Stopped while it waits for something that does not come, a job is over soon.

How soon is printed (`-s`): below a second on a quiet computer. What fails here is one that hangs.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from bewaar.model import Job, JobState
from bewaar.progress import Stage
from bewaar.requests import BackupFile, BackupRequest, RestoreMode, RestoreRequest
from tests.scene import Office, tree
from tests.unkind.promises import files_at, rest, work_left

PATIENCE = 5.0  # seconds: for a busy computer; what waits here would wait for much longer


@contextmanager
def typing_all_the_time(office: Office) -> Iterator[None]:
    """Have a program write to the books again and again: a copy waits for them to lie still."""
    over = threading.Event()

    def write() -> None:
        while not over.wait(0.02):
            with (office.folder_books / "index.txt").open("a") as file:
                file.write("booking\n")

    program = threading.Thread(target=write)
    program.start()
    yield
    over.set()
    program.join()


@contextmanager
def locked_database(office: Office) -> Iterator[None]:
    """Have a program hold the whole database."""
    with closing(sqlite3.connect(office.sqlite_books, isolation_level=None)) as program:
        program.execute("BEGIN EXCLUSIVE")
        yield
        program.execute("ROLLBACK")


@contextmanager
def taken_destination(office: Office) -> Iterator[None]:
    with office.engine._jobs.turn(office.stick.id):
        yield


def stop(office: Office, job: Job, stage: Stage) -> float:
    """Stop a job once it is in a stage and has stayed there; return the seconds until its end."""
    cursor = 0
    while office.engine.job(job.id).stage != stage:
        cursor = office.engine.events.wait(cursor, timeout=1).cursor
        assert not office.engine.job(job.id).state.over
    office.engine.wait(job.id, timeout=0.5)
    assert office.engine.job(job.id).state is not JobState.DONE
    began = time.monotonic()
    office.engine.cancel(job.id)
    over = office.engine.wait(job.id, timeout=60)
    assert over.state is JobState.CANCELLED, over.error
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("hindrance", "stage"),
    [
        (typing_all_the_time, Stage.SNAPSHOT),
        (locked_database, Stage.SNAPSHOT),
        (taken_destination, Stage.WAITING),
    ],
)
def test_a_backup_that_waits_is_stopped_soon(
    office: Office, hindrance: Callable[[Office], AbstractContextManager[None]], stage: Stage
) -> None:
    books = office.bakery if hindrance is locked_database else office.holding
    office.engine.start()
    with hindrance(office):
        request = BackupRequest(codes=(books.code,), destination=office.stick.id)
        seconds = stop(office, office.engine.start_backup(request), stage)
    print(f"{hindrance.__name__}: {seconds:.2f} s")
    assert seconds < PATIENCE
    assert files_at(office.stick) == []
    assert work_left(office) == []


def test_a_check_that_counts_a_database_is_stopped_soon(office: Office) -> None:
    """SQLite itself is asked to stop: one question may take minutes."""
    with closing(sqlite3.connect(office.sqlite_books)) as database:
        database.execute("CREATE INDEX texts ON entries (text)")
        database.executemany(
            "INSERT INTO entries (amount, text) VALUES (?, ?)",
            ((n, f"{n * 7919 % 100_003} boeking") for n in range(200_000)),
        )
        database.commit()
    backup = office.proven(office.bakery)
    office.engine.start()
    for moment in (0.0, 0.05, 0.1, 0.2):
        job = office.engine.start_verify(BackupFile(backup=backup.id))
        office.engine.wait(job.id, timeout=moment)
        began = time.monotonic()
        office.engine.cancel(job.id)
        over = office.engine.wait(job.id, timeout=60)
        seconds = time.monotonic() - began
        print(f"check, after {moment} s: {over.state}, {seconds:.2f} s")
        assert over.state in (JobState.CANCELLED, JobState.DONE)
        assert seconds < PATIENCE
    assert work_left(office) == []


def test_a_restore_of_many_files_is_over_before_they_are_cleared(office: Office) -> None:
    """At once restored again under the same name, it comes whole: both use the same place."""
    into = office.root / "into"
    into.mkdir()
    for number in range(3000):
        (office.folder_books / f"{number}.txt").write_text(f"{number};" * 50)
    rest(office.folder_books)
    backup = office.proven(office.holding)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.NEW,
        new_name="Terug",
        into=into,
    )
    office.engine.start()
    job = office.engine.start_restore(request)
    cursor = 0
    while office.engine.job(job.id).done < 1000 and not office.engine.job(job.id).state.over:
        cursor = office.engine.events.wait(cursor, timeout=1).cursor
    began = time.monotonic()
    office.engine.cancel(job.id)
    over = office.engine.wait(job.id, timeout=60)
    seconds = time.monotonic() - began
    print(f"restore: {over.state}, {seconds:.2f} s")
    assert over.state is JobState.CANCELLED
    assert seconds < PATIENCE
    again = office.engine.wait(office.engine.start_restore(request).id, timeout=60)
    assert again.state is JobState.DONE, again.error
    assert tree(into / "Terug") == tree(office.folder_books)
    assert work_left(office) == []
