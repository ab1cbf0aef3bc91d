"""What a program is not done with is waited for; what is damaged is told and never kept."""

import os
import subprocess
import sys

import pytest

from bewaar.model import JobState, Standing
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged
from tests.vendorfiles.office import MONDAY, TUESDAY, VaultOffice

pytestmark = pytest.mark.usefixtures("ordinary_urgency")


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
    aged(backups.bacpac(office.folder / "Jansen.bacpac", checksum=b"another"))
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
