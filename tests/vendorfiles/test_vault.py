"""Each new backup that a program makes is kept, proven and given back; nothing less counts."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bewaar.errors import VaultStays, VaultUnfit
from bewaar.messages import text
from bewaar.model import Code, Job, JobState, Policy, Standing, State
from bewaar.progress import SILENT, Progress
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.settings import Protect
from tests import samples
from tests.clocks import SetClock
from tests.scene import Office
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged

pytestmark = pytest.mark.usefixtures("ordinary_urgency")

MONDAY, TUESDAY = "20260302-430-SQL2008-Jansen.ebu", "20260303-430-SQL2008-Jansen.ebu"


class VaultOffice(Office):
    """An office that has nothing but a folder into which a program puts its backups."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, clock=SetClock(datetime.now(UTC)))
        for one in (self.holding, self.bakery):
            self.engine.forget(one.code)
        self.folder = root / "Backups"
        self.folder.mkdir()
        self.vault = self.engine.add(self.folder, name="Jansen", code=Code("jansen"), vault=True)

    def finish(self, job: Job, progress: Progress = SILENT) -> Job:
        return self.engine.wait(job.id, timeout=60)

    @property
    def state(self) -> State:
        return self.engine.state(self.vault.code)

    def stands(self) -> Standing:
        """Return how it stands now."""
        return self.state.standing

    @property
    def told(self) -> str:
        """What the page says of the folder."""
        return "\n".join(text("en").vault(self.state))

    def beat(self, **by: float) -> list[Job]:
        """Let time pass, let Bewaar beat once, and return the jobs of that beat when over."""
        self.clock.move(**by)
        before = {job.id for job in self.engine.jobs()}
        self.engine.scan()
        self.engine.tick()
        new = [job.id for job in self.engine.jobs() if job.id not in before]
        return [self.engine.wait(id, timeout=60) for id in new]

    def kept(self) -> list[str]:
        """Return what stands in the newest backup."""
        newest = self.engine.history(self.vault.code)[0]
        with zipfile.ZipFile(self.stick.folder / newest.file) as archive:
            inside = [name for name in archive.namelist() if name.startswith("jansen/")]
        return sorted(name.removeprefix("jansen/") for name in inside)

    @property
    def reminders(self) -> int:
        events = self.engine.events.since(0).events
        return len([event for event in events if event.code == "reminder.due"])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[VaultOffice]:
    made = VaultOffice(tmp_path)
    made.engine.start()
    yield made
    made.engine.close()


# ── Each new one ────────────────────────────────────────────────────────────────────────────


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


# ── Not done yet, and damaged ───────────────────────────────────────────────────────────────


def test_one_that_is_being_written_is_waited_for(office: VaultOffice) -> None:
    whole = backups.zipped(office.root / "whole", os.urandom(100_000)).read_bytes()
    file = office.folder / MONDAY
    with file.open("wb") as writing:
        for part in range(4):
            writing.write(whole[part * 20_000 : (part + 1) * 20_000])
            writing.flush()
            assert office.beat(minutes=1) == []
            assert "is still being written" in office.told or "end is missing" in office.told
        aged(file, seconds=40)
        assert office.beat(minutes=1) == []
        assert "its end is missing" in office.told  # still, but no whole zip
        writing.write(whole[80_000:])
    aged(file, seconds=20)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert office.kept() == [MONDAY]


def test_one_that_a_program_still_has_open_is_waited_for(office: VaultOffice) -> None:
    file = aged(backups.zipped(office.folder / MONDAY))
    script = "import sys; f = open(sys.argv[1], 'ab'); print(1, flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert office.beat() == []
        assert "is still open" in office.told
    finally:
        holder.communicate()
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE


def test_whoever_asks_at_once_gets_the_one_that_was_just_made(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY), days=1)
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY), seconds=7)
    office.clock.move(minutes=1)
    job = office.back_up(office.vault)
    assert job.state is JobState.DONE
    assert office.kept() == [TUESDAY]


