"""A clock that is set back, jumps ahead, or lives through an hour twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bewaar.model import JobState, Standing
from tests.scene import Office, book, make_sqlite_books, rows_in
from tests.unkind.promises import archives_at, every_backup_is_good


def keep(office: Office, number: int) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=number)))


def standing(office: Office) -> Standing:
    office.engine.scan()
    return office.engine.state(office.bakery.code).standing


def test_after_the_clock_went_back_nothing_is_removed_and_nothing_looks_safer(
    office: Office,
) -> None:
    keep(office, 2)
    for _ in range(2):
        book(office.sqlite_books)
        office.proven(office.bakery)
    office.engine.tick()
    book(office.sqlite_books)
    office.clock.move(days=-400)
    assert standing(office) is not Standing.PROVEN
    assert office.engine.overview().clock_doubt
    for _ in range(3):
        book(office.sqlite_books)
        office.proven(office.bakery)
    assert len(every_backup_is_good(office, office.bakery.code)) == 5
    assert len(archives_at(office.stick)) == 5


def test_what_was_stored_under_a_wrong_clock_does_not_hide_what_is_stored_now(
    office: Office,
) -> None:
    """The year was typed wrong, a backup was made, and then the clock was put right."""
    office.clock.move(days=365)
    office.engine.tick()
    office.proven(office.bakery)
    office.clock.move(days=-365)
    office.engine.trust_clock()
    assert not office.engine.overview().clock_doubt
    book(office.sqlite_books)
    assert standing(office) is not Standing.PROVEN
    backup = office.proven(office.bakery)
    assert standing(office) is Standing.PROVEN
    last = office.engine.state(office.bakery.code).last
    assert last is not None
    assert last.id == backup.id
    again = office.back_up(office.bakery)
    assert [note.code for note in again.notes] == ["backup.unchanged"]
    book(office.sqlite_books)
    assert standing(office) is Standing.CHANGED


def test_books_first_seen_under_a_wrong_clock_are_not_overdue_for_ever(office: Office) -> None:
    office.clock.move(days=365)
    place = make_sqlite_books(office.root / "books" / "late.sqlite")
    late = office.engine.add(place, name="Late")
    office.engine.tick()
    office.clock.move(days=-365)
    assert office.engine.state(late.code).standing is not Standing.PROVEN
    office.engine.trust_clock()
    for _ in range(2):
        office.engine.scan()
        assert office.engine.state(late.code).standing is Standing.CHANGED
        office.reopen()
    office.proven(late)
    book(place)
    office.engine.scan()
    assert office.engine.state(late.code).standing is Standing.CHANGED


def test_two_backups_in_the_hour_that_comes_twice_do_not_collide(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()
    try:
        office.clock.at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, summer time
        first = office.proven(office.bakery, even_unchanged=True)
        office.clock.at += timedelta(minutes=59)  # 02:30 again, winter time
        second = office.proven(office.bakery, even_unchanged=True)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert first.file != second.file
    assert second.made_at > first.made_at
    history = office.engine.history(office.bakery.code)
    assert [b.id for b in history] == [second.id, first.id]
    assert len(every_backup_is_good(office, office.bakery.code)) == 2


def test_a_clock_that_jumps_far_ahead_costs_no_backup_and_no_way_back(office: Office) -> None:
    keep(office, 3)
    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    job = office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    assert job.state is JobState.DONE, job.error
    office.engine.tick()
    office.clock.move(days=3650)
    office.reopen()
    office.engine.tick()
    assert office.engine.history(office.bakery.code) != ()
    office.clock.move(days=-3650)
    office.engine.trust_clock()
    office.reopen()
    office.finish(office.engine.start_undo(office.bakery.code))
    assert rows_in(office.sqlite_books) == 121


def test_the_latest_of_two_restores_is_undone_whatever_the_clock_says(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books, rows=1)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    book(office.sqlite_books, rows=2)
    office.clock.move(days=-30)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    assert rows_in(office.sqlite_books) == 120
    office.finish(office.engine.start_undo(office.bakery.code))
    assert rows_in(office.sqlite_books) == 122
    assert office.engine.undoable(office.bakery.code) is None
