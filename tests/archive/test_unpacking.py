"""Unpacking on all cores: the same answer every time, in bounds, and it stops when asked."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bewaar.archive import open_archive
from bewaar.archive.members import SMALL
from bewaar.archive.records import CENTRAL_SIGN
from bewaar.errors import BackupDamaged, Cancelled
from bewaar.lanes import Lane, Task, in_order
from bewaar.progress import SILENT, Silent
from tests.archive.books import (
    CODE,
    PASSWORD,
    archive,
    bookings,
    listed_file,
    noise,
    put,
    snapshot,
    snapshot_of,
    tree,
)
from tests.mounts import Mounts, needs

MEBIBYTE = 1 << 20
PROTECTION = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
POWER_LOSS = """
import fcntl, os, struct, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(handle, 0x8004587D, struct.pack("I", 2))  # EXT4_IOC_SHUTDOWN, nothing more is written
"""


class Stopping(Silent):
    """Asks to stop at some step, and remembers when."""

    def __init__(self, after: int) -> None:
        self._after = after
        self.asked = 0.0

    def step(self, done: int, total: int, item: str = "") -> None:
        if done >= self._after and not self.asked:
            self.asked = time.monotonic()

    def check(self) -> None:
        if self.asked:
            raise Cancelled


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


@PROTECTION
@pytest.mark.parametrize("kind", ["verify", "extract"])
def test_it_stops_within_a_second_and_leaves_nothing_open(
    tmp_path: Path, password: str | None, kind: str
) -> None:
    """Also where little packed data makes very much content."""
    with (tmp_path / "hole").open("wb") as hole:
        hole.truncate(600 * MEBIBYTE)
    small = put(tmp_path / "small", {f"{n:04}.db": bookings(9000) for n in range(300)})
    files = (
        listed_file("a.db", tmp_path / "hole", database=True),
        *(listed_file(f"b/{path.name}", path) for path in sorted(small.iterdir())),
    )
    made = archive(snapshot_of(files), password=password)
    before, progress = open_files(), Stopping(after=20 * MEBIBYTE)
    (tmp_path / "to").mkdir()
    with open_archive(io.BytesIO(made.data), file="x", password=password) as opened:
        verify = partial(opened.verify, databases_to=tmp_path / "to" / "scratch")
        extract = partial(opened.extract, tmp_path / "to", code=CODE)
        work = verify if kind == "verify" else extract
        with pytest.raises(Cancelled):
            work(progress=progress)
        assert time.monotonic() - progress.asked < 1
    assert open_files() == before


def test_of_several_damaged_files_it_is_always_the_first_that_is_named(tmp_path: Path) -> None:
    content = {f"{n:03}": noise(20_000 + n, seed=n) for n in range(150)}
    content |= {"100": noise(3 * MEBIBYTE, seed=100), "070": noise(2 * MEBIBYTE, seed=70)}
    made = archive(snapshot(put(tmp_path / "books", content)))
    data = bytearray(made.data)
    for name in ("070", "071", "099", "100", "149"):
        data[made.data.index(content[name][5000:5032])] ^= 1
    for _ in range(10):
        with (
            open_archive(io.BytesIO(bytes(data)), file="x") as opened,
            pytest.raises(BackupDamaged, match="070"),
        ):
            opened.verify()


@pytest.mark.skipif(sys.platform != "linux", reason="limits are set on Linux")
def test_thousands_of_tiny_databases_need_few_open_files(tmp_path: Path) -> None:
    content = {f"{n:04}.db": b"%d" % n for n in range(3000)}
    made = archive(snapshot(put(tmp_path / "books", content)))
    (tmp_path / "x.zip").write_bytes(made.data)
    (tmp_path / "to").mkdir()
    program = (
        "import resource, sys; from pathlib import Path; from bewaar.archive import open_archive\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))\n"
        "with open('x.zip', 'rb') as stream, open_archive(stream, file='x') as opened:\n"
        "    print(len(opened.verify(databases_to=Path('scratch')).databases))\n"
        "    print(len(opened.extract(Path('to'), code='JANSEN')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["3000", "3000"]
    assert tree(tmp_path / "to") == content
    assert tree(tmp_path / "scratch" / CODE) == content


@pytest.mark.parametrize("size", [SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 0, 1])
@PROTECTION
def test_small_and_large_members_come_out_alike(
    tmp_path: Path, size: int, password: str | None
) -> None:
    content = {"a": b"a", "b": noise(size), "c": bookings(size), "d": b""}
    made = archive(snapshot(put(tmp_path / "books", content)), password=password)
    (tmp_path / "to").mkdir()
    with open_archive(io.BytesIO(made.data), file="x", password=password) as opened:
        assert opened.verify().size == 1 + 2 * size
        opened.extract(tmp_path / "to", code=CODE)
    assert tree(tmp_path / "to") == content


def test_members_in_any_order_of_the_directory_come_out_in_the_order_of_their_bytes(
    tmp_path: Path,
) -> None:
    """A file that lists them the other way round is read forward all the same."""
    content = {f"{n}": noise(3000, seed=n) for n in range(5)}
    made = archive(snapshot(put(tmp_path / "books", content)))
    start = made.data.index(CENTRAL_SIGN)
    end = made.data.rindex(b"PK\5\6")
    entries = made.data[start:end].split(CENTRAL_SIGN)[1:]
    turned = b"".join(CENTRAL_SIGN + entry for entry in reversed(entries))
    (tmp_path / "to").mkdir()
    with open_archive(io.BytesIO(made.data[:start] + turned + made.data[end:]), file="x") as opened:
        assert opened.verify().files == 5
        opened.extract(tmp_path / "to", code=CODE)
    assert tree(tmp_path / "to") == content


@needs("mkfs.ext4", "umount")
@pytest.mark.parametrize("number", [5, 400], ids=["few", "many"])
def test_what_was_extracted_survives_a_power_cut(tmp_path: Path, number: int) -> None:
    """At the moment `extract` returns, before anything else had time to reach the disk."""
    content = {f"{n % 7}/{n:04}": bookings(9000 + n) for n in range(number)}
    made = archive(snapshot(put(tmp_path / "books", content), folders=["empty"]))
    with Mounts() as mounts:
        disk = mounts.ext4(tmp_path / "disk", tmp_path / "image")
        (disk / "to").mkdir()
        os.sync()
        with open_archive(io.BytesIO(made.data), file="x") as opened:
            opened.extract(disk / "to", code=CODE)
        subprocess.run([sys.executable, "-c", POWER_LOSS, str(disk)], check=True)
        subprocess.run(["umount", str(disk)], check=True)
        mounts.ext4(disk, tmp_path / "image")
        assert tree(disk / "to") == content | {"empty": None}


# ── Lanes ───────────────────────────────────────────────────────────────────────────────────


def test_a_lane_keeps_its_order_while_others_go_on() -> None:
    lanes: list[Lane[int]] = [Lane(), Lane(), Lane()]
    seen: list[list[int]] = [[], [], []]

    def work(lane: int, number: int) -> int:
        seen[lane].append(number)
        return number

    def tasks() -> list[Task[int]]:
        return [
            Task(1, lambda lane=n % 3, n=n: work(lane, n), lanes[n % 3])  # type: ignore[misc]
            for n in range(3000)
        ]

    assert list(in_order(tasks(), SILENT, "test")) == list(range(3000))
    assert seen == [list(range(lane, 3000, 3)) for lane in range(3)]


def test_only_so_much_is_under_way() -> None:
    made, taken, most = 0, 0, 0
    gate = threading.Event()

    def tasks() -> Iterator[Task[bool]]:
        nonlocal made, most
        for _ in range(400):
            made += 1
            most = max(most, made - taken)
            yield Task(MEBIBYTE, lambda: gate.wait(10))

    results = in_order(tasks(), SILENT, "test")
    threading.Timer(0.2, gate.set).start()
    for _ in results:
        taken += 1
    assert taken == 400
    assert most <= 20, "MiB at once"


def test_a_failure_comes_in_its_turn_and_stops_the_rest() -> None:
    done: list[int] = []

    def work(number: int) -> int:
        if number in {50, 51}:
            raise ValueError(number)
        done.append(number)
        return number

    tasks = [Task(MEBIBYTE, lambda n=n: work(n)) for n in range(1000)]  # type: ignore[misc]
    results = in_order(tasks, SILENT, "test")
    came: list[int] = []
    with pytest.raises(ValueError, match="50"):
        came.extend(results)
    assert came == list(range(50))
    assert len(done) < 100
