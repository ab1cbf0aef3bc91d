"""What every storage does when it cannot be done: gone, damaged, stopped, full, forbidden."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.model import Openness, Source
from bewaar.progress import Silent
from bewaar.storage.kinds import by_kind
from tests import samples
from tests.contract.ledgers import (
    KINDS,
    MANY_BYTES,
    ONE_DATABASE,
    WITH_DATABASE,
    Books,
    a_database_that_is_open,
    a_single_table,
    an_access_file,
)
from tests.mounts import Mounts, needs
from tests.rights import as_anyone


def test_books_that_are_gone_are_said_to_be_gone(books: Books, to: Path) -> None:
    gone = books.place.with_name("weg")
    books.place.rename(gone)
    for verb in (books.storage.signature, books.storage.fingerprint, books.storage.extent):
        with pytest.raises(errors.SourceGone):
            verb(books.source)
    with pytest.raises(errors.SourceGone) as gone_books:
        books.snapshot(to)
    assert gone_books.value.params["place"] == str(books.place)
    assert books.storage.is_open(books.source).openness is Openness.UNKNOWN
    assert not books.storage.fits(books.place)


def test_nothing_is_no_backup(books: Books, to: Path) -> None:
    if books.place.is_dir():
        for path in sorted(books.place.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        (books.place / "leeg").mkdir()
        with pytest.raises(errors.SourceEmpty):
            books.snapshot(to)
    elif books.storage.kind in {"sqlite", "access", "dbf"}:
        books.place.write_bytes(b"")
        with pytest.raises(errors.SourceEmpty):
            books.snapshot(to)


def test_one_file_that_cannot_be_read_fails_the_whole_and_is_named(books: Books, to: Path) -> None:
    books.main.chmod(0)
    with as_anyone(), pytest.raises(errors.SourceUnreadable) as unreadable:
        books.snapshot(to)
    assert unreadable.value.params["path"] == str(books.main)
    with as_anyone(), pytest.raises(errors.SourceUnreadable):
        books.storage.fingerprint(books.source)


@pytest.mark.parametrize("books", WITH_DATABASE, indirect=True)
def test_a_database_that_is_damaged_is_refused_and_named(books: Books, to: Path) -> None:
    with books.main.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 12000)
    with pytest.raises(errors.SourceDamaged) as damaged:
        books.snapshot(to)
    assert damaged.value.params["path"] in {"boek.gnucash", "data/zonder ending"}


@pytest.mark.parametrize("books", [*ONE_DATABASE, an_access_file, a_single_table], indirect=True)
def test_overwritten_books_are_no_books_any_more(books: Books, to: Path) -> None:
    books.place.write_bytes(os.urandom(60_000))
    with pytest.raises(errors.SourceDamaged):
        books.snapshot(to)
    assert not books.storage.fits(books.place)


@pytest.mark.parametrize("books", ONE_DATABASE, indirect=True)
def test_a_database_without_tables_is_no_backup(books: Books, to: Path) -> None:
    for path in books.place.parent.iterdir():
        path.unlink()
    empty = sqlite3.connect(books.place)
    empty.execute("PRAGMA user_version = 1")
    empty.close()
    with pytest.raises(errors.SourceEmpty):
        books.snapshot(to)


@dataclass
class Stopping(Silent):
    """Asks to stop at the n-th chance."""

    after: int
    chances: int = 0

    def check(self) -> None:
        self.chances += 1
        if self.chances > self.after:
            raise errors.Cancelled


def test_a_snapshot_stops_whenever_asked_and_leaves_the_books_alone(
    books: Books, tmp_path: Path
) -> None:
    before = books.neighbourhood()
    unstopped = Stopping(after=1_000_000)
    books.snapshot(tmp_path / "whole", unstopped)
    assert unstopped.chances > 1
    stopped = 0
    for after in range(unstopped.chances):
        asking = Stopping(after=after)
        try:
            books.snapshot(tmp_path / f"{after}", asking)
        except errors.Cancelled:
            stopped += 1
        else:  # workers that are quick leave fewer chances
            assert asking.chances <= after
    assert stopped > 1
    assert books.neighbourhood() == before
    assert books.storage.fingerprint(books.source)  # nothing is held any more


@dataclass
class Listening(Silent):
    """Remembers what it was told."""

    steps: list[tuple[int, int]] = field(default_factory=list)

    def step(self, done: int, total: int, item: str = "") -> None:
        self.steps.append((done, total))


def test_progress_rises_to_the_whole_and_never_passes_it(books: Books, to: Path) -> None:
    told = Listening()
    snapshot = books.snapshot(to, told)
    done = [step[0] for step in told.steps]
    assert done == sorted(done)
    assert done[-1] == told.steps[-1][1] >= snapshot.size
    assert all(step[0] <= step[1] for step in told.steps)


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_large_books_can_be_stopped_every_few_megabytes(
    tmp_path: Path, to: Path, journal: str
) -> None:
    place = tmp_path / "groot"
    samples.document(place / "groot.pdf", size=3 * MANY_BYTES)
    book = sqlite3.connect(place / "groot.db")
    book.execute(f"PRAGMA journal_mode={journal}")
    book.execute("CREATE TABLE t (x BLOB)")
    book.execute("INSERT INTO t VALUES (zeroblob(?))", [3 * MANY_BYTES])
    book.commit()
    book.close()
    to.mkdir()
    told = Listening()
    by_kind("fileset").snapshot(Source(place=place), to, told)
    done = [0, *(step[0] for step in told.steps)]
    assert max(after - before for before, after in pairwise(done)) <= MANY_BYTES


# ── Disks ───────────────────────────────────────────────────────────────────────────────────


def _full(disk: Path) -> Path:
    with (disk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return disk


@needs()
def test_a_full_home_is_said_to_be_full_before_and_while_copying(
    books: Books, tmp_path: Path
) -> None:
    with Mounts() as mounts:
        home = _full(mounts.tmpfs(tmp_path / "home", "64k"))
        before = books.neighbourhood()
        with pytest.raises(errors.HomeFull) as full:
            books.snapshot(home / "snapshot")
        assert full.value.params["free"] is not None
        assert books.neighbourhood() == before


@needs()
def test_a_disk_that_fills_up_unexpectedly_is_a_full_home(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bewaar.storage.taking.free_space", lambda _folder: None
    )  # as on some disks
    with Mounts() as mounts:
        home = _full(mounts.tmpfs(tmp_path / "home", "64k"))
        with pytest.raises(errors.HomeFull):
            books.snapshot(home / "snapshot")


def test_a_home_that_cannot_be_written_is_said_to_be_so(books: Books, to: Path) -> None:
    to.mkdir()
    to.chmod(0o500)
    with as_anyone(), pytest.raises(errors.HomeUnwritable):
        books.storage.snapshot(books.source, to)


@needs("mkfs.ext4")
@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k is not a_database_that_is_open], ids=lambda kind: kind.__name__
)
def test_books_on_a_disk_that_cannot_be_written_are_read(
    tmp_path: Path, to: Path, kind: Callable[[Path], Books]
) -> None:
    with Mounts() as mounts:
        disk = mounts.ext4(tmp_path / "disk", tmp_path / "image")
        (disk / "books").mkdir()
        books = kind(disk / "books")
        mounts.make_read_only(disk)
        snapshot = books.snapshot(to)
        assert snapshot.fingerprint == books.storage.fingerprint(books.source)
        assert len(snapshot.files) == books.storage.extent(books.source).files
