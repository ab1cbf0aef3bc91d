"""Killed at any moment, Bewaar keeps every promise: what counted counts, and books are whole."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.destinations.base import PART
from bewaar.engine import Engine
from bewaar.model import Administration, Backup, JobKind, JobState
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, BackupRequest, RestoreMode, RestoreRequest
from tests.scene import Office, book, make_folder_books, make_sqlite_books, tree
from tests.unkind.killing import kill, moments, needs_fork, steps_of
from tests.unkind.promises import (
    archives_at,
    every_backup_is_good,
    rest,
    verified,
    work_left,
)

pytestmark = needs_fork

ROUNDS = 20


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose Bewaar is not running: it only runs to be killed."""
    made = Office(tmp_path)
    rest(made.root / "books")
    made.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    for _ in range(2):
        book(made.sqlite_books)
        made.proven(made.bakery)
        made.proven(made.holding, even_unchanged=True)
    made.engine.close()
    yield made
    made.engine.close()


def run(office: Office, ask: Callable[[Engine], object]) -> Callable[[], None]:
    """Return what a Bewaar does that is started, asked for one thing, and closed."""

    def action() -> None:
        office.clock.move(minutes=1)
        engine = office.open()
        ask(engine)
        engine.close()

    return action


def back_up(office: Office, *administrations: Administration) -> Callable[[], None]:
    request = BackupRequest(
        codes=tuple(a.code for a in administrations),
        destination=office.stick.id,
        even_unchanged=True,
    )
    return run(office, lambda engine: engine.run(engine.start_backup(request).id, SILENT))


def nothing_pretends(office: Office) -> None:
    """Check all promises that hold after any kill, with Bewaar running again."""
    engine = office.engine
    codes = (office.holding.code, office.bakery.code)
    proven = every_backup_is_good(office, *codes)
    for code in codes:
        assert len([b for b in proven if code in b.codes]) >= 2
    known = {backup.file for backup in engine.backups_at(office.stick.id)}
    assert not any(name.endswith(PART) for name in known)
    for name in archives_at(office.stick):
        file = BackupFile(path=office.stick.folder / name)
        job = office.finish(engine.start_verify(file))
        assert job.state is JobState.DONE, (name, job.error)
    assert all(job.state.over for job in engine.jobs())
    parts = sorted(p.name for p in office.stick.folder.glob(f"*{PART}"))
    (stick,) = engine.destinations()
    assert sorted(stick.unfinished) == parts
    engine.remove_unfinished(office.stick.id)
    assert work_left(office) == []


def test_a_backup_killed_at_any_moment_leaves_only_good_ones(office: Office) -> None:
    action = back_up(office, office.bakery, office.holding)
    total = steps_of(action)
    interrupted = 0
    for moment in moments(total, ROUNDS):
        book(office.sqlite_books)
        kill(action, at=moment)
        office.clock.move(minutes=5)
        office.open()
        interrupted += any(job.state is JobState.INTERRUPTED for job in office.engine.jobs(limit=1))
        nothing_pretends(office)
        office.engine.close()
    assert interrupted > ROUNDS // 3
    office.open()
    office.finish(office.engine.start_rebuild(office.stick.id))
    assert office.back_up(office.bakery, even_unchanged=True).state is JobState.DONE
    assert {b.file for b in office.engine.backups_at(office.stick.id)} == set(
        archives_at(office.stick)
    )


class Swapped:
    """Books that are restored into their place, killed on the way, and made as they were."""

    def __init__(self, office: Office, kind: str) -> None:
        self.office = office
        self.kind = kind
        self.administration = office.bakery if kind == "file" else office.holding
        self.place = self.administration.place
        self.backup: Backup = office.open().history(self.administration.code)[0]
        office.engine.close()
        self.stored = self.now()
        self.renew()
        self.later = self.now()

    def now(self) -> dict[str, bytes | None]:
        """Return what a bookkeeping program would find."""
        found = tree(self.place.parent)
        if self.place.is_file():  # of a database the rows count, not the bytes
            with closing(sqlite3.connect(f"file:{self.place}?mode=ro", uri=True)) as database:
                found[self.place.name] = "\n".join(database.iterdump()).encode()
        return {name: data for name, data in found.items() if not name.startswith(".bewaar-")}

    def renew(self) -> None:
        """Lay the books there as they are today, later than the backup."""
        if self.kind == "file":
            self.place.unlink(missing_ok=True)
            make_sqlite_books(self.place, rows=300)
        else:
            shutil.rmtree(self.place, ignore_errors=True)
            make_folder_books(self.place, files=9)
        rest(self.place.parent)

    def restore(self, engine: Engine) -> None:
        request = RestoreRequest(
            file=BackupFile(backup=self.backup.id),
            code=self.administration.code,
            mode=RestoreMode.ORIGINAL,
            typed_name=self.administration.name,
        )
        engine.run(engine.start_restore(request).id, SILENT)

    def undo(self, engine: Engine) -> None:
        engine.run(engine.start_undo(self.administration.code).id, SILENT)


