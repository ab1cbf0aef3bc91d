"""Speed, time left and passwords under way: what is remembered, and for how long."""

from dataclasses import replace

import pytest

from bewaar.clock import SystemClock
from bewaar.model import BackupId, Job, JobId, JobKind, JobState
from bewaar.requests import BackupFile
from bewaar_web.pace import JOBS, Pace, Paces
from bewaar_web.passwords import KEPT_SECONDS, MOST, Passwords


class Watch:
    """A stop-watch set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def job(done: int, *, total: int = 1000, stage: str = "writing", id: str = "1") -> Job:
    return Job(
        id=JobId(id),
        kind=JobKind.BACKUP,
        state=JobState.RUNNING,
        queued_at=SystemClock().now(),
        started_at=None,
        ended_at=None,
        destination=None,
        codes=(),
        stage=stage,
        subject="",
        done=done,
        total=total,
        notes=(),
        error=None,
        backups=(),
    )


def test_speed_and_time_left_come_from_what_was_seen(watch: Watch) -> None:
    paces = Paces(seconds=watch)
    paces.see(job(0))
    watch.seconds = 4
    assert paces.see(job(200)) == Pace(speed=50.0, left=16.0)


def test_nothing_is_said_before_it_can_be_known(watch: Watch) -> None:
    paces = Paces(seconds=watch)
    assert paces.see(job(0)) == Pace()
    watch.seconds = 0.5
    assert paces.see(job(200)) == Pace()
    watch.seconds = 5
    assert paces.see(job(0, total=0, stage="proving")) == Pace()


def test_a_new_stage_starts_afresh(watch: Watch) -> None:
    paces = Paces(seconds=watch)
    paces.see(job(0))
    watch.seconds = 4
    paces.see(job(1000))
    assert paces.see(job(10, stage="proving")) == Pace()


def test_a_stage_without_a_known_end_has_a_speed_only(watch: Watch) -> None:
    paces = Paces(seconds=watch)
    paces.see(job(0, total=0))
    watch.seconds = 2
    assert paces.see(job(100, total=0)) == Pace(speed=50.0)


def test_jobs_nobody_looks_at_are_forgotten(watch: Watch) -> None:
    paces = Paces(seconds=watch)
    paces.see(job(0))
    for number in range(JOBS):
        paces.see(job(0, id=f"other {number}"))
    watch.seconds = 4
    assert paces.see(job(200)) == Pace()


FILE = BackupFile(backup=BackupId("1"))


def test_a_typed_password_belongs_to_one_window_and_one_backup(watch: Watch) -> None:
    passwords = Passwords(seconds=watch)
    passwords.keep("window", FILE, "Brood")
    assert passwords.of("window", FILE) == "Brood"
    assert passwords.of("another window", FILE) is None
    assert passwords.of("window", replace(FILE, backup=BackupId("2"))) is None


def test_a_typed_password_is_forgotten(watch: Watch) -> None:
    passwords = Passwords(seconds=watch)
    passwords.keep("window", FILE, "Brood")
    watch.seconds = KEPT_SECONDS + 1
    assert passwords.of("window", FILE) is None


def test_only_so_many_passwords_are_remembered(watch: Watch) -> None:
    passwords = Passwords(seconds=watch)
    for number in range(MOST + 1):
        passwords.keep("window", replace(FILE, name=str(number)), "Brood")
    assert passwords.of("window", replace(FILE, name="0")) is None


def test_a_typed_password_shows_in_no_representation(watch: Watch) -> None:
    passwords = Passwords(seconds=watch)
    passwords.keep("window", FILE, "Brood")
    assert "Brood" not in repr(vars(passwords))
