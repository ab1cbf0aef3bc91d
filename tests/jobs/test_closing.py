"""A backup can wait until the books are closed: seen, cancelled, through a restart, and soon."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bewaar.errors import NameNotTyped
from bewaar.jobs import closing
from bewaar.model import Administration, Job, JobState, Openness, Standing
from bewaar.progress import SILENT, Stage
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from tests.holding import held_open
from tests.scene import Office, rows_in
from tests.unkind.promises import every_backup_is_good, rest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(closing, "LOOK_SECONDS", 0.05)
    made = Office(tmp_path)
    rest(made.root / "books")
    made.engine.start()
    yield made
    made.engine.close()


def wait_for(office: Office, *administrations: Administration, **choices: object) -> Job:
    """Ask for a backup that waits until nobody has the books open."""
    request = BackupRequest(
        codes=tuple(each.code for each in administrations),
        destination=office.stick.id,
        wait_until_closed=True,
        **choices,  # type: ignore[arg-type]
    )
    return office.engine.start_backup(request)


def test_it_waits_seen_and_alone_and_runs_once_the_last_user_left(office: Office) -> None:
    with held_open(office.folder_books / "index.txt"):
        with held_open(office.folder_books / "2025" / "journaal 1 é.dat"):
            job = wait_for(office, office.holding)
            assert (job.state, job.stage) == (JobState.QUEUED, Stage.CLOSING)
            assert job.subject == office.holding.name
        other = office.engine.start_backup(
            BackupRequest(codes=(office.bakery.code,), destination=office.stick.id)
        )
        assert office.engine.wait(other.id, timeout=60).state is JobState.DONE  # not held up
        seen = office.engine.overview()
        assert [each.id for each in seen.held] == [job.id]
        assert seen.running == ()
        assert office.engine.job(job.id).state is JobState.QUEUED  # one still has it open
    done = office.engine.wait(job.id, timeout=60)
    assert (done.state, done.by_itself) == (JobState.DONE, False)
    assert office.engine.overview().held == ()
    assert office.engine.state(office.holding.code).standing is Standing.PROVEN
    every_backup_is_good(office, office.holding.code)


def test_closed_books_are_not_waited_for(office: Office) -> None:
    job = wait_for(office, office.holding, office.bakery)
    assert job.stage != Stage.CLOSING
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


def test_waiting_can_be_cancelled_and_is_never_begun_afterwards(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = wait_for(office, office.bakery)
        office.engine.cancel(job.id)
        assert office.engine.job(job.id).state is JobState.CANCELLED
    after = wait_for(office, office.bakery)
    assert office.engine.wait(after.id, timeout=60).state is JobState.DONE
    assert len(office.engine.history(office.bakery.code)) == 1


def test_everybody_on_this_computer_is_asked_once_and_only_where_somebody_is(
    office: Office,
) -> None:
    cursor = office.engine.events.cursor
    with held_open(office.sqlite_books):
        job = wait_for(office, office.bakery, office.holding)
        office.engine.cancel(job.id)
    asked = [e for e in office.engine.events.since(cursor).events if e.code == "closing.asked"]
    assert [event.params["code"] for event in asked] == [office.bakery.code]


def test_an_administration_that_is_forgotten_meanwhile_holds_nothing_up(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = wait_for(office, office.bakery)
        office.engine.forget(office.bakery.code)
        over = office.engine.wait(job.id, timeout=60)
    assert over.error
    assert over.error.code == "administration.unknown"


def test_who_is_killed_with_the_books_open_is_not_waited_for(office: Office) -> None:
    hold = "import sys; f = open(sys.argv[1]); print(flush=True); input()"
    command = [sys.executable, "-c", hold, str(office.folder_books / "index.txt")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        program.stdout.readline()
        job = wait_for(office, office.holding)
        assert job.stage == Stage.CLOSING
        program.kill()
    assert office.engine.wait(job.id, timeout=60).state is JobState.DONE


# ── Through a restart ───────────────────────────────────────────────────────────────────────

ASKS_AND_ENDS = """
import os, sys
from bewaar.engine import Engine
from bewaar.paths import home
from bewaar.requests import BackupRequest

