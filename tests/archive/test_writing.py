"""Writing refuses what would be no backup, stops when asked, and never fills the memory."""

import gc
import io
import os
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from bewaar.archive import Item, open_archive, write
from bewaar.archive.pipeline import PIECE
from bewaar.errors import (
    Cancelled,
    DestinationFull,
    Fault,
    NothingChosen,
    PasswordEmpty,
    SourceEmpty,
    SourceUnreadable,
)
from bewaar.progress import Stage
from tests.archive.books import (
    CODE,
    ID,
    MADE_AT,
    PASSWORD,
    administration,
    archive,
    bookings,
    listed_file,
    noise,
    put,
    snapshot,
    snapshot_of,
)

PROTECTION = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])


class Watcher:
    """Sees how far it is, and asks to stop when it is told to."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.steps: list[tuple[int, int, str]] = []
        self.stop_at = stop_at
        self.stopped_at = 0.0

    def stage(self, stage: Stage, subject: str = "") -> None: ...

    def note(self, code: str, /, **params: str | int) -> None: ...

    def step(self, done: int, total: int, item: str = "") -> None:
        self.steps.append((done, total, item))
        if self.stop_at is not None and done >= self.stop_at and not self.stopped_at:
            self.stopped_at = time.monotonic()

    def check(self) -> None:
        if self.stopped_at:
            raise Cancelled


# ── What is no backup ───────────────────────────────────────────────────────────────────────


def test_a_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    books = snapshot(put(tmp_path, {"a": b"a"}))
    with pytest.raises(NothingChosen):
        archive()
    with pytest.raises(SourceEmpty):
        archive(snapshot_of((), folders=["leeg"]))
    with pytest.raises(SourceEmpty):
        archive(books, snapshot_of(()))


def test_an_empty_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasswordEmpty):
        archive(snapshot(put(tmp_path, {"a": b"a"})), password="")


@pytest.mark.parametrize(
    "codes", [("X", "x"), ("../X",), ("A/B",), ("readme.txt",), ("",), ("X.",)]
)
def test_codes_that_could_not_lie_side_by_side_are_our_fault(
    tmp_path: Path, codes: tuple[str, ...]
) -> None:
    books = snapshot(put(tmp_path, {"a": b"a"}))
    items = [Item(administration=administration(code), snapshot=books) for code in codes]
    with pytest.raises(Fault, match=r"archive\.code"):
        archive(*items)


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "a/../b", "", "a\0b"])
def test_a_path_that_leads_outside_is_our_fault(tmp_path: Path, path: str) -> None:
    local = put(tmp_path, {"a": b"a"}) / "a"
    with pytest.raises(Fault, match=r"archive\.path"):
        archive(snapshot_of((listed_file(path, local),)))


@pytest.mark.parametrize("size", [10, PIECE + 10])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_snapshot_that_changes_while_it_is_read_is_a_fault(
    tmp_path: Path, size: int, change: int
) -> None:
    local = put(tmp_path, {"a": noise(size)}) / "a"
    with pytest.raises(Fault, match=r"snapshot\.changed"):
        archive(snapshot_of((listed_file("a", local, size=size + change),)))


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    folder = put(tmp_path, {"a": b"a", "b": b"b"})
    books = snapshot(folder)
    (folder / "b").unlink()
    with pytest.raises(SourceUnreadable) as caught:
        archive(books)
    assert caught.value.params["path"] == "b"


# ── Progress and stopping ───────────────────────────────────────────────────────────────────


@PROTECTION
def test_progress_goes_forward_to_the_end(tmp_path: Path, password: str | None) -> None:
    books = snapshot(put(tmp_path / "a", {"a": noise(3 * PIECE), "b": b"b", "c": b""}))
    watcher = Watcher()
    made = archive(books, books, password=password, progress=watcher)
    for reading in (False, True):
        if reading:
            watcher = Watcher()
            stream = io.BytesIO(made.data)
            with open_archive(stream, file="x", password=password) as opened:
                opened.verify(progress=watcher)
        done = [step[0] for step in watcher.steps]
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, 2 * books.size)
        assert {step[1] for step in watcher.steps} == {2 * books.size}
        assert {step[2] for step in watcher.steps} == {"", "a", "b", "c"}


@PROTECTION
def test_stopping_acts_within_a_second_even_in_a_huge_file(
    tmp_path: Path, password: str | None
) -> None:
    local = tmp_path / "huge"
    with local.open("wb") as hole:
        hole.truncate(5 << 30)
    watcher = Watcher(stop_at=50 * PIECE)
    sink = io.BytesIO()
    with pytest.raises(Cancelled):
        write(
            sink,
            id=ID,
            made_at=MADE_AT,
            items=[
                Item(
                    administration=administration(),
                    snapshot=snapshot_of((listed_file("huge", local),)),
                )
            ],
            password=password,
            progress=watcher,
        )
    assert time.monotonic() - watcher.stopped_at < 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("packing")]


@PROTECTION
def test_reading_can_be_stopped(tmp_path: Path, password: str | None) -> None:
    books = snapshot(put(tmp_path / "books", {"a": noise(24 * PIECE), "b": b"b"}))
    made = archive(books, password=password)
    (tmp_path / "out").mkdir()
    with open_archive(io.BytesIO(made.data), file="x", password=password) as opened:
        with pytest.raises(Cancelled):
            opened.verify(progress=Watcher(stop_at=2 * PIECE))
        with pytest.raises(Cancelled):
            opened.extract(tmp_path / "out", code=CODE, progress=Watcher(stop_at=2 * PIECE))
        assert (tmp_path / "out/a").stat().st_size < 20 * PIECE  # what was under way
        assert opened.verify().files == 2  # and begun again


@PROTECTION
def test_a_sink_that_fails_gets_nothing_more(tmp_path: Path, password: str | None) -> None:
    """Not even when pyzipper's objects are cleared away, which would like to finish the zip."""

    class Full:
        room = 2 * PIECE
        after = 0
        failed = False

        def write(self, data: bytes | bytearray | memoryview, /) -> int:
            if self.failed:
                self.after += 1
            self.room -= len(data)
            if self.room < 0:
                self.failed = True
                raise DestinationFull(name="stick", free=0, needed=1)
            return len(data)

    books = snapshot(put(tmp_path, {"a": noise(9 * PIECE), "b": b"b"}))
    sink = Full()
    items = [Item(administration=administration(), snapshot=books)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DestinationFull):
            write(sink, id=ID, made_at=MADE_AT, items=items, password=password)
        gc.collect()
    assert sink.failed
    assert sink.after == 0


