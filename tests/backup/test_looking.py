"""What Bewaar says of the books is what they are: changed, proven, overdue, unknown."""

import shutil
import time
from dataclasses import replace

import pytest

from bewaar.model import JobState, Standing
from bewaar.progress import SILENT
from bewaar.requests import BackupFile
from tests.scene import Office, book


def standing(office: Office) -> Standing:
    return office.engine.state(office.bakery.code).standing


def wait_for(office: Office, wanted: Standing, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while standing(office) is not wanted:
        assert time.monotonic() < deadline, standing(office)
        time.sleep(0.02)


def test_new_books_wait_then_are_proven_then_changed_then_overdue(office: Office) -> None:
    assert standing(office) is Standing.CHANGED
    office.proven(office.bakery)
    assert standing(office) is Standing.PROVEN
    book(office.sqlite_books)
    office.engine.scan()
    assert standing(office) is Standing.CHANGED
    office.clock.move(days=1, hours=1)
    office.engine.scan()
    assert standing(office) is Standing.OVERDUE


def test_a_change_is_noticed_within_two_seconds(office: Office) -> None:
    office.proven(office.bakery)
    office.engine.start()
    wait_for(office, Standing.PROVEN, seconds=5)
    cursor, told = 0, False
    while not told:  # an administration is told as touched once when its watching begins
        news = office.engine.events.wait(cursor, timeout=5)
        assert news.cursor > cursor
        told = any(event.code == "administration.touched" for event in news.events)
        cursor = news.cursor
    wait_for(office, Standing.PROVEN, seconds=5)
    book(office.sqlite_books)
    wait_for(office, Standing.CHANGED, seconds=2)


def test_a_change_while_bewaar_was_away_is_noticed_at_the_start(office: Office) -> None:
    office.proven(office.bakery)
    office.engine.close()
    book(office.sqlite_books)
    office.open()
    assert standing(office) is Standing.CHANGED


def test_touched_files_with_the_same_content_are_not_changed(office: Office) -> None:
    office.proven(office.holding)
    (office.folder_books / "index.txt").touch()
    office.engine.scan()
    assert office.engine.state(office.holding.code).standing is Standing.PROVEN


def test_books_that_cannot_be_reached_are_unknown_and_come_back(office: Office) -> None:
    office.proven(office.bakery)
    away = office.root / "away.sqlite"
    shutil.move(office.sqlite_books, away)
    office.engine.scan()
    assert standing(office) is Standing.UNKNOWN
    shutil.move(away, office.sqlite_books)
    office.engine.scan()
    assert standing(office) is Standing.PROVEN


def test_a_failure_stays_until_it_is_read_or_made_good(office: Office) -> None:
    shutil.move(office.stick.folder, office.root / "unplugged")
    job = office.back_up(office.bakery)
    assert job.state is JobState.FAILED
    office.reopen()
    assert standing(office) is Standing.FAILED
    assert office.engine.overview().worst is Standing.FAILED
    office.engine.read_failure(job.id)
    assert standing(office) is Standing.CHANGED
    office.back_up(office.bakery)
    shutil.move(office.root / "unplugged", office.stick.folder)
    office.proven(office.bakery)
    assert standing(office) is Standing.PROVEN
    assert office.engine.overview().failures == ()


def test_overdue_books_are_reminded_of_until_tomorrow_is_asked_for(office: Office) -> None:
    def reminders() -> int:
        events = office.engine.events.since(0).events
        return sum(event.code == "reminder.due" for event in events)

    office.engine.tick()
    assert reminders() == 0
    office.clock.move(days=2)
    office.engine.tick()
    assert reminders() == 1
    office.engine.tick()
    assert reminders() == 1
    office.engine.remind_tomorrow()
    office.clock.move(hours=6)
    office.engine.tick()
    assert reminders() == 1
    office.clock.move(days=1)
    office.engine.tick()
    assert reminders() == 2


def test_a_clock_that_went_back_is_said_and_pauses_retention(office: Office) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    for _ in range(2):
        book(office.sqlite_books)
        office.proven(office.bakery)
    office.engine.tick()
    office.clock.move(days=-400)
    assert office.engine.overview().clock_doubt
    for _ in range(2):
        book(office.sqlite_books)
        office.proven(office.bakery)
    assert len(office.engine.history(office.bakery.code)) == 4
    office.engine.trust_clock()
    assert not office.engine.overview().clock_doubt


def test_the_calendar_shows_the_days_with_proven_backups(office: Office) -> None:
    office.proven(office.bakery)
    days = office.engine.overview().days
    assert len(days) == 30
    assert (days[-1].mark.value, days[-1].backups) == ("proven", 1)
    assert days[0].mark.value == "quiet"


def test_a_day_stays_proven_when_its_backup_has_made_room_for_newer_ones(office: Office) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    for _ in range(4):
        book(office.sqlite_books)
        office.proven(office.bakery)
        office.clock.move(days=1)
    assert len(office.engine.history(office.bakery.code)) == 2
    marks = [day.mark.value for day in office.engine.overview().days]
    assert marks.count("proven") == 4


@pytest.mark.parametrize("keep_sidecars", [True, False])
def test_a_lost_catalogue_is_rebuilt_from_the_destination(
    office: Office, *, keep_sidecars: bool
) -> None:
    backup = office.proven(office.bakery)
    office.engine.close()
    office.home.catalogue_file.unlink()
    if not keep_sidecars:
        (office.stick.folder / f"{backup.file}.info.json").unlink()
    (office.stick.folder / "holiday.zip").write_bytes(b"no backup")
    (office.stick.folder / "half.zip.part").write_bytes(b"PK")
    office.open()
    assert office.engine.history(office.bakery.code) == ()
    job = office.engine.run(office.engine.start_rebuild(office.stick.id).id, SILENT)
    assert job.state is JobState.DONE
    assert (job.result["backups"], job.result["unfinished"]) == (1, 1)
    (found,) = office.engine.history(office.bakery.code)
    assert (found.id, found.file, found.proof) == (backup.id, backup.file, None)
    assert standing(office) is not Standing.PROVEN
    office.engine.run(office.engine.start_verify(BackupFile(backup=found.id)).id, SILENT)
    assert office.engine.backup(found.id).proof is not None
    assert (office.stick.folder / f"{backup.file}.info.json").exists()


def test_unfinished_files_are_removed_only_when_asked_and_backups_never(office: Office) -> None:
    backup = office.proven(office.bakery)
    part = office.stick.folder / "half.zip.part"
    part.write_bytes(b"PK")
    assert office.engine.remove_unfinished(office.stick.id) == 1
    assert not part.exists()
    assert (office.stick.folder / backup.file).exists()
