"""What is due is backed up by itself where that can be done; else the user is reminded as ever."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import KeyringUnavailable
from bewaar.jobs import closing as waiting
from bewaar.model import (
    Account,
    DestinationId,
    Job,
    JobKind,
    JobState,
    Policy,
    Standing,
    StillOpen,
)
from bewaar.operations import closing as rules
from bewaar.policy import TRY_AGAIN
from bewaar.requests import BackupRequest
from bewaar.secrets import MemorySecrets
from bewaar.settings import Protect
from tests.holding import held_open
from tests.scene import Office, book
from tests.unkind.promises import rest

pytestmark = pytest.mark.usefixtures("ordinary_urgency")

PASSWORD = "een goed wachtwoord"


class BeatenOffice(Office):
    """An office in which time passes, Bewaar runs, and may begin what is due."""

    def __init__(self, root: Path, **rooms: Any) -> None:
        super().__init__(root, **rooms)
        rest(root / "books")
        self.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, by_itself=True)))

    def rule(self, **changes: Any) -> None:
        self.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, **changes)))

    @property
    def asked(self) -> list[str]:
        events = self.engine.events.since(0).events
        return [str(e.params["code"]) for e in events if e.code == "closing.asked"]

    def beat(self, *, days: float = 0, minutes: float = 0) -> list[Job]:
        """Let time pass, let Bewaar beat once, and return the jobs of that beat when over."""
        self.clock.move(minutes=minutes + days * 24 * 60)
        before = {job.id for job in self.engine.jobs()}
        self.engine.scan()
        self.engine.tick()
        new = [job.id for job in self.engine.jobs() if job.id not in before]
        return [self.engine.wait(id, timeout=60) for id in new]

    @property
    def reminders(self) -> int:
        events = self.engine.events.since(0).events
        return len([event for event in events if event.code == "reminder.due"])

    @property
    def away(self) -> Path:
        return self.root / "away"

    def unplug(self) -> None:
        self.stick.folder.rename(self.away)

    def plug_in(self) -> None:
        self.away.rename(self.stick.folder)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[BeatenOffice]:
    made = BeatenOffice(tmp_path)
    made.engine.forget(made.holding.code)
    made.engine.start()
    yield made
    made.engine.close()


def test_what_is_due_is_backed_up_once_and_quietly(office: BeatenOffice) -> None:
    assert office.beat() == []  # a change may first wait a day
    (job,) = office.beat(days=2)
    assert (job.state, job.by_itself, job.kind) == (JobState.DONE, True, JobKind.BACKUP)
    assert job.notes[0].code == "job.unasked"
    assert office.engine.state(office.bakery.code).standing is Standing.PROVEN
    assert office.beat(minutes=1) == []
    assert office.beat(days=5) == []  # nothing changed
    assert (office.reminders, office.engine.overview().failures) == (0, ())
    book(office.sqlite_books)
    assert office.beat() == []
    (again,) = office.beat(days=30)  # the computer slept for weeks
    assert again.state is JobState.DONE
    assert len(office.engine.history(office.bakery.code)) == 2


def test_who_wants_only_reminders_gets_only_reminders(office: BeatenOffice) -> None:
    policy = office.engine.settings().policy
    office.engine.change_administration(office.bakery.code, policy=replace(policy, by_itself=False))
    office.beat()
    assert office.beat(days=2) == []
    assert office.reminders == 1


def test_a_destination_that_is_away_is_reminded_of_and_used_once_it_is_back(
    office: BeatenOffice,
) -> None:
    office.beat()
    office.unplug()
    assert office.beat(days=2) == []
    assert office.reminders == 1
    office.plug_in()
    cursor = office.engine.events.since(0).cursor
    office.engine.events.publish("drive.plugged", destination=office.stick.id, label="Blue stick")
    while not any(e.code == "job.over" for e in office.engine.events.since(cursor).events):
        cursor_now = office.engine.events.since(cursor).cursor
        office.engine.events.wait(cursor_now, timeout=30)
    assert office.engine.state(office.bakery.code).standing is Standing.PROVEN


def test_a_failure_is_told_tried_again_later_and_later_and_then_reminded_of(
    office: BeatenOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.beat()
    office.sqlite_books.write_bytes(b"no database any more, whoever did that " * 99)
    (job,) = office.beat(days=2)
    assert job.state is JobState.FAILED
    assert len(office.engine.overview().failures) == 1
    first, second, _ = (wait.total_seconds() / 60 for wait in TRY_AGAIN)
    assert office.beat(minutes=first - 1) == []
    (job,) = office.beat(minutes=2)
    assert job.state is JobState.FAILED
    assert office.beat(minutes=second - 1) == []
    assert office.reminders == 0  # the failures were told one by one
    (job,) = office.beat(minutes=2)
    assert job.state is JobState.FAILED
    assert office.beat(minutes=5) == []
    assert office.reminders == 1
    assert office.beat(minutes=second) == []
    (job,) = office.beat(days=1)
    assert job.state is JobState.FAILED


def test_a_restart_forgets_no_attempt(office: BeatenOffice) -> None:
    office.beat()
    office.sqlite_books.write_bytes(b"no database any more, whoever did that " * 99)
    assert [job.state for job in office.beat(days=2)] == [JobState.FAILED]
    office.reopen().start()
    assert office.beat(minutes=1) == []


def test_a_wrong_clock_begins_nothing(office: BeatenOffice) -> None:
    office.beat()
    office.clock.move(minutes=-3 * 24 * 60)
    assert office.beat() == []
    assert office.engine.overview().clock_doubt


def test_a_job_that_waits_already_is_not_asked_for_twice(office: BeatenOffice) -> None:
    office.beat()
    code, stick = office.bakery.code, office.stick.id
    office.clock.move(minutes=2 * 24 * 60)
    with office.engine._jobs.turn(stick):
        clicked = office.engine.start_backup(BackupRequest(codes=(code,), destination=stick))
        office.engine.tick()
        office.engine.tick()
        assert [job.id for job in office.engine.overview().running] == [clicked.id]
    assert office.engine.wait(clicked.id, timeout=60).state is JobState.DONE
    assert office.reminders == 0


def test_what_is_locked_up_never_comes_to_lie_open(office: BeatenOffice) -> None:
    """Neither when no password is kept, nor when only this book ever had one."""
    office.beat()
    office.engine.change_settings(lambda s: replace(s, protect=Protect.KEYRING))
    assert office.beat(days=2) == []
    assert office.reminders == 1
    office.engine.keep_password(PASSWORD, PASSWORD)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert office.engine.history(office.bakery.code)[0].encrypted
    office.engine.change_settings(lambda s: replace(s, protect=Protect.NONE))
    book(office.sqlite_books)
    office.beat()
    (job,) = office.beat(days=2)
    assert job.state is JobState.DONE
    assert all(backup.encrypted for backup in office.engine.history(office.bakery.code))


class LockedStore(MemorySecrets):
    """A store that asks somebody who is not there."""

    asked = 0

    def get(self, entry: DestinationId | Account | None = None) -> str | None:
        self.asked += 1
        raise KeyringUnavailable(reason="locked")


def test_a_locked_password_store_is_not_asked_at_every_beat(tmp_path: Path) -> None:
    store = LockedStore()
    office = BeatenOffice(tmp_path, secrets=store)
    office.engine.forget(office.holding.code)
    office.engine.change_settings(lambda s: replace(s, protect=Protect.KEYRING))
    with closing(office.engine):
        office.engine.start()
        office.beat()
        office.beat(days=2)
        asked = store.asked
        assert asked
        for _ in range(5):
            office.beat(minutes=1)
        assert store.asked == asked


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open handles may not be seen")
def test_open_books_are_waited_for_unless_they_are_copied_soundly(tmp_path: Path) -> None:
    office = BeatenOffice(tmp_path)
    with closing(office.engine):
        office.rule(close_minutes=0)
        office.engine.start()
        office.beat()
        with held_open(office.folder_books / "index.txt", office.sqlite_books):
            (job,) = office.beat(days=2)
            assert job.codes == (office.bakery.code,)
            assert (job.state, office.reminders) == (JobState.DONE, 1)
            postponed = office.engine.overview().postponed
            assert list(postponed) == [office.holding.code]
            assert postponed[office.holding.code].since
        (job,) = office.beat(minutes=1)
        assert (job.state, job.codes) == (JobState.DONE, (office.holding.code,))
        assert not office.engine.overview().postponed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open handles may not be seen")
def test_who_has_due_books_open_is_asked_once_and_the_backup_begins_when_they_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.02)
    office = BeatenOffice(tmp_path)
    with ExitStack() as ends:
        ends.callback(lambda: office.engine.close())  # noqa: PLW0108 - the last one there is
        office.engine.forget(office.bakery.code)
        office.engine.start()
        office.beat()
        with held_open(office.folder_books / "index.txt"):
            office.clock.move(minutes=2 * 24 * 60)
            for _ in range(3):
                office.engine.tick()
            (held,) = office.engine.overview().held
            assert (held.by_itself, held.codes) == (True, (office.holding.code,))
            assert office.asked == [office.holding.code]
            assert office.reminders == 0  # somebody was just asked
            office.clock.move(minutes=6)
            office.engine.tick()
            assert office.reminders == 1  # and did not come
            office.reopen().start()
            office.engine.tick()
            assert [each.id for each in office.engine.overview().held] == [held.id]
        assert office.engine.wait(held.id, timeout=60).state is JobState.DONE
        assert office.beat(minutes=1) == []
        assert len(office.engine.history(office.holding.code)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open handles may not be seen")
def test_what_is_postponed_by_itself_is_asked_for_again_later_and_not_at_each_beat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(rules, "MINUTE", 0.001)
    office = BeatenOffice(tmp_path)
    with closing(office.engine):
        office.engine.forget(office.bakery.code)
        office.rule(still_open=StillOpen.POSTPONE)
        office.engine.start()
        office.beat()
        with held_open(office.folder_books / "index.txt"):
            (job,) = office.beat(days=2)
            assert job.error
            assert job.error.code == "source.open"
            assert office.beat(minutes=1) == []
            (job,) = office.beat(minutes=15)
            assert job.state is JobState.FAILED
            assert office.beat(minutes=15) == []
        (job,) = office.beat(minutes=60)
        assert job.state is JobState.DONE
        assert office.engine.overview().failures == ()


def test_nothing_begins_by_itself_where_bewaar_only_answers_a_command(tmp_path: Path) -> None:
    office = BeatenOffice(tmp_path)
    with closing(office.engine):
        office.beat()
        assert office.beat(days=2) == []


def test_nothing_begins_by_itself_where_nobody_ticked_it(office: BeatenOffice) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=Policy()))
    office.beat()
    assert office.beat(days=2) == []
    assert office.reminders == 1
