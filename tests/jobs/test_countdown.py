"""Before a backup that waits for open books everybody is asked: a countdown, and what follows."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import SourceOpen
from bewaar.jobs import Countdown, Gate, Outcome, closing
from bewaar.messages import text
from bewaar.model import Administration, Job, JobKind, JobState, Standing, StillOpen
from bewaar.operations import closing as rules
from bewaar.progress import Stage
from bewaar.requests import BackupRequest
from tests.holding import held_open
from tests.scene import Office
from tests.unkind.promises import rest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")

ENGLISH = text("en")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(closing, "LOOK_SECONDS", 0.02)
    made = Office(tmp_path)
    rest(made.root / "books")
    made.engine.start()
    yield made
    made.engine.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of a countdown is over at once."""
    monkeypatch.setattr(rules, "MINUTE", 0.01)


def rule(office: Office, **changes: object) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, **changes)))  # type: ignore[arg-type]


def ask(office: Office, *administrations: Administration) -> Job:
    request = BackupRequest(
        codes=tuple(each.code for each in administrations),
        destination=office.stick.id,
        wait_until_closed=True,
    )
    return office.engine.start_backup(request)


def wait_until_counted(office: Office) -> None:
    """Wait until a countdown is over and its job waits on."""
    cursor = 0
    while not any(e.code == "closing.over" for e in office.engine.events.since(cursor).events):
        news = office.engine.events.wait(office.engine.events.cursor, timeout=0.1)
        assert not news.gap


def test_it_counts_down_and_begins_at_once_when_the_last_one_left(office: Office) -> None:
    rule(office, close_minutes=7, close_text="Anna, koffie!", still_open=StillOpen.POSTPONE)
    with held_open(office.folder_books / "index.txt"):
        job = ask(office, office.holding)
        left = ENGLISH.seconds_left(job)
        assert left is not None
        assert 400 < left <= 420
        assert office.engine.plea(job.id).text == "Anna, koffie!"
        (held,) = office.engine.overview().held
        assert held.total == 420
    done = office.engine.wait(job.id, timeout=60)
    assert (done.state, done.error) == (JobState.DONE, None)
    assert ENGLISH.seconds_left(done) is None


@pytest.mark.usefixtures("soon")
def test_still_open_it_waits_on_for_the_last_one(office: Office) -> None:
    rule(office, still_open=StillOpen.WAIT)
    with held_open(office.folder_books / "index.txt"):
        job = ask(office, office.holding)
        wait_until_counted(office)
        waiting = office.engine.job(job.id)
        assert (waiting.state, waiting.stage) == (JobState.QUEUED, Stage.CLOSING)
        assert ENGLISH.seconds_left(waiting) is None
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


@pytest.mark.usefixtures("soon")
def test_still_open_it_is_postponed_and_told_and_nothing_is_written(office: Office) -> None:
    rule(office, still_open=StillOpen.POSTPONE)
    with held_open(office.folder_books / "index.txt"):
        over = office.engine.wait(ask(office, office.holding).id, timeout=60)
        assert over.state is JobState.FAILED
        assert over.error
        assert (over.error.code, over.error.params) == ("source.open", {"name": "Jansen Holding"})
        state = office.engine.state(office.holding.code)
        assert (state.standing, ENGLISH.badge(state)) == (
            Standing.FAILED,
            "postponed: it was open",
        )
        truth = ENGLISH.truth(office.engine.overview())
        assert truth.sentence == "The backup of Jansen Holding was postponed."
        assert "No backup of it was made now." in truth.detail
    assert office.engine.history(office.holding.code) == ()
    again = office.engine.wait(ask(office, office.holding).id, timeout=60)
    assert again.state is JobState.DONE
    assert office.engine.overview().failures == ()  # made good


