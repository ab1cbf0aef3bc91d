"""What adds up over months: open files, threads, folders, memory; and how long a look takes."""

import gc
import os
import threading
import time
import tracemalloc
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bewaar.model import Backup, BackupId, Content, Counts, JobState, Proof
from bewaar.requests import BackupFile
from tests.scene import Office, book, make_sqlite_books
from tests.unkind.asking import ask, needs_fork
from tests.unkind.promises import (
    rest,
    work_left,
)

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts in /proc")


def open_files() -> list[str]:
    """Return what this process has open, without what it reads while it counts."""
    gc.collect()
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(handle.readlink()))
        except OSError:
            continue
    return sorted(name for name in found if "/proc/" not in name)


def everything(office: Office) -> None:
    """Use every verb once, also with a bad end."""
    book(office.sqlite_books)
    backup = office.proven(office.bakery)
    locked = office.proven(office.holding, password="een wachtwoord", even_unchanged=True)
    office.finish(office.engine.start_verify(BackupFile(backup=backup.id)))
    office.finish(office.engine.start_verify(BackupFile(backup=locked.id), "een ander"))
    office.engine.look_inside(BackupFile(backup=backup.id))
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    office.finish(office.engine.start_undo(office.bakery.code))
    office.finish(office.engine.start_rebuild(office.stick.id))
    away = office.root / "away"
    office.stick.folder.rename(away)
    office.back_up(office.bakery)
    away.rename(office.stick.folder)
    office.engine.scan()
    office.engine.tick()
    office.engine.look_at_drives()
    office.engine.overview()
    office.engine.jobs()


@ON_LINUX
def test_no_file_stays_open_and_no_thread_stays(office: Office) -> None:
    everything(office)
    files, threads = open_files(), threading.active_count()
    for _ in range(3):
        everything(office)
    assert open_files() == files
    assert threading.active_count() == threads
    assert work_left(office) == []


@ON_LINUX
def test_a_closed_bewaar_holds_nothing(office: Office) -> None:
    office.engine.close()
    before, others = open_files(), set(threading.enumerate())
    for _ in range(3):
        office.open()
        office.engine.start()
        office.engine.overview()
        office.engine.close()
    assert open_files() == before
    deadline = time.monotonic() + 30  # what looks at something just then ends after it
    while [t for t in set(threading.enumerate()) - others if t.name in {"pulse", "asking"}]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    office.open()


@ON_LINUX
def test_between_two_uses_nothing_is_open_at_a_destination(office: Office) -> None:
    everything(office)
    office.engine.start()
    for _ in range(3):
        office.engine.overview()
    deadline = time.monotonic() + 10
    while any(str(office.stick.folder) in name for name in open_files()):
        assert time.monotonic() < deadline, "a stick could not be ejected"


def test_a_start_that_fails_holds_nothing_and_can_be_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.engine.close()
    before = open_files() if Path("/proc/self/fd").is_dir() else []

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("bewaar.pulse.Pulse.settle_restores", fail)
        with pytest.raises(RuntimeError):
            office.open()
    assert (open_files() if before else []) == before
    office.open()
    assert office.back_up(office.bakery).state is JobState.DONE


def test_memory_does_not_grow_with_looking(office: Office) -> None:
    def look(times: int) -> None:
        for _ in range(times):
            office.engine.overview()
            office.engine.tick()
            office.clock.move(seconds=30)

    look(50)
    tracemalloc.start()
    try:
        look(50)
        known = [traced()]
        for _ in range(3):
            look(60)
            known.append(traced())
    finally:
        tracemalloc.stop()
    # What leaks grows each time; a table of Python's own that becomes larger does so once.
    grown = min(after - before for before, after in pairwise(known))
    assert grown < 120_000, f"{grown} bytes in 60 looks"


def traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@needs_fork
def test_a_large_file_takes_no_large_memory(office: Office) -> None:
    import resource

    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def growth() -> int:
        before = peak()
        office.open()
        backup = office.proven(office.holding)
        assert office.restore_new(backup, office.holding.code, "Terug").state is JobState.DONE
        office.engine.close()
        return peak() - before

    with (office.folder_books / "scans.bin").open("wb") as file:
        for _ in range(160):
            file.write(os.urandom(1 << 20))
    rest(office.folder_books)
    office.engine.close()
    grown = ask(growth)
    office.open()
    assert 1000 < grown < 130_000  # KiB, for 160 MiB of books


@pytest.fixture
def large_office(office: Office) -> Office:
    """Forty administrations, five destinations, five hundred backups: a busy accountant."""
    tables = {f"book.sqlite/table{n}": n * 100 for n in range(30)}
    places = [office.stick] + [
        office.engine.add_destination(office.root / f"d{n}", make_folder=True) for n in range(4)
    ]
    kept = [
        office.engine.add(make_sqlite_books(office.root / "many" / f"{n}.sqlite", rows=2))
        for n in range(38)
    ]
    for number in range(500):
        each, at = kept[number % 38], office.clock.now() - timedelta(hours=number)
        content = Content(
            code=each.code,
            name=each.name,
            place=str(each.place),
            program=each.program,
            storage=each.storage,
            files=1,
            size=9000,
            counts=Counts(tables=tables),
            fingerprint="f" * 64,
            single_file=True,
        )
        proof = Proof(
            proven_at=at, blake3="a" * 64, files=1, size=9000, databases=1, past_cache=True
        )
        office.engine._catalogue.backups.add(
            Backup(
                id=BackupId(uuid.uuid4().hex),
                destination=places[number % 5].id,
                file=f"{number}.zip",
                made_at=at,
                size=1,
                encrypted=False,
                contents=(content,),
                proof=proof,
            ),
            signatures={each.code: "s"},
        )
    return office


def test_a_look_at_everything_is_done_before_anyone_notices(large_office: Office) -> None:
    """Measured in this thread's own time, so that a busy machine makes no difference."""
    engine = large_office.engine
    engine.scan()
    engine.overview()

    def milliseconds(ask: Callable[[], object]) -> float:
        best = 1e9
        for _ in range(5):
            began = time.process_time()
            ask()
            best = min(best, (time.process_time() - began) * 1000)
        return best

    code = engine.settings().administrations[5].code
    assert milliseconds(engine.overview) < 40
    assert milliseconds(engine.tick) < 40
    assert milliseconds(engine.look_at_drives) < 20
    assert milliseconds(lambda: engine.history(code)) < 20
    assert milliseconds(lambda: engine.state(code)) < 30
    assert milliseconds(lambda: engine.jobs(limit=100)) < 30
