"""GnuCash, really open and worked in, while Bewaar backs its book up and gives it back."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.model import Backup, Job, JobState, Openness, OpenState
from bewaar.paths import home
from bewaar.progress import Stage as JobStage
from bewaar.requests import BackupFile, BackupRequest, RestoreMode, RestoreRequest
from tests.desktop.gnucash import (
    BALANCE,
    BOOKED,
    balance_sheet,
    booking,
    make_book,
    opened,
    why_not,
)
from tests.desktop.stage import SECONDS, Stage, eventually

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
KINDS = ("xml", "sqlite3")


class Office:
    """A GnuCash book, a Bewaar that keeps it, and a destination."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root, self.kind = root, kind
        self.book = make_book(root / "books" / "Bakkerij Jansen.gnucash", kind)
        self.engine = Engine(home())
        self.engine.start()
        self.kept = self.engine.add(self.book)
        self.stick = self.engine.add_destination(root / "stick", name="Stick", make_folder=True)

    def state(self) -> OpenState:
        return self.engine.open_state(self.kept.code)

    def ask(self, *, wait_until_closed: bool = False) -> Job:
        request = BackupRequest(
            codes=(self.kept.code,),
            destination=self.stick.id,
            even_unchanged=True,
            wait_until_closed=wait_until_closed,
        )
        return self.engine.start_backup(request)

    def over(self, job: Job) -> Job:
        done = self.engine.wait(job.id, timeout=3 * SECONDS)  # an eager writer holds it up
        assert done.state is JobState.DONE, done.error
        return done

    def restored(self, job: Job) -> Path:
        """Give the book of a backup back beside the other, and return it."""
        backup = self.engine.backup(job.backups[0])
        into = self.root / "restored"
        into.mkdir(exist_ok=True)
        request = RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=self.kept.code,
            mode=RestoreMode.NEW,
            new_name=f"Terug {len(list(into.iterdir()))}",
            into=into,
        )
        return Path(str(self.over(self.engine.start_restore(request)).result["place"]))

    def openness_in(self, backup: Backup) -> Openness:
        """Return what a backup itself says of how it was taken."""
        inside = self.engine.look_inside(BackupFile(backup=backup.id))
        return inside.manifest.administrations[0].open_state.openness


@pytest.fixture(params=KINDS)
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    made = Office(tmp_path, request.param)
    with closing(made.engine):
        yield made


def has_account(book: Path, name: str, kind: str) -> bool:
    if kind == "sqlite3":
        with closing(sqlite3.connect(f"file:{book}?mode=ro", uri=True)) as database:
            (found,) = database.execute(
                "SELECT count(*) FROM accounts WHERE name = ?", [name]
            ).fetchone()
        return bool(found)
    data = book.read_bytes()
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return f"<act:name>{name}</act:name>".encode() in text


def test_a_book_worked_in_is_backed_up_soundly_and_once_more_when_it_is_closed(
    office: Office, stage: Stage
) -> None:
    before = datetime.now(UTC)
    assert office.state().openness is Openness.CLOSED
    with opened(office.book, stage) as window:
        state = office.state()
        assert state.openness is Openness.OPEN
        assert [(user.program, user.computer) for user in state.users] == [("gnucash", "")]
        assert state.since
        assert abs((state.since - before).total_seconds()) < SECONDS
        assert bool(state.users[0].since) == (office.kind == "xml")  # only a lock says so

        window.add_account("Kas")
        now, waiting = office.over(office.ask()), office.ask(wait_until_closed=True)
        assert waiting.stage == JobStage.CLOSING
        if office.kind == "xml":
            window.save()
        window.quit()
    later = office.over(waiting)
    assert office.state().openness is Openness.CLOSED

    told = "backup.open" if office.kind == "xml" else "backup.open/rows"
    assert told in [note.code for note in now.notes]
    first, last = (office.engine.backup(job.backups[0]) for job in (now, later))
    assert office.openness_in(first) is Openness.OPEN
    assert office.openness_in(last) is Openness.CLOSED
    for job, entered in ((now, office.kind == "sqlite3"), (later, True)):
        book = office.restored(job)
        assert has_account(book, "Kas", office.kind) is entered
        assert BALANCE in balance_sheet(book)


def test_while_bookings_are_entered_every_backup_is_a_book_that_gnucash_opens(
    office: Office,
) -> None:
    with booking(office.book, office.kind):
        assert office.state().openness is Openness.OPEN
        jobs = [office.over(office.ask()) for _ in range(3)]
    eventually(lambda: office.state().openness is Openness.CLOSED, "the session is closed")
    counted = []
    for job in jobs:
        backup = office.engine.backup(job.backups[0])
        assert office.openness_in(backup) is Openness.OPEN
        transactions = backup.contents[0].counts.transactions
        assert transactions is not None
        counted.append(transactions)
        book = office.restored(job)
        assert "Bank" in balance_sheet(book)
        if office.kind == "sqlite3":
            with closing(sqlite3.connect(book)) as database:
                splits = database.execute("SELECT count(*) FROM splits").fetchone()[0]
            # GnuCash writes a booking row by row, each for itself: the last may be in the making.
            assert 2 * transactions - splits in {0, 1, 2}
    assert counted == sorted(counted)
    assert counted[0] >= BOOKED


def test_a_gnucash_that_was_killed_leaves_a_lock_that_is_named_and_holds_nothing_up(
    office: Office, stage: Stage
) -> None:
    with opened(office.book, stage) as window:
        waiting = office.ask(wait_until_closed=True)
        assert waiting.stage == JobStage.CLOSING
        window.process.kill()
        window.process.wait()
    left = office.state()
    assert left.openness is Openness.UNKNOWN
    assert left.evidence
    assert not left.in_use
    assert BALANCE in balance_sheet(office.restored(office.over(waiting)))