engine = Engine(home())
engine.start()
request = BackupRequest(codes=(sys.argv[1],), destination=sys.argv[2], wait_until_closed=True)
job = engine.start_backup(request)
print(job.id, job.stage, flush=True)
if sys.argv[3] == "close":
    engine.close()
    os._exit(0)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("end", ["close", "kill"])
def test_what_waits_when_bewaar_ends_goes_on_waiting_after_the_next_start(
    office: Office, end: str
) -> None:
    office.engine.close()
    words = [sys.executable, "-c", ASKS_AND_ENDS, office.holding.code, office.stick.id, end]
    with held_open(office.folder_books / "index.txt"):
        ended = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
        assert ended.returncode == (0 if end == "close" else -signal.SIGKILL)
        id, stage = ended.stdout.split()
        assert stage == Stage.CLOSING
        office.open().start()
        (held,) = office.engine.overview().held
        assert (held.id, held.state, held.repeats) == (id, JobState.QUEUED, 0)
    done = office.engine.wait(held.id, timeout=60)
    assert done.state is JobState.DONE
    assert [note.code for note in done.notes][:1] == ["job.resumed"]


def test_with_a_typed_password_it_waits_but_not_beyond_the_end(office: Office) -> None:
    with held_open(office.sqlite_books):
        job = wait_for(
            office, office.bakery, protection=Protection.GIVEN, password="vijf fietsen in de regen"
        )
        assert job.stage == Stage.CLOSING
        office.reopen()
        assert office.engine.job(job.id).state is JobState.CANCELLED


# ── At a terminal, and before a restore ─────────────────────────────────────────────────────


class UntilWaiting:
    """Stops the first time it hears that books are waited for."""

    def __init__(self) -> None:
        self.heard = False

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.heard = self.heard or stage is Stage.CLOSING

    def step(self, done: int, total: int, item: str = "") -> None: ...

    def note(self, code: str, /, **params: str | int) -> None: ...

    def check(self) -> None:
        from bewaar.errors import Cancelled

        if self.heard:
            raise Cancelled


def test_a_verb_of_a_moment_waits_too_says_so_and_can_be_stopped(office: Office) -> None:
    office.reopen()  # without workers
    with held_open(office.sqlite_books):
        job = wait_for(office, office.bakery)
        told = UntilWaiting()
        assert office.engine.run(job.id, told).state is JobState.CANCELLED
        assert told.heard
    job = wait_for(office, office.bakery)
    assert office.engine.run(job.id, SILENT).state is JobState.DONE


def test_a_restore_over_open_books_waits_until_they_are_closed(
    office: Office,
) -> None:
    backup = office.engine.backup(
        office.engine.wait(wait_for(office, office.bakery).id, timeout=60).backups[0]
    )
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.bakery.code,
        mode=RestoreMode.ORIGINAL,
        typed_name=office.bakery.name,
        wait_until_closed=True,
    )
    with held_open(office.sqlite_books):
        os.utime(office.sqlite_books)
        job = office.engine.start_restore(request)
        assert job.stage == Stage.CLOSING
        assert office.engine.open_state(office.bakery.code).openness is Openness.OPEN
    done = office.engine.wait(job.id, timeout=60)
    assert done.state is JobState.DONE
    assert done.result["safety"]
    assert rows_in(office.sqlite_books) == 120


def test_waiting_opens_no_way_around_the_typed_name(office: Office) -> None:
    backup = office.engine.wait(wait_for(office, office.bakery).id, timeout=60).backups[0]
    request = RestoreRequest(
        file=BackupFile(backup=backup),
        code=office.bakery.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="iets anders",
        wait_until_closed=True,
    )
    with pytest.raises(NameNotTyped):
        office.engine.start_restore(request)