def test_half_of_a_pair_waits_for_the_other(office: VaultOffice) -> None:
    data, info = backups.pair(office.folder / "Jansen 2026-03-02.zip")
    late = data.rename(office.root / data.name)
    aged(info)
    assert office.beat() == []
    assert "Jansen 2026-03-02.ztx waits for Jansen 2026-03-02.zip" in office.told
    late.rename(data)
    aged(data, seconds=20)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert office.kept() == ["Jansen 2026-03-02.zip", "Jansen 2026-03-02.ztx"]


def test_with_pairs_about_a_lonely_half_is_never_kept(office: VaultOffice) -> None:
    aged(*backups.pair(office.folder / "Jansen 2026-03-02.zip"), days=1)
    aged(backups.zipped(office.folder / "Jansen 2026-03-03.zip"))
    office.beat()
    assert office.kept() == ["Jansen 2026-03-02.zip", "Jansen 2026-03-02.ztx"]
    assert "Jansen 2026-03-03.zip waits for Jansen 2026-03-03.ztx" in office.told
    info = office.folder / "Jansen 2026-03-03.ztx"
    info.write_text("[info]", "utf-8")
    aged(info, seconds=90)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert office.kept() == ["Jansen 2026-03-03.zip", "Jansen 2026-03-03.ztx"]


def test_half_a_pair_alone_is_a_failure_for_whoever_asks(office: VaultOffice) -> None:
    data, info = backups.pair(office.folder / "Jansen.zip")
    data.unlink()
    aged(info)
    job = office.back_up(office.vault)
    assert job.error is not None
    assert job.error.code == "source.pair"


def test_a_damaged_one_is_told_and_the_one_before_it_is_kept(office: VaultOffice) -> None:
    aged(backups.bacpac(office.folder / "Jansen 2026-03-02.bacpac", rows=70), days=1)
    bad = office.folder / "Jansen 2026-03-03.bacpac"
    bad.write_bytes(b"<html><title>404</title></html>" * 20)
    aged(bad)
    (job,) = office.beat()
    assert job.state is JobState.DONE
    assert any(note.code == "vendor.damaged" for note in job.notes)
    assert office.kept() == ["Jansen 2026-03-02.bacpac"]
    assert "2026-03-03.bacpac is a web page" in office.told
    (content,) = office.engine.history(office.vault.code)[0].contents
    assert sum(content.counts.tables.values()) == 70
    assert office.beat(minutes=1) == []


def test_when_all_are_damaged_that_is_a_failure(office: VaultOffice) -> None:
    aged(backups.bacpac(office.folder / "Jansen.bacpac", honest=False))
    (job,) = office.beat()
    assert job.error is not None
    assert job.error.code == "vendor.damaged"
    assert office.stands() is Standing.FAILED
    assert office.engine.history(office.vault.code) == ()


def test_a_cut_tape_is_never_kept(office: VaultOffice) -> None:
    aged(backups.tape(office.folder / "Jansen 2026-03-02.bak"), days=1)
    aged(backups.tape(office.folder / "Jansen 2026-03-03.bak", closed=False))
    (job,) = office.beat()
    assert office.kept() == ["Jansen 2026-03-02.bak"]
    assert [note.code for note in job.notes].count("vendor.unchecked.server") == 1


def test_far_less_than_last_time_is_an_alarm(office: VaultOffice) -> None:
    aged(backups.bacpac(office.folder / "2026-03-02.bacpac", rows=9000, filling=400), days=1)
    office.beat()
    aged(backups.bacpac(office.folder / "2026-03-03.bacpac", rows=8000, filling=3))
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert any(note.code == "vendor.smaller" for note in job.notes)
    aged(backups.bacpac(office.folder / "2026-03-04.bacpac", rows=90))
    (job,) = office.beat(minutes=1)
    assert job.error is not None
    assert job.error.code == "source.shrunk"
    assert office.kept() == ["2026-03-03.bacpac"]


# ── Time ────────────────────────────────────────────────────────────────────────────────────


