"""A destination that is slow, or stops for a while: nobody else waits, and no memory fills up."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar.model import Administration, Destination, Job, JobState
from bewaar.progress import Stage
from bewaar.requests import BackupRequest, Protection
from bewaar_web import Guard, create_app
from tests.mounts import Mounts, marks
from tests.scene import Office

pytestmark = marks("fusefat")
SIZE = 96 << 20  # bytes of books that do not shrink
SECONDS = 60


def large(office: Office, size: int) -> Administration:
    books = office.root / "books" / "Groot"
    books.mkdir()
    for number in range(4):
        (books / f"{number}.dat").write_bytes(os.urandom(size // 4))
    return office.engine.add(books, name="Groot")


def started(office: Office, administration: Administration, to: Destination) -> Job:
    office.clock.move(minutes=1)
    return office.engine.start_backup(
        BackupRequest(codes=(administration.code,), destination=to.id, protection=Protection.NONE)
    )


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def resident() -> int:
    """Return the memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@contextmanager
def frozen(driver: subprocess.Popen[bytes]) -> Iterator[None]:
    driver.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        driver.send_signal(signal.SIGCONT)


def test_while_a_destination_stands_still_others_go_on_and_memory_stays(
    office: Office, mounts: Mounts, tmp_path: Path
) -> None:
    disk = mounts.picky(tmp_path / "disk", tmp_path / "behind", "slow=30000000")
    slow = office.engine.add_destination(disk / "backups", name="Slow", make_folder=True)
    groot = large(office, SIZE)
    before = resident()
    office.engine.start()
    job = started(office, groot, slow)

    def under_way() -> bool:
        now = office.engine.job(job.id)
        assert not now.state.over, now.error
        return now.stage == Stage.WRITING and now.done > 0

    until(under_way)
    with frozen(mounts.driver(disk)):
        other = started(office, office.holding, office.stick)
        until(lambda: office.engine.job(other.id).state.over)
        assert office.engine.job(other.id).state is JobState.DONE
        now = office.engine.job(job.id)
        assert not now.state.over
        assert now.done < now.total
        assert resident() - before < SIZE
    until(lambda: office.engine.job(job.id).state.over)
    assert office.engine.job(job.id).state is JobState.DONE


@pytest.mark.extreme
@pytest.mark.parametrize(
    ("manners", "size"),
    [(("slow=1000000",), 30_000_000), (("stuck=6000000", "slow=20000000"), 150_000_000)],
    ids=["one-megabyte-a-second", "ten-seconds-stuck"],
)
def test_pages_answer_and_tell_the_time_left_while_a_destination_is_slow(
    office: Office, mounts: Mounts, tmp_path: Path, manners: tuple[str, ...], size: int
) -> None:
    disk = mounts.picky(tmp_path / "disk", tmp_path / "behind", *manners)
    slow = office.engine.add_destination(disk / "backups", name="Slow", make_folder=True)
    groot = large(office, size)
    guard = Guard(8765)
    browser = create_app(office.engine, guard=guard).test_client()
    browser.get(guard.new_entry_address().removeprefix(guard.origin), base_url=guard.origin)
    before, peak, slowest, told = resident(), 0, 0.0, []
    office.engine.start()
    job = started(office, groot, slow)
    while not office.engine.job(job.id).state.over:
        for page in ("/", f"/jobs/{job.id}"):
            begun = time.monotonic()
            answer = browser.get(page, base_url=guard.origin)
            slowest = max(slowest, time.monotonic() - begun)
            assert answer.status_code == 200
            told += re.findall(r"about [^<]* left", answer.text)
        peak = max(peak, resident() - before)
        time.sleep(0.5)
    done = office.engine.job(job.id)
    assert done.state is JobState.DONE, done.error
    print(f"pages {slowest:.2f} s at most, memory +{peak / 1e6:.0f} MB, told {told}")
    assert slowest < 5
    assert peak < 64 << 20
    assert told
