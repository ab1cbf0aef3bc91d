"""Places go and come back, computers fall silent, limits are met: it is noticed, or said."""

import ctypes
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar.model import Code
from bewaar.watch import Coverage, Gap
from tests.mounts import Mounts, needs
from tests.watch.conftest import Ears

MAKE_TREE = """
import sys
from pathlib import Path

def tree(root: Path, folders: int) -> Path:
    for number in range(folders - 1):
        (root / str(number)).mkdir(parents=True)
    return root
"""


# ── Gone and back ───────────────────────────────────────────────────────────────────────────


def test_a_folder_put_in_the_place_of_another_is_watched(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    new = shutil.copytree(books, books.with_name("new"))
    ears.settle()
    books.rename(books.with_name("old"))
    new.rename(books)
    ears.hear("jansen")
    ears.settle()
    (books / "2026" / "entry").write_text("x")
    ears.hear("jansen")
    (books.with_name("old") / "entry").write_text("x")
    ears.settle()
    (books.with_name("old") / "another").write_text("x")
    assert ears.told() == []


def test_a_folder_that_is_deleted_and_made_again_is_watched(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    ears.settle()
    shutil.rmtree(books)
    ears.hear("jansen")
    ears.settle()
    books.mkdir()
    ears.hear("jansen")
    ears.settle()
    (books / "ledger.dbf").write_text("x")
    ears.hear("jansen")


def test_a_folder_made_again_at_once_is_watched(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books)
    for _ in range(3):  # a file system may give the new folder the old one's number
        ears.settle()
        shutil.rmtree(books)
        (books / "2027").mkdir(parents=True)
        ears.hear("jansen")
        ears.settle()
        (books / "2027" / "entry").write_text("x")
        ears.hear("jansen")


@pytest.mark.parametrize("depth", [1, 4])
def test_a_place_that_was_never_there_is_watched_when_it_comes(
    ears: Ears, tmp_path: Path, depth: int
) -> None:
    place = tmp_path.joinpath(*"abcd"[:depth])
    ears.watch(jansen=place)
    ears.settle()
    place.mkdir(parents=True)
    ears.hear("jansen")
    ears.settle()
    (place / "ledger.dbf").write_text("x")
    ears.hear("jansen")


def test_a_file_whose_folder_goes_and_comes_back_is_watched(ears: Ears, books: Path) -> None:
    ears.watch(jansen=books / "ledger.dbf")
    ears.settle()
    shutil.rmtree(books)
    ears.hear("jansen")
    ears.settle()
    books.mkdir()
    (books / "ledger.dbf").write_text("x")
    ears.hear("jansen")
    ears.settle()
    (books / "ledger.dbf").write_text("y")
    ears.hear("jansen")


def test_a_file_that_becomes_a_folder_is_watched_as_one(ears: Ears, books: Path) -> None:
    place = books / "ledger.dbf"
    ears.watch(jansen=place)
    place.unlink()
    (place / "2026").mkdir(parents=True)
    ears.hear("jansen")
    ears.settle()
    (place / "2026" / "entry").write_text("x")
    ears.hear("jansen")


@needs()
def test_a_disk_that_is_taken_away_and_mounted_again_is_watched(
    ears: Ears, tmp_path: Path, mounts: Mounts
) -> None:
    point = mounts.tmpfs(tmp_path / "disk")
    (point / "books").mkdir()
    ears.watch(jansen=point / "books")
    ears.settle()
    mounts.pull(point)
    ears.hear("jansen")
    mounts.tmpfs(point)
    (point / "books").mkdir()
    ears.hear("jansen")
    ears.settle()
    (point / "books" / "entry").write_text("x")
    ears.hear("jansen")
    assert not ears.watcher.coverage().partly


@needs()
def test_watching_does_not_keep_a_disk_from_being_ejected(
    ears: Ears, tmp_path: Path, mounts: Mounts
) -> None:
    point = mounts.tmpfs(tmp_path / "disk")
    (point / "books").mkdir()
    ears.watch(jansen=point / "books", ledger=point / "ledger")
    mounts.eject(point)


# ── Other computers ─────────────────────────────────────────────────────────────────────────


@contextmanager
def share_that_never_answers(point: Path) -> Iterator[Path]:
    """Mount a network share whose server is silent: whoever looks at it waits until the end."""
    point.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    driver = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={driver},rootmode=40000,user_id=0,group_id=0".encode()
    try:
        mounted = libc.mount(b"server:", os.fsencode(point), b"fuse.sshfs", 0, options)
        if mounted:
            pytest.skip(f"no such mount here: {os.strerror(ctypes.get_errno())}")
        yield point
    finally:
        os.close(driver)  # from now on everybody is answered with an error
        libc.umount2(os.fsencode(point), 2)  # MNT_DETACH


@needs()
@pytest.mark.skipif(not os.access("/dev/fuse", os.W_OK), reason="no FUSE here")
def test_a_share_that_never_answers_is_said_and_holds_nobody_up(
    ears: Ears, books: Path, tmp_path: Path
) -> None:
    with share_that_never_answers(tmp_path / "share") as share:
        ears.watch(far=share / "books", near=books)
        assert ears.watcher.coverage() == Coverage(gaps={Code("far"): Gap.NETWORK})
        assert ears.watcher.coverage().partly
        ears.settle()
        (books / "entry").write_text("x")
        ears.hear("near")
        start = time.monotonic()
        ears.watcher.stop()
        assert time.monotonic() - start < 2


# ── The system's limit ──────────────────────────────────────────────────────────────────────

BELOW_A_LIMIT = (
    MAKE_TREE
    + """
from bewaar.events import EventLog
from bewaar.model import Code
from bewaar.watch import Watcher

root, taken = Path(sys.argv[1]), int(sys.argv[2])
others = []
if taken:  # by other programs
    from watchdog.observers import Observer
    other = Observer()
    other.schedule(object(), str(tree(root / "other", taken)), recursive=True)
    other.start()
log = EventLog()
watcher = Watcher(log, quiet=0.1, tending=0.1)
small, large = tree(root / "small", 3), tree(root / "large", 60)
watcher.update({Code("small"): small, Code("large"): large})
seen, cursor = set(), 0
while len(seen) < 2:
    news = log.wait(cursor, timeout=10)
    seen |= {event.params["code"] for event in news.events}
    cursor = news.cursor
(large / "top").write_text("x")
news = log.wait(cursor, timeout=5)
print(sorted(f"{code} {gap}" for code, gap in watcher.coverage().gaps.items()))
print([event.params["code"] for event in news.events][:1])
watcher.stop()
"""
)


def below_a_limit(most: int, taken: int, folder: Path) -> list[str]:
    """Run a watcher where a user may watch only so many folders; return what it says."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("needs a user of its own")
    limit = f'echo {most} > /proc/sys/user/max_inotify_watches && exec "$@"'
    command = [sys.executable, "-c", BELOW_A_LIMIT, str(folder), str(taken)]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh", *command],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "unshare" in done.stderr or "max_inotify_watches" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_below_the_limit_everything_is_watched(tmp_path: Path) -> None:
    assert below_a_limit(1000, 0, tmp_path) == ["[]", "['large']"]


def test_a_tree_of_more_than_half_the_limit_is_left_to_scans_but_for_its_top(
    tmp_path: Path,
) -> None:
    assert below_a_limit(100, 0, tmp_path) == ["['large limit']", "['large']"]


def test_what_other_programs_left_too_little_for_is_said(tmp_path: Path) -> None:
    said = below_a_limit(200, 170, tmp_path)
    assert said == ["['large limit', 'small limit']", "['large']"]


# ── The end ─────────────────────────────────────────────────────────────────────────────────


def handles() -> int:
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208


def test_stopping_leaves_no_thread_and_no_handle(ears: Ears, books: Path) -> None:
    threads, before = threading.active_count(), handles()
    ears.watch(jansen=books, year=books / "2026", ledger=books / "ledger.dbf", none=books / "x/y")
    assert threading.active_count() > threads
    (books / "entry").write_text("x")
    ears.watcher.stop()
    ears.watcher.stop()
    assert threading.active_count() == threads
    assert handles() == before
    ears.watcher.update({Code("jansen"): books})
    assert threading.active_count() == threads


def test_a_watcher_that_never_watched_can_be_stopped(ears: Ears) -> None:
    ears.watcher.stop()


def test_starting_loads_no_observer() -> None:
    check = "import sys, bewaar.watch; sys.exit('watchdog' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