def test_a_program_that_makes_none_any_more_is_told_and_reminded_of(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    assert office.beat(hours=40) == []
    assert office.stands() is Standing.PROVEN
    assert office.beat(hours=20) == []
    assert office.stands() is Standing.OVERDUE
    assert text("en").badge(office.state) == "no new backup by its program"
    sentence = text("en").truth(office.engine.overview()).sentence
    assert sentence == "The program of Jansen has made no new backup for 2 days."
    assert not office.engine.overview().waiting  # Bewaar has nothing to store
    assert office.reminders == 1
    aged(backups.zipped(office.folder / TUESDAY))
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE


def test_a_file_from_the_future_does_not_make_it_safe_for_ever(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY), days=-900)
    office.beat()
    assert office.stands() is Standing.PROVEN
    office.beat(days=4)
    assert office.stands() is Standing.OVERDUE


def test_a_clock_that_goes_back_begins_nothing_and_claims_nothing(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    assert office.beat(days=-3) == []
    assert office.stands() is not Standing.PROVEN
    assert not office.state.awaits_program


# ── Back again ──────────────────────────────────────────────────────────────────────────────


def test_the_file_of_one_day_comes_back_under_its_name(office: VaultOffice) -> None:
    content = backups.zipped(office.folder / MONDAY, b"maandag").read_bytes()
    aged(office.folder / MONDAY, days=1)
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    office.beat(minutes=1)
    monday = office.engine.history(office.vault.code)[1]
    into = office.root / "terug"
    into.mkdir()
    request = RestoreRequest(
        file=BackupFile(backup=monday.id),
        code=office.vault.code,
        mode=RestoreMode.NEW,
        new_name="Jansen maandag",
        into=into,
    )
    job = office.engine.wait(office.engine.start_restore(request).id, timeout=60)
    assert job.state is JobState.DONE
    assert (into / "Jansen maandag" / MONDAY).read_bytes() == content
    (restored,) = (a for a in office.engine.settings().administrations if a.place.parent == into)
    assert not restored.vault


def test_the_folder_of_a_program_is_never_replaced(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    before = samples.lying(office.folder)
    request = RestoreRequest(
        file=BackupFile(backup=office.engine.history(office.vault.code)[0].id),
        code=office.vault.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="Jansen",
    )
    with pytest.raises(VaultStays):
        office.engine.start_restore(request)
    assert samples.lying(office.folder) == before


def test_books_are_no_backups_of_a_program(office: VaultOffice) -> None:
    book = samples.gnucash_book(office.root / "boek.gnucash")
    with pytest.raises(VaultUnfit):
        office.engine.add(book, vault=True)


# ── Cut short ───────────────────────────────────────────────────────────────────────────────

_TAKER = """
import sys
from pathlib import Path
from bewaar.engine import Engine
from bewaar.model import Code, DestinationId
from bewaar.paths import home
from bewaar.requests import BackupRequest

engine = Engine(home())
request = BackupRequest(codes=(Code("jansen"),), destination=DestinationId(sys.argv[1]))
print("begun", flush=True)
engine.run(engine.start_backup(request).id, __import__("bewaar.progress").progress.SILENT)
"""


def test_killed_at_any_moment_it_is_kept_later_and_nothing_counts_that_is_not_whole(
    tmp_path: Path,
) -> None:
    office = VaultOffice(tmp_path)
    data = random.Random(4).randbytes(12 << 20)
    with zipfile.ZipFile(office.folder / MONDAY, "w") as package:
        package.writestr("administratie.dat", data)
    aged(office.folder / MONDAY)
    office.engine.close()
    for wait in (0.02, 0.1, 0.25):
        taker = subprocess.Popen(
            [sys.executable, "-c", _TAKER, office.stick.id], stdout=subprocess.PIPE
        )
        assert taker.stdout is not None
        taker.stdout.readline()
        try:
            taker.wait(wait)
        except subprocess.TimeoutExpired:
            taker.send_signal(signal.SIGKILL)
        taker.communicate()
    office.open().start()
    office.clock.at = datetime.now(UTC)
    for backup in office.engine.history(office.vault.code):
        assert (office.stick.folder / backup.file).stat().st_size == backup.size
    office.beat(minutes=20)
    for job in office.engine.jobs():
        office.engine.wait(job.id, timeout=60)
    office.engine.scan()
    assert office.kept() == [MONDAY]
    assert office.stands() is Standing.PROVEN
    office.engine.close()
