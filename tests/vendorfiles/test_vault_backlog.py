"""Of several backups that a program made meanwhile each is taken in once, the oldest first."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bewaar.model import JobState, Policy, Standing, moment_of
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged
from tests.vendorfiles.office import BEFORE, VaultOffice

pytestmark = pytest.mark.usefixtures("ordinary_urgency")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[VaultOffice]:
    """Bewaar was off for the last thirty days."""
    made = VaultOffice(tmp_path)
    made.away(days=30)
    yield made
    made.engine.close()


def ebu(office: VaultOffice, day: int, company: str = "Jansen", **ago: float) -> Path:
    """Let the program make a backup on one of nine days, the last of them four hours ago."""
    file = backups.zipped(office.folder / f"202603{day:02}-430-SQL2008-{company}.ebu")
    aged(file, **(ago or {"days": (10 - day) / 6}))
    return file


def test_each_one_is_a_backup_of_its_own_with_its_own_time(office: VaultOffice) -> None:
    made = [ebu(office, day) for day in (5, 3, 4, 9)]
    (job,) = office.back()
    assert (job.state, job.by_itself, len(job.backups)) == (JobState.DONE, True, 4), job.error
    assert office.in_each()[1:] == [
        [f"202603{day:02}-430-SQL2008-Jansen.ebu"] for day in (3, 4, 5, 9)
    ]
    times = {file.name: file.stat().st_mtime_ns for file in made}
    for backup in office.engine.history(office.vault.code)[:4]:
        (new,) = (took for took in backup.contents[0].took if took.new)
        assert new.mtime_ns == times[new.path]
        at = moment_of(new.mtime_ns)
        assert at
        assert at < backup.made_at
    assert office.stands() is Standing.PROVEN
    assert office.beat(minutes=1) == []


def test_only_as_many_stay_as_are_wanted_and_none_comes_again(office: VaultOffice) -> None:
    office.open()
    office.engine.change_administration(office.vault.code, policy=Policy(keep=3))
    office.engine.close()
    for day in range(1, 7):
        ebu(office, day)
    (job,) = office.back()
    assert len(job.backups) == 6
    assert [inside[0][6:8] for inside in office.in_each()] == ["04", "05", "06"]
    assert office.beat(minutes=1) == []
    office.engine.close()
    assert office.back() == []


def test_what_was_taken_is_never_taken_again_whatever_becomes_of_it(office: VaultOffice) -> None:
    file = ebu(office, 3)
    office.back()
    assert len(office.in_each()) == 2
    renamed = file.rename(file.with_name("Kopie van maart.ebu"))
    assert office.beat(minutes=1) == []
    shutil.copyfile(renamed, office.folder / "Nog een.ebu")
    aged(office.folder / "Nog een.ebu", seconds=30)
    assert office.beat(minutes=1) == []
    office.engine.close()
    aged(renamed, seconds=50)
    aged(office.folder / BEFORE, seconds=40)
    assert office.back() == []
    renamed.unlink()
    assert office.beat(minutes=1) == []
    assert office.stands() is Standing.PROVEN
    assert len(office.in_each()) == 2


def test_the_newest_is_stored_again_when_the_backup_that_held_it_is_lost(
    office: VaultOffice,
) -> None:
    ebu(office, 3)
    office.back()
    lost = office.engine.history(office.vault.code)[0]
    (office.stick.folder / lost.file).unlink()
    assert office.back_up(office.vault).state is JobState.DONE
    assert office.kept() == ["20260303-430-SQL2008-Jansen.ebu"]
    again = office.back_up(office.vault)
    assert again.backups == ()


def test_two_alike_are_one(office: VaultOffice) -> None:
    first = ebu(office, 3)
    shutil.copyfile(first, aged(ebu(office, 4)))
    aged(office.folder / "20260304-430-SQL2008-Jansen.ebu")
    (job,) = office.back()
    assert job.state is JobState.DONE
    assert len(job.backups) == 1
    assert office.beat(minutes=1) == []


def test_each_holds_the_newest_of_the_other_companies_too(office: VaultOffice) -> None:
    ebu(office, 3), ebu(office, 4, "Pieters"), ebu(office, 5)
    (job,) = office.back()
    assert job.state is JobState.DONE
    assert [sorted(name[6:8] for name in inside) for inside in office.in_each()[1:]] == [
        ["03"],
        ["03", "04"],
        ["04", "05"],
    ]


def test_a_half_written_one_waits_and_comes_when_it_is_whole(office: VaultOffice) -> None:
    ebu(office, 3)
    whole = ebu(office, 4).read_bytes()
    half = office.folder / "20260304-430-SQL2008-Jansen.ebu"
    half.write_bytes(whole[:-30])
    aged(half, days=2)
    ebu(office, 5, days=1)
    (job,) = office.back()
    assert [inside[0][6:8] for inside in office.in_each()[1:]] == ["03", "05"]
    assert "20260304-430-SQL2008-Jansen.ebu is half-written" in office.told
    assert office.beat(minutes=1) == []
    half.write_bytes(whole)
    aged(half, seconds=30)
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE
    assert [name[6:8] for name in office.kept()] == ["04", "05"]  # the newest stays at hand
    assert office.beat(minutes=1) == []
    assert office.stands() is Standing.PROVEN


def test_a_damaged_one_between_them_is_told_and_left_out(office: VaultOffice) -> None:
    ebu(office, 3)
    ebu(office, 4).write_bytes(b"<html><title>404</title></html>" * 20)
    aged(office.folder / "20260304-430-SQL2008-Jansen.ebu", days=2)
    ebu(office, 5)
    office.back()
    assert [inside[0][6:8] for inside in office.in_each()[1:]] == ["03", "05"]
    assert office.beat(minutes=1) == []
    assert office.stands() is Standing.PROVEN


def test_one_that_is_refused_does_not_stand_in_the_way(office: VaultOffice) -> None:
    for day, rows in ((3, 9000), (4, 90), (5, 9100)):
        file = backups.bacpac(office.folder / f"2026-03-0{day}.bacpac", rows=rows)
        aged(file, days=10 - day)
    (job,) = office.back()
    assert [inside[0] for inside in office.in_each()[1:]] == [
        "2026-03-03.bacpac",
        "2026-03-05.bacpac",
    ]
    assert job.error is not None
    assert job.error.code == "source.shrunk"
    assert office.stands() is Standing.FAILED
    accepted = office.back_up(office.vault, accept_fewer=True)
    assert accepted.state is JobState.DONE
    assert "2026-03-04.bacpac" in office.kept()
    assert office.beat(minutes=1) == []


def test_another_destination_gets_its_own(office: VaultOffice) -> None:
    ebu(office, 3)
    office.back()
    second = office.engine.add_destination(office.root / "stick B", make_folder=True)
    first = office.back_up(office.vault, to=second)
    assert len(first.backups) == 1  # the newest of each: what was before is no news there
    ebu(office, 9)
    for to in (second, office.stick):
        assert len(office.back_up(office.vault, to=to).backups) == 1
        assert office.back_up(office.vault, to=to).backups == ()


def test_of_many_that_were_there_before_only_the_newest_is_stored_unasked(tmp_path: Path) -> None:
    office = VaultOffice(tmp_path)
    for number in range(300):
        aged(backups.zipped(office.folder / f"Jansen ({number}).ebu"), days=400 - number)
    office.engine.start()
    (job,) = office.beat()
    assert (job.state, len(job.backups)) == (JobState.DONE, 1)
    assert "299 older backups, " in office.told
    assert "were there before and are not stored" in office.told
    assert office.beat(minutes=1) == []
    office.engine.change_administration(office.vault.code, policy=Policy(keep=4))
    older = office.engine.want_older(office.vault.code)
    assert (older.count, len(older.fitting)) == (299, 3)
    office.engine.close()
    (job,) = office.back()
    assert len(job.backups) == 3
    assert office.in_each() == [
        ["Jansen (299).ebu"],
        ["Jansen (296).ebu", "Jansen (299).ebu"],
        ["Jansen (297).ebu", "Jansen (299).ebu"],
        ["Jansen (298).ebu", "Jansen (299).ebu"],
    ]
    assert office.engine.want_older(office.vault.code).fitting == ()
    assert office.beat(minutes=1) == []
    aged(backups.zipped(office.folder / "Jansen (300).ebu", b"half as much"))
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE, job.error
    assert office.kept() == ["Jansen (300).ebu"]
    office.engine.close()


def test_what_lay_there_while_nobody_wanted_each_is_left(office: VaultOffice) -> None:
    office.open()
    office.engine.change_administration(office.vault.code, vault=False)
    for day in (3, 4, 5):
        ebu(office, day)
    office.engine.change_administration(office.vault.code, vault=True)
    office.engine.start()
    (job,) = office.beat()
    assert len(job.backups) == 1
    assert office.kept() == ["20260305-430-SQL2008-Jansen.ebu"]
    assert "2 older backups" in office.told


# ── Cut short ───────────────────────────────────────────────────────────────────────────────

_TAKER = """
import sys
from bewaar.engine import Engine
from bewaar.model import Code, DestinationId
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest

