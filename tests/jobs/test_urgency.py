"""A backup nobody clicked takes only what other programs leave; a clicked one takes its share."""

import ctypes
import os
import re
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bewaar.jobs import Outcome, Work
from bewaar.model import Job, JobState
from bewaar.progress import Progress
from bewaar.requests import BackupRequest
from bewaar.system import priority
from tests.scene import Office
from tests.unkind.promises import rest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")

LEAST, ORDINARY = 19, 0
IDLE_DISK = 3
IOPRIO_GET = {"x86_64": 252, "aarch64": 31}.get(os.uname().machine)


def urgency(thread: int) -> tuple[int, int | None]:
    """Return a thread's niceness and its class for disks. Raises ProcessLookupError."""
    nice = os.getpriority(os.PRIO_PROCESS, thread)
    if IOPRIO_GET is None:
        return nice, None
    found = ctypes.CDLL(None).syscall(IOPRIO_GET, 1, thread)
    if found < 0:
        raise ProcessLookupError(thread)
    return nice, found >> 13


def threads() -> set[int]:
    return {int(task.name) for task in Path("/proc/self/task").iterdir()}


@dataclass
class Census:
    """Looks at every thread that works and was not there before; some only wait for another."""

    waiting: str

    before: set[int] = field(default_factory=threads)
    seen: dict[str, set[tuple[int, int | None]]] = field(default_factory=dict)

    def look(self) -> None:
        names = {t.native_id: t.name for t in threading.enumerate()}
        for thread in threads() - self.before:
            name = re.sub("[-_][0-9a-f]+$", "", names.get(thread, "?"))
            if name == self.waiting:
                continue
            with suppress(OSError):  # it has just ended
                met = urgency(thread)
                self.seen.setdefault(name, set()).add(met)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    (made.folder_books / "scans.bin").write_bytes(os.urandom(2 << 20))
    for number in range(10):
        (made.folder_books / f"journaal {number}.txt").write_bytes(b"%d;" % number * 30_000)
    rest(made.root / "books")
    yield made
    made.engine.close()


class Watched:
    """Progress that looks at all threads at each safe point, where packing threads are at work."""

    def __init__(self, progress: Progress, census: Census) -> None:
        self.stage, self.step, self.note = progress.stage, progress.step, progress.note
        self._progress, self._census = progress, census

    def check(self) -> None:
        self._census.look()
        self._progress.check()


def run(office: Office, census: Census, *, by_itself: bool) -> Job:
    """Make a backup while all its threads are looked at."""
    request = BackupRequest(
        codes=(office.holding.code, office.bakery.code),
        destination=office.stick.id,
        even_unchanged=True,
        by_itself=by_itself,
    )
    with office.engine._jobs.turn(office.stick.id):  # it waits until it is watched
        job = office.engine.start_backup(request)
        live = office.engine._jobs._live[job.id]
        work = live.work
        live.work = lambda progress: work(Watched(progress, census))
    return office.engine.wait(job.id, timeout=100)


def test_all_threads_of_a_scheduled_backup_are_idle_and_of_a_clicked_one_are_not(
    office: Office,
) -> None:
    office.engine._jobs.start()  # and nothing that watches meanwhile
    for by_itself, expected in ((True, (LEAST, IDLE_DISK)), (False, (ORDINARY, 0))):
        census = Census(waiting="job" if by_itself else "")
        assert run(office, census, by_itself=by_itself).state is JobState.DONE
        assert ("job-idle" if by_itself else "job") in census.seen
        assert len(census.seen) > 1, "no packing thread was met"
        for name, met in census.seen.items():
            assert met == {expected if IOPRIO_GET else (expected[0], None)}, name


def test_a_clicked_backup_behind_a_scheduled_one_is_not_idle(office: Office) -> None:
    """They wait in one queue, and a thread that became idle stays so."""
    worked: list[int] = []

    def noted(work: Work) -> Work:
        def run(progress: Progress) -> Outcome:
            worked.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            return work(progress)

        return run

    jobs = []
    for by_itself in (True, False, True):
        request = BackupRequest(
            codes=(office.bakery.code,),
            destination=office.stick.id,
            even_unchanged=True,
            by_itself=by_itself,
        )
        jobs.append(office.engine.start_backup(request))
    for live in office.engine._jobs._live.values():
        live.work = noted(live.work)
    office.engine.start()
    for job in jobs:
        assert office.engine.wait(job.id, timeout=100).state is JobState.DONE
    assert worked == [LEAST, ORDINARY, LEAST]


def test_a_pool_is_as_urgent_as_the_thread_that_made_it() -> None:
    met: list[int] = []

    def ask() -> None:
        met.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        priority.become_idle()
        with ThreadPoolExecutor(1, initializer=priority.as_here()) as pool:
            pool.submit(ask).result()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    with ThreadPoolExecutor(1, initializer=priority.as_here()) as pool:
        pool.submit(ask).result()
    assert met == [LEAST, ORDINARY]
