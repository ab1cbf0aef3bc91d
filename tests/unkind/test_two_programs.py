"""Two Bewaars at once, each a process of its own: they take turns, and nothing is lost."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.clock import SystemClock
from bewaar.engine import Engine
from bewaar.errors import DestinationBusy
from bewaar.model import Backup, Job, JobState
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest
from tests.scene import Office, book, make_folder_books, rows_in
from tests.unkind.promises import archives_at, every_backup_is_good

COMMAND = [sys.executable, "-c", "from bewaar.cli import cli; cli()"]


class Call:
    """One call of `bewaar --json`, under way."""

    def __init__(self, *words: object) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, words), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def answer(self, code: int = 0) -> Any:
        out, err = self._process.communicate(timeout=60)
        assert self._process.returncode == code, (out, err)
        return json.loads(out)


def answers(calls: Sequence[Call]) -> list[Any]:
    return [call.answer() for call in calls]


def made(office: Office, job: Job) -> Backup:
    return office.engine.backup(job.backups[0])


@pytest.fixture
def office(tmp_path: Path) -> Any:
    made = Office(tmp_path, clock=SystemClock())  # type: ignore[arg-type]
    yield made
    made.engine.close()


def test_four_that_start_for_the_first_time_at_once_all_start(tmp_path: Path) -> None:
    for kept in answers([Call("list") for _ in range(4)]):
        assert "error" not in kept
    folder = make_folder_books(tmp_path / "books")
    assert Call("add", folder).answer()


def test_two_backups_to_one_destination_take_turns_and_both_count(office: Office) -> None:
    office.engine.close()
    calls = [
        Call("backup", office.bakery.code, "--to", "Blue stick", "--force"),
        Call("backup", office.holding.code, "--to", "Blue stick", "--force"),
        Call("backup", office.bakery.code, "--to", "Blue stick", "--force"),
    ]
    answers(calls)
    office.open()
    proven = every_backup_is_good(office, office.bakery.code, office.holding.code)
    assert len(proven) == 3
    assert archives_at(office.stick) == sorted(b.file for b in proven)
    assert all(job.state is JobState.DONE for job in office.engine.jobs())


def test_a_call_waits_for_the_queue_of_a_bewaar_that_runs(office: Office) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(30 << 20))
    office.engine.start()
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    first = office.engine.start_backup(request)
    call = Call("backup", office.bakery.code, "--to", "Blue stick")
    office.engine.tick()
    call.answer()
    assert office.engine.wait(first.id, timeout=30).state is JobState.DONE
    made = every_backup_is_good(office, office.holding.code, office.bakery.code)
    assert len(made) == 2


def test_what_runs_in_one_is_not_taken_for_interrupted_by_another(office: Office) -> None:
    seen = threading.Event()
    go_on = threading.Event()

    class Waiting:
        """Progress that stands still until it may go on."""

        def __getattr__(self, name: str) -> Any:
            return getattr(SILENT, name)

        def check(self) -> None:
            seen.set()
            go_on.wait(20)

    request = BackupRequest(codes=(office.bakery.code,), destination=office.stick.id)
    job = office.engine.start_backup(request)
    running = threading.Thread(target=office.engine.run, args=(job.id, Waiting()))
    running.start()
    assert seen.wait(10)
    try:
        other = Engine(home(), clock=office.clock, secrets=office.secrets)
        assert other.job(job.id).state is JobState.RUNNING
        assert other.destinations()[0].unfinished == ()
        with pytest.raises(DestinationBusy):
            other.remove_unfinished(office.stick.id)
        other.close()
    finally:
        go_on.set()
        running.join(20)
    assert office.engine.job(job.id).state is JobState.DONE


def test_settings_changed_by_two_at_once_hold_both_changes(office: Office) -> None:
    folders = [make_folder_books(office.root / "books" / f"client {n}") for n in range(6)]
    calls = [Call("add", folder, "--name", folder.name) for folder in folders]
    for number in range(20):
        office.engine.change_settings(
            lambda s, n=number: replace(s, roots=(*s.roots, office.root / f"root {n}"))  # type: ignore[misc]
        )
    answers(calls)
    settings = office.engine.settings()
    assert {a.name for a in settings.administrations} >= {folder.name for folder in folders}
    assert len({a.code for a in settings.administrations}) == 8
    assert len(settings.roots) == 20


def test_one_removes_backups_while_the_other_makes_them_and_two_always_stay(
    office: Office,
) -> None:
    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    calls = []
    for _ in range(5):
        book(office.sqlite_books)
        calls.append(Call("backup", office.bakery.code, "--to", "Blue stick", "--force"))
    answers(calls)
    kept = every_backup_is_good(office, office.bakery.code)
    assert len(kept) == 2
    assert archives_at(office.stick) == sorted(b.file for b in kept)


def test_two_restores_into_one_place_leave_whole_books_and_a_way_back(office: Office) -> None:
    """From two destinations, so no queue keeps them apart."""
    other = office.engine.add_destination(office.root / "other", make_folder=True)
    first = made(office, office.back_up(office.bakery))
    book(office.sqlite_books, rows=5)
    second = made(office, office.back_up(office.bakery, to=other))
    book(office.sqlite_books, rows=5)
    office.engine.close()
    calls = [
        Call("restore", office.stick.folder / first.file, "--original", "--yes"),
        Call("restore", other.folder / second.file, "--original", "--yes"),
    ]
    answers(calls)
    office.open()
    assert rows_in(office.sqlite_books) in (120, 125)
    assert office.engine.overview().recoveries == ()
    office.finish(office.engine.start_undo(office.bakery.code))
    assert rows_in(office.sqlite_books) in (120, 125, 130)
    assert office.engine.undoable(office.bakery.code) is None