engine = Engine(home())
request = BackupRequest(codes=(Code("jansen"),), destination=DestinationId(sys.argv[1]))
engine.run(engine.start_backup(request).id, SILENT)
"""


def test_killed_between_two_of_them_it_goes_on_where_it_was(office: VaultOffice) -> None:
    for day in range(1, 9):
        ebu(office, day)
    lying = office.stick.folder
    before = {file.name for file in lying.glob("*.zip")}
    taker = subprocess.Popen([sys.executable, "-c", _TAKER, office.stick.id])
    deadline = time.monotonic() + 60
    while len({file.name for file in lying.glob("*.zip")} - before) < 2:
        assert time.monotonic() < deadline
        assert taker.poll() is None
        time.sleep(0.005)
    taker.send_signal(signal.SIGKILL)
    taker.wait()
    office.open()
    already = len(office.in_each())
    assert already < 9
    office.engine.start()
    office.beat(minutes=20)
    for job in office.engine.jobs():
        office.engine.wait(job.id, timeout=60)
    days = [inside[0][6:8] for inside in office.in_each()[1:]]
    assert sorted(set(days)) == [f"{day:02}" for day in range(1, 9)]
    assert len(days) <= 9  # one that was cut off after it was proven may be there twice
    assert office.beat(minutes=20) == []
