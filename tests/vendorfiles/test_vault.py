"""Each new backup that a program makes is kept and proven; nothing less counts."""

import time
from dataclasses import replace

import pytest

from bewaar.model import JobState, Policy, Standing
from bewaar.settings import Protect
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged
from tests.vendorfiles.office import MONDAY, TUESDAY, VaultOffice

pytestmark = pytest.mark.usefixtures("ordinary_urgency")


def test_each_new_backup_is_kept_by_itself_alone_and_proven(office: VaultOffice) -> None:
    assert office.beat() == []
    for day in range(1, 20):
        old = backups.zipped(office.folder / f"202602{day:02}-430-SQL2008-Jansen.ebu")
        aged(old, days=40 - day)
    aged(backups.zipped(office.folder / MONDAY), seconds=3600)
    (job,) = office.beat(minutes=1)
    assert (job.state, job.by_itself) == (JobState.DONE, True), job.error
    assert office.kept() == [MONDAY]
    assert office.stands() is Standing.PROVEN
    assert "Kept and proven" in office.told
    assert office.beat(minutes=1) == []
    aged(backups.zipped(office.folder / TUESDAY))
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert office.kept() == [TUESDAY]
    assert len(office.engine.history(office.vault.code)) == 2
    assert office.reminders == 0


def test_what_arrives_is_noticed_without_being_looked_for(office: VaultOffice) -> None:
    elsewhere = aged(backups.zipped(office.root / MONDAY))
    deadline = time.monotonic() + 60
    while not (jobs := office.engine.jobs()) and time.monotonic() < deadline:
        cursor = office.engine.events.since(0).cursor
        if elsewhere.exists():
            elsewhere.rename(office.folder / MONDAY)
        office.engine.events.wait(cursor, timeout=2)
        office.engine.tick()
    assert jobs
    assert office.engine.wait(jobs[0].id, timeout=60).state is JobState.DONE
    assert office.kept() == [MONDAY]


def test_of_several_companies_none_is_forgotten(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / "20260101-430-SQL2008-Pieters.ebu"), days=60)
    aged(backups.zipped(office.folder / MONDAY), days=1)
    aged(backups.zipped(office.folder / TUESDAY))
    office.beat()
    assert office.kept() == ["20260101-430-SQL2008-Pieters.ebu", TUESDAY]


def test_the_date_in_a_name_counts_more_than_when_a_file_was_touched(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / TUESDAY), days=1)
    aged(backups.zipped(office.folder / MONDAY))  # copied back from somewhere, today
    office.beat()
    assert office.kept() == [TUESDAY]


def test_one_replaced_under_its_own_name_is_kept_anew(office: VaultOffice) -> None:
    file = backups.zipped(office.folder / "Jansen.ebu", b"maandag")
    aged(file)
    office.beat()
    backups.zipped(file, b"dinsdag!")
    aged(file, seconds=80)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert len(office.engine.history(office.vault.code)) == 2


def test_as_many_are_kept_as_wanted_the_newest(office: VaultOffice) -> None:
    office.engine.change_administration(office.vault.code, policy=Policy(keep=3))
    for day in range(1, 8):
        aged(backups.zipped(office.folder / f"2026-03-{day:02}.ebu"), seconds=600 - day)
        (job,) = office.beat(minutes=1)
        assert job.state is JobState.DONE
    assert len(office.engine.history(office.vault.code)) == 3
    assert office.kept() == ["2026-03-07.ebu"]
    assert len(list(office.folder.iterdir())) == 7  # the program's own are its own affair


def test_what_is_locked_up_stays_locked_up(office: VaultOffice) -> None:
    office.engine.keep_password("een goed wachtwoord", "een goed wachtwoord")
    office.engine.change_settings(lambda now: replace(now, protect=Protect.KEYRING))
    aged(backups.zipped(office.folder / MONDAY))
    (job,) = office.beat()
    assert job.state is JobState.DONE
    assert office.engine.history(office.vault.code)[0].encrypted


def test_while_the_destination_is_away_it_waits_and_then_is_kept(office: VaultOffice) -> None:
    away = office.root / "away"
    office.stick.folder.rename(away)
    aged(backups.zipped(office.folder / MONDAY))
    assert office.beat() == []
    assert "not stored yet" in office.told
    assert office.beat(days=2) == []
    assert office.reminders == 1
    away.rename(office.stick.folder)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE


def test_with_a_folder_from_outside_each_new_one_is_kept_all_the_same(office: VaultOffice) -> None:
    scans = office.root / "Scans"
    scans.mkdir()
    (scans / "bon.pdf").write_bytes(b"%PDF-1.4 bon")
    office.engine.add_extra(office.vault.code, scans)
    aged(backups.zipped(office.folder / MONDAY))
    (job,) = office.beat()
    assert job.state is JobState.DONE
    assert MONDAY in office.kept()
    assert any(name.endswith("bon.pdf") for name in office.kept())


def test_nothing_is_taken_by_itself_where_nobody_asked_for_it(office: VaultOffice) -> None:
    office.engine.change_administration(office.vault.code, vault=False)
    aged(backups.zipped(office.folder / MONDAY))
    assert office.beat() == []
    assert office.beat(days=2) == []
    assert office.reminders == 1
