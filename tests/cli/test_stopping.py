"""Stopped in the middle, or two at once: nothing half-done stays, nothing is lost."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.paths import home
from tests.cli.conftest import DEADLINE, Bewaar

BIG = 160_000_000  # bytes that do not shrink: seconds of work


@pytest.fixture
def big(office: Bewaar) -> Bewaar:
    """An administration large enough to be stopped in the middle."""
    block = os.urandom(1_000_000)
    with (office.holding / "groot.dat").open("wb") as file:
        for _ in range(BIG // len(block)):
            file.write(block)
    return office


def until(true: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is true while the process still works."""
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert process.poll() is None, "it was over too soon"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def writing(folder: Path, least: int = 1_000_000) -> bool:
    """Whether a backup is being written there, and so much of it lies there already."""
    try:
        return any(part.stat().st_size >= least for part in folder.glob("*.zip.part"))
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_backup_that_is_stopped_leaves_nothing_behind(number: int, big: Bewaar) -> None:
    process = big.start("backup", "holding", "--to", big.stick)
    until(lambda: writing(big.stick), process)
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert out == b""
    assert err.decode().splitlines()[0] == "It was stopped, as you asked."
    assert big.zips() == []
    assert not any(home().snapshots.iterdir())
    assert big.json("history", "holding") == {"backups": []}
    assert len(big.json("backup", "holding", "--to", big.stick)["backups"]) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_verb_that_is_stopped_before_its_job_leaves_nothing_behind(
    number: int, big: Bewaar
) -> None:
    process = big.start("backup", "holding", "--to", big.root / "nieuw", "--make-folder", "--json")
    until((home().logs / "cli.log").exists, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (1, b"")
    assert b'"code": "cancelled"' in out
    assert not any((big.root / "nieuw").glob("*.zip*"))


def test_a_stopped_backup_is_one_json_value_too(big: Bewaar) -> None:
    process = big.start("backup", "holding", "--to", big.stick, "--json")
    until(lambda: any(home().snapshots.glob("*/*")), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (1, b"")
    assert b'"code": "cancelled"' in out
    assert out.count(b"\n") == 1
    assert big.zips() == []


def test_a_killed_backup_is_called_interrupted_and_the_next_one_works(big: Bewaar) -> None:
    process = big.start("backup", "holding", "--to", big.stick)
    until(lambda: writing(big.stick), process)
    process.kill()
    process.communicate(timeout=DEADLINE)
    assert not any(big.stick.glob("*.zip"))
    states = {each["code"]: each for each in big.json("status")["administrations"]}
    assert states["holding"]["last_backup"] is None
    assert len(big.json("backup", "holding", "--to", big.stick)["backups"]) == 1


def test_two_at_once_take_turns(office: Bewaar) -> None:
    calls = [
        office.start("backup", code, "--to", office.stick, "--json")
        for code in ("holding", "bakkerij", "holding")
    ]
    for call in calls:
        out, err = call.communicate(timeout=DEADLINE)
        assert (call.returncode, err) == (0, b""), out
    assert len(office.zips()) == 2
    for file in office.stick.glob("*.zip"):
        assert office.json("verify", file)["files"][0]["good"]
    assert office("status").out.startswith("Both administrations are safely stored.")


def test_waiting_for_another_backup_can_be_stopped(big: Bewaar) -> None:
    first = big.start("backup", "holding", "--to", big.stick)
    until(lambda: writing(big.stick), first)
    first.send_signal(signal.SIGSTOP)  # or it might be through before the second begins
    second = big.start("backup", "bakkerij", "--to", big.stick)
    try:
        until(lambda: len(unfinished_jobs()) == 2, second)
        second.send_signal(signal.SIGINT)
        second.communicate(timeout=DEADLINE)
    finally:
        first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    first.communicate(timeout=DEADLINE)
    assert first.returncode == 0
    assert len(big.zips()) == 1


def unfinished_jobs() -> list[str]:
    """The jobs in the catalogue, as another process sees them."""
    database = sqlite3.connect(f"file:{home().catalogue_file}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT id FROM jobs WHERE state != 'done'").fetchall()
    finally:
        database.close()
    return [row[0] for row in rows]