@pytest.mark.usefixtures("soon")
def test_still_open_a_database_is_copied_soundly_and_other_books_are_waited_for(
    office: Office,
) -> None:
    rule(office, still_open=StillOpen.COPY)
    with held_open(office.sqlite_books, office.folder_books / "index.txt"):
        bakery = office.engine.wait(ask(office, office.bakery).id, timeout=60)
        assert bakery.state is JobState.DONE
        assert "backup.open/sound" in [note.code for note in bakery.notes]
        holding = ask(office, office.holding)
        wait_until_counted(office)
        assert office.engine.job(holding.id).stage == Stage.CLOSING
    assert office.engine.wait(holding.id, timeout=60).state is JobState.DONE


@pytest.mark.usefixtures("soon")
def test_where_the_rules_differ_nothing_is_done_that_one_of_them_forbids(office: Office) -> None:
    policy = office.engine.settings().policy
    office.engine.change_administration(
        office.bakery.code, policy=replace(policy, still_open=StillOpen.COPY)
    )
    with held_open(office.sqlite_books):
        with held_open(office.folder_books / "index.txt"):
            job = ask(office, office.bakery, office.holding)
            assert office.engine.plea(job.id).then is StillOpen.WAIT
            wait_until_counted(office)
            assert office.engine.job(job.id).stage == Stage.CLOSING
        # only the database is still open; the countdown was one, and is over
        assert office.engine.job(job.id).stage == Stage.CLOSING
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


def test_start_now_begins_only_what_is_closed_and_all_the_same_begins_all(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = ask(office, office.bakery)
        with pytest.raises(SourceOpen):
            office.engine.begin_now(job.id, although_open=False)
        assert office.engine.job(job.id).stage == Stage.CLOSING
        office.engine.begin_now(job.id)
        assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


def test_later_counts_an_hour_anew_and_not_where_nothing_counts(office: Office) -> None:
    with held_open(office.sqlite_books, office.folder_books / "index.txt"):
        job = ask(office, office.bakery)
        office.engine.begin_later(job.id)
        left = ENGLISH.seconds_left(office.engine.job(job.id))
        assert left is not None
        assert 3500 < left <= 3600
        rule(office, close_minutes=0)
        other = ask(office, office.holding)
        office.engine.begin_later(other.id)
        assert ENGLISH.seconds_left(office.engine.job(other.id)) is None
        for each in (job, other):
            office.engine.cancel(each.id)


def test_a_clock_that_leaps_neither_ends_a_countdown_nor_hangs_it(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = ask(office, office.bakery)
        for days in (400, -800):
            office.clock.move(minutes=days * 24 * 60)
            left = ENGLISH.seconds_left(office.engine.job(job.id))
            assert left is not None
            assert 200 < left <= 300
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


def test_after_a_restart_everybody_is_asked_anew_for_the_whole_time(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = ask(office, office.bakery)
        office.engine.begin_later(job.id)
        office.reopen().start()
        (held,) = office.engine.overview().held
        assert held.id == job.id
        left = ENGLISH.seconds_left(held)
        assert left is not None
        assert 200 < left <= 300
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE
    assert len(office.engine.history(office.bakery.code)) == 1


def test_books_that_are_kept_no_longer_at_the_next_start_stop_no_start(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = ask(office, office.bakery)
        office.engine.close()
        office.open().forget(office.bakery.code)
        office.engine.start()
        over = office.engine.wait(job.id, timeout=60)
    assert over.error
    assert over.error.code == "administration.unknown"


def test_a_rule_that_cannot_be_read_lets_a_job_wait_and_holds_no_other_up(office: Office) -> None:
    open_: list[str] = ["Jansen Holding"]

    def fails() -> StillOpen:
        raise ValueError

    gate = Gate(held_by=lambda: "".join(open_), countdown=Countdown(seconds=0.01, verdict=fails))
    jobs = office.engine._jobs
    odd = jobs.submit(JobKind.BACKUP, lambda _: Outcome(), gate=gate)
    with held_open(office.sqlite_books):
        other = ask(office, office.bakery)
        wait_until_counted(office)
    assert office.engine.wait(other.id, timeout=60).state is JobState.DONE
    assert office.engine.job(odd.id).stage == Stage.CLOSING
    open_.clear()
    assert office.engine.wait(odd.id, timeout=60).state is JobState.DONE
