"""S1 under fire: an older good backup goes only when newer proven ones really lie there."""

import importlib
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.destinations.local import LocalDestination
from bewaar.errors import BackupLocked, DestinationFault
from bewaar.model import Backup, JobState
from bewaar.retention import removable
from tests.scene import Office, book
from tests.unkind.promises import archives_at, code_of, every_backup_is_good, verified


@pytest.fixture
def kept(office: Office) -> list[Backup]:
    """Two proven backups, which is all that is to be kept."""
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    return [make(office) for _ in range(2)]


def make(office: Office) -> Backup:
    book(office.sqlite_books)
    return office.proven(office.bakery)


def ids(office: Office) -> list[str]:
    return [b.id for b in office.engine.history(office.bakery.code)]


def test_a_backup_that_fails_removes_nothing(office: Office, kept: list[Backup]) -> None:
    office.sqlite_books.write_bytes(b"SQLite format 3\0" + b"rubbish" * 900)
    assert code_of(office.back_up(office.bakery)) == "source.damaged"
    shutil.move(office.sqlite_books, office.root / "away")
    assert code_of(office.back_up(office.bakery)) == "source.gone"
    assert every_backup_is_good(office, office.bakery.code) == kept[::-1]


def test_a_removal_that_fails_is_told_and_the_new_backup_counts(
    office: Office, kept: list[Backup], monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = LocalDestination.remove

    def stuck(self: LocalDestination, name: str) -> None:
        if name == kept[0].file:
            raise DestinationFault(name="Blue stick", reason="held")
        remove(self, name)

    monkeypatch.setattr(LocalDestination, "remove", stuck)
    book(office.sqlite_books)
    office.clock.move(minutes=1)
    job = office.back_up(office.bakery)
    assert job.state is JobState.DONE
    assert "retention.stuck" in [note.code for note in job.notes]
    assert len(every_backup_is_good(office, office.bakery.code)) == 3
    monkeypatch.undo()
    make(office)
    assert len(every_backup_is_good(office, office.bakery.code)) == 2


def test_newer_backups_whose_files_somebody_took_away_give_no_leave(
    office: Office, kept: list[Backup]
) -> None:
    """The list knows three; on the stick lies one."""
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=9)))
    newer = [make(office), make(office)]
    for backup in (kept[1], *newer):
        (office.stick.folder / backup.file).unlink()
    with pytest.raises(BackupLocked):
        office.engine.remove_backup(kept[0].id)
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    last = make(office)
    assert set(archives_at(office.stick)) == {kept[0].file, last.file}


def test_newer_backups_that_were_cut_short_give_no_leave(
    office: Office, kept: list[Backup]
) -> None:
    cut = office.stick.folder / kept[1].file
    cut.write_bytes(cut.read_bytes()[:-40])
    last = make(office)
    assert kept[0].id in ids(office)
    assert (office.stick.folder / kept[0].file).exists()
    assert verified(office, kept[0]).state is JobState.DONE
    assert verified(office, last).state is JobState.DONE


def test_a_backup_that_lost_its_proof_counts_for_nothing(
    office: Office, kept: list[Backup]
) -> None:
    bad = office.stick.folder / kept[1].file
    data = bytearray(bad.read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(bytes(data))
    assert verified(office, kept[1]).state is JobState.FAILED
    make(office)
    assert kept[0].id in ids(office)
    assert verified(office, kept[0]).state is JobState.DONE


def test_one_locked_while_another_is_being_removed_stays(
    office: Office, kept: list[Backup], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody locks it between the decision and the removal."""
    tidying = importlib.import_module("bewaar.backup.tidy")  # the package calls a verb so too

    def lock_late(*arguments: Any, **named: Any) -> object:
        found = removable(*arguments, **named)
        office.engine.lock_backup(kept[0].id, locked=True)
        return found

    monkeypatch.setattr(tidying, "removable", lock_late)
    make(office)
    assert (office.stick.folder / kept[0].file).exists()
    assert kept[0].id in ids(office)


def test_by_hand_too_two_proven_ones_stay_and_one_of_them_newer(
    office: Office, kept: list[Backup]
) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=9)))
    third = make(office)
    for backup in (third, *kept):
        if backup.id == kept[0].id:
            continue
        office.engine.lock_backup(backup.id, locked=False)
    with pytest.raises(BackupLocked):
        office.engine.remove_backup(third.id)  # the newest
    office.engine.remove_backup(kept[0].id)
    for backup in (kept[1], third):
        with pytest.raises(BackupLocked):
            office.engine.remove_backup(backup.id)
    assert len(every_backup_is_good(office, office.bakery.code)) == 2


def test_two_that_remove_by_hand_at_once_leave_two(office: Office, kept: list[Backup]) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=9)))
    made = [*kept, *(make(office) for _ in range(3))]

    def remove(backup: Backup) -> None:
        from bewaar.errors import BewaarError

        try:
            office.engine.remove_backup(backup.id)
        except BewaarError as error:
            assert error.code in {"backup.locked", "destination.busy"}  # noqa: PT017

    threads = [threading.Thread(target=remove, args=(backup,)) for backup in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(every_backup_is_good(office, office.bakery.code)) >= 2


def test_a_bundle_goes_only_when_every_administration_in_it_has_newer_ones(
    office: Office, kept: list[Backup]
) -> None:
    together = office.back_up(office.bakery, office.holding, one_file=True, even_unchanged=True)
    bundle = office.engine.backup(together.backups[0])
    for _ in range(4):
        make(office)
    assert (office.stick.folder / bundle.file).exists()
    assert every_backup_is_good(office, office.holding.code) == [bundle]


def test_other_files_at_the_destination_are_never_touched(
    office: Office, kept: list[Backup]
) -> None:
    mine = {"letter.zip": b"mine", "notes.txt": b"mine", f"{kept[0].file}.bak": b"mine"}
    for name, data in mine.items():
        (office.stick.folder / name).write_bytes(data)
    (office.stick.folder / "photos").mkdir()
    for _ in range(4):
        make(office)
    assert {n: Path(office.stick.folder / n).read_bytes() for n in mine} == mine
    assert (office.stick.folder / "photos").is_dir()
