"""The checker finds what is broken: each promise is broken by hand once, and it says so."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from bewaar.errors import Fault
from bewaar.progress import SILENT
from bewaar.requests import BackupFile
from bewaar.restore import Journal, Step
from tests.faults.driver import BAKERY, BY_ITSELF, HOLDING, STICK
from tests.faults.harms import COUNT, Harm
from tests.faults.promises import Allowed, Before, Promise, Report, check, look
from tests.faults.runs import Range, Run, allowed
from tests.faults.world import FRESH, RESTORED, World

NOTHING = Run(harm=Harm(kind="nothing", what=COUNT), action="start", fraction=0.0, seed=0)


@pytest.fixture
def world(ground: Range) -> Iterator[World]:
    ground.world.reset(FRESH)
    yield ground.world
    ground.world.unmount()


def checked(world: World, before: Before, status: int = 0, **changes: object) -> Report:
    expected: Allowed = replace(allowed(NOTHING, world), **changes)  # type: ignore[arg-type]
    return check(world, before, expected, status=status)


def broken(report: Report) -> set[str]:
    return {line.split(": ")[0] for line in report.broken}


def test_a_world_to_which_nothing_happened_breaks_nothing(world: World) -> None:
    report = checked(world, look(world))
    assert report.broken == []
    assert set(report.checked) >= set(Promise) - {Promise.WAY_BACK, Promise.TOLD_JOB}


# ── What is done to it ──────────────────────────────────────────────────────────────────────


def newest(world: World) -> str:
    files = [str(line["file"]) for line in world.ledger.read() if HOLDING in line["codes"]]
    return files[-1]


def flip_a_byte(world: World) -> None:
    with (world.room("stick") / newest(world)).open("r+b") as file:
        file.seek(300)
        (byte,) = file.read(1)
        file.seek(300)
        file.write(bytes([byte ^ 1]))


def remove_a_backup(world: World) -> None:
    (world.room("stick") / newest(world)).unlink()


def remove_a_safety_copy(world: World) -> None:
    next(world.home.safety.glob("*.zip")).unlink()


def forget_a_backup(world: World) -> None:
    _in_the_catalogue(world, "DELETE FROM backups WHERE file = ?", newest(world))


def forget_a_proof(world: World) -> None:
    _in_the_catalogue(world, "UPDATE backups SET proof = NULL WHERE file = ?", newest(world))


def list_an_unfinished_file(world: World) -> None:
    _in_the_catalogue(
        world, "UPDATE backups SET file = file || '.part' WHERE file = ?", newest(world)
    )


def leave_a_broken_archive(world: World) -> None:
    (world.room("stick") / "Jansen half.zip").write_bytes(b"PK\x03\x04 and no more")


def leave_a_part_nobody_names(world: World) -> None:
    (world.room("stick") / "Jansen half.zip.part").write_bytes(b"PK\x03\x04 and no more")


def mix_the_books(world: World) -> None:
    (world.holding / "2026" / "journaal.dat").unlink()


def lose_a_row(world: World) -> None:
    with closing(sqlite3.connect(world.bakery)) as database:
        database.execute("DELETE FROM entries WHERE id = 3")
        database.commit()


def place_half_an_administration(world: World) -> None:
    (world.root / "books" / "into" / "Terug").mkdir()


def touch_somebody_elses_file(world: World) -> None:
    (world.root / "elsewhere" / "belangrijk.txt").write_text("changed")


def remove_somebody_elses_download(world: World) -> None:
    (world.room("stick") / "film.zip.part").unlink()


def leave_a_file_among_the_books(world: World) -> None:
    (world.root / "books" / "Bakkerij.sqlite-wal").write_bytes(b"")


def leave_a_work_folder(world: World) -> None:
    (world.root / "books" / ".bewaar-0123" / "new").mkdir(parents=True)


def leave_a_snapshot(world: World) -> None:
    (world.home.snapshots / "held").mkdir(parents=True)


def change_a_setting(world: World) -> None:
    engine = world.open()
    engine.change_settings(lambda s: replace(s, language="sv"))
    engine.forget(BAKERY)
    engine.close()


def hide_a_failure(world: World) -> None:
    """A job that failed, and nobody is told."""
    engine = world.open()
    file = BackupFile(destination=engine.destination(STICK).id, name="Anders.zip")
    job = engine.start_verify(file)
    world.ledger.write("begun", job=job.id)
    over = engine.run(job.id, SILENT)
    world.ledger.write("over", job=job.id, state=over.state, code="")
    engine.close()
    _in_the_catalogue(world, "DELETE FROM failures WHERE job = ?", job.id)


def lose_a_job(world: World) -> None:
    world.ledger.write("begun", job="0" * 32)


def fail_by_a_fault(world: World) -> None:
    hide_a_failure(world)
    lines = world.ledger.read()
    lines[-1]["code"] = Fault.code
    world.ledger.file.write_text("".join(json.dumps(line) + "\n" for line in lines))


def break_the_catalogue(world: World) -> None:
    _in_the_catalogue(world, "PRAGMA user_version = 999")


def leave_the_journal_open(world: World) -> None:
    """A swap that cannot be settled: something else lies where the books were."""
    world.reset(RESTORED)
    swap = Journal(world.home.journal).swaps()[0]
    swap.new.mkdir(exist_ok=True)
    Journal(world.home.journal).write(replace(swap, step=Step.PLACING))


def _in_the_catalogue(world: World, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(world.home.catalogue_file)) as database:
        database.execute(sql, values)
        database.commit()


@pytest.mark.parametrize(
    ("harm", "promises"),
    [
        (flip_a_byte, {Promise.PROVEN, Promise.VERIFIES, Promise.HONEST}),
        (remove_a_backup, {Promise.RETENTION, Promise.HONEST}),
        (forget_a_backup, {Promise.LISTED}),
        (forget_a_proof, {Promise.LISTED}),
        (list_an_unfinished_file, {Promise.PART, Promise.LISTED, Promise.HONEST}),
        (leave_a_broken_archive, {Promise.VERIFIES}),
        (leave_a_part_nobody_names, {Promise.CLEAN}),
        (mix_the_books, {Promise.BOOKS}),
        (lose_a_row, {Promise.BOOKS}),
        (place_half_an_administration, {Promise.NEW}),
        (touch_somebody_elses_file, {Promise.OTHERS}),
        (remove_somebody_elses_download, {Promise.OTHERS}),
        (leave_a_file_among_the_books, {Promise.OTHERS}),
        (leave_a_work_folder, {Promise.CLEAN}),
        (leave_a_snapshot, {Promise.CLEAN}),
        (change_a_setting, {Promise.SETTINGS}),
        (hide_a_failure, {Promise.TOLD_FAILURE}),
        (lose_a_job, {Promise.TOLD_JOB}),
        (fail_by_a_fault, {Promise.ENDS}),
        (break_the_catalogue, {Promise.STARTS}),
        (leave_the_journal_open, {Promise.JOURNAL, Promise.TOLD_SWAP}),
    ],
)
def test_what_is_broken_is_found(
    world: World, harm: Callable[[World], None], promises: set[Promise]
) -> None:
    before = look(world)
    harm(world)
    assert broken(checked(world, before)) >= promises


def test_a_program_that_failed_by_itself_is_found(world: World) -> None:
    assert Promise.ENDS in broken(checked(world, look(world), status=BY_ITSELF))


def test_a_locked_backup_that_was_removed_is_found_although_newer_ones_are_there(
    world: World,
) -> None:
    before = look(world)
    oldest = world.ledger.read()[0]
    assert oldest["locked"]
    (world.room("stick") / oldest["file"]).unlink()
    _in_the_catalogue(world, "DELETE FROM backups WHERE file = ?", oldest["file"])
    assert Promise.RETENTION in broken(checked(world, before, removal=True))


def test_a_restore_that_cannot_be_undone_is_found(world: World) -> None:
    world.reset(RESTORED)
    before = look(world)
    swap = next(s for s in Journal(world.home.journal).swaps() if s.code == HOLDING)
    os.truncate(swap.old / "index.txt", 0)
    both = (world.states["stored", HOLDING], world.states["later", HOLDING])
    states = {HOLDING: both, BAKERY: (world.states["stored", BAKERY],)}
    assert Promise.WAY_BACK in broken(checked(world, before, states=states))