@pytest.fixture(params=["folder", "file"])
def swapped(office: Office, request: pytest.FixtureRequest) -> Swapped:
    return Swapped(office, request.param)


def told(office: Office) -> list[str]:
    """Return what the user is told of interrupted swaps, and mark it as read."""
    outcomes = [recovery.outcome for recovery in office.engine.overview().recoveries]
    office.engine.read_recoveries()
    return outcomes


def test_a_restore_killed_at_any_moment_leaves_the_old_books_or_the_new(swapped: Swapped) -> None:
    office = swapped.office
    action = run(office, swapped.restore)
    total = steps_of(action)
    assert swapped.now() == swapped.stored
    ends, killed = set(), 0
    for moment in moments(total, ROUNDS):
        swapped.renew()
        before = swapped.now()
        killed += kill(action, at=moment)  # some runs take fewer steps and end before
        lying = swapped.now()
        office.open()
        now = swapped.now()
        assert now in (before, swapped.stored)
        outcomes = told(office)
        assert "stuck" not in outcomes
        if now != lying:  # Bewaar moved something at its start
            assert outcomes
        assert all(job.state.over for job in office.engine.jobs())
        assert work_left(office) == []
        if now == swapped.stored:
            swapped.undo(office.engine)
            assert swapped.now() == before
        ends.add(now == before)
        office.engine.close()
    assert ends == {True, False}
    assert killed > ROUNDS // 2


def test_an_undo_killed_at_any_moment_leaves_the_new_books_or_the_old(swapped: Swapped) -> None:
    office = swapped.office
    run(office, swapped.restore)()
    total = steps_of(run(office, swapped.undo))
    for moment in moments(total, ROUNDS // 2):
        swapped.renew()
        before = swapped.now()
        run(office, swapped.restore)()
        assert swapped.now() == swapped.stored
        kill(run(office, swapped.undo), at=moment)
        office.open()
        assert swapped.now() in (before, swapped.stored)
        assert "stuck" not in told(office)
        if swapped.now() == swapped.stored:
            swapped.undo(office.engine)
        assert swapped.now() == before
        assert work_left(office) == []
        office.engine.close()


def test_killed_again_while_it_settles_what_was_killed_it_still_settles(swapped: Swapped) -> None:
    office = swapped.office
    total = steps_of(run(office, swapped.restore))
    start = steps_of(run(office, lambda _: None))
    late = range(total * 3 // 4, total, max(1, total // 24))
    for first, second in zip(late, moments(start, 6), strict=False):
        swapped.renew()
        before = swapped.now()
        kill(run(office, swapped.restore), at=first)
        kill(run(office, lambda _: None), at=second)
        office.open()
        assert swapped.now() in (before, swapped.stored)
        assert "stuck" not in told(office)
        assert work_left(office) == []
        office.engine.close()


def test_a_new_administration_killed_on_its_way_is_there_whole_or_not_at_all(
    office: Office,
) -> None:
    backup = office.open().history(office.holding.code)[0]
    office.engine.close()
    into = office.root / "restored"
    into.mkdir()
    wanted = tree(office.folder_books)
    names = iter(f"Terug {n}" for n in range(99))

    def restore(name: str) -> Callable[[], None]:
        request = RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=office.holding.code,
            mode=RestoreMode.NEW,
            new_name=name,
            into=into,
        )
        return run(office, lambda engine: engine.run(engine.start_restore(request).id, SILENT))

    total = steps_of(restore(next(names)))
    for moment in moments(total, ROUNDS // 2):
        name = next(names)
        kill(restore(name), at=moment)
        office.open()
        assert tree(into / name) in ({}, wanted)
        assert work_left(office) == []
        newest = office.engine.jobs(limit=1)[0]
        assert newest.kind is not JobKind.RESTORE or newest.state.over
        office.engine.close()


def test_killed_while_the_settings_change_they_are_the_old_or_the_new(office: Office) -> None:
    def change(language: str) -> Callable[[], None]:
        return run(office, lambda e: e.change_settings(lambda s: replace(s, language=language)))

    total = steps_of(change("nl"))
    for number, moment in enumerate(moments(total, ROUNDS // 2)):
        before = office.open().settings()
        office.engine.close()
        language = "de" if number % 2 else "sv"
        kill(change(language), at=moment)
        after = office.open().settings()
        assert after in (before, replace(before, language=language))
        office.engine.close()


def test_the_backup_that_was_just_proven_still_verifies_after_all_this(office: Office) -> None:
    office.open()
    backup = office.proven(office.bakery, even_unchanged=True)
    assert verified(office, backup).state is JobState.DONE
    office.engine.close()