MEASURE = r"""
import re, sys
from pathlib import Path
from bewaar.archive import open_archive
from tests.archive.books import *
from bewaar.archive import Item, write

folder, password = Path(sys.argv[1]), sys.argv[2] or None
files = (listed_file("large", folder / "hole"), listed_file("noise", folder / "noise"))
with open(folder / "out.zip", "wb") as sink:
    item = Item(administration=administration(), snapshot=snapshot_of(files))
    write(sink, id=ID, made_at=MADE_AT, items=[item], password=password)
with open(folder / "out.zip", "rb") as stream:
    with open_archive(stream, file="x", password=password) as opened:
        opened.verify()
# Not what getrusage says: that still remembers the process this one was started from.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
@PROTECTION
def test_the_memory_stays_small_whatever_the_file(tmp_path: Path, password: str | None) -> None:
    with (tmp_path / "hole").open("wb") as hole:
        hole.truncate(400 << 20)
    (tmp_path / "noise").write_bytes(noise(PIECE) * 80)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), password or ""],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": "."},
        cwd=Path(__file__).parents[2],
    )
    assert int(done.stdout) < 100, f"{done.stdout} MiB, with everything that Python itself needs"


def test_text_that_shrinks_does_and_noise_does_not_grow(tmp_path: Path) -> None:
    size = 5 * PIECE
    shrinks = archive(snapshot(put(tmp_path / "a", {"a": bookings(size)})))
    stays = archive(snapshot(put(tmp_path / "b", {"a": noise(size)})))
    assert len(shrinks.data) < size / 2
    assert len(stays.data) < size * 1.0005 + 16_000  # the explanation is in it, too
