"""What every kind of storage does, whatever the books are made of."""

import os
import sqlite3
from pathlib import Path

import pytest

from bewaar.counting import is_counted
from bewaar.model import Source
from bewaar.storage.kinds import best_for, by_kind
from tests.contract.ledgers import (
    A_BOOK_TOO,
    OPEN,
    Books,
    is_copy,
)

# ── What a snapshot is ──────────────────────────────────────────────────────────────────────


def test_a_snapshot_holds_every_file_as_it_is(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    root = books.place if books.place.is_dir() else books.place.parent
    for file in snapshot.files:
        original = books.original(root / file.path)
        database = file.database or original.name == A_BOOK_TOO
        assert is_copy(file.local, original, database=database), file.path
        assert file.size == file.local.stat().st_size
        assert file.mtime_ns == original.stat().st_mtime_ns
    expected = {books.place.name}
    if books.source.extras:
        expected |= {f"extra 1 Sjablonen/{name}" for name in ("brief é.pdf", A_BOOK_TOO)}
    if books.place.is_dir():
        expected = {
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }
    assert {file.path for file in snapshot.files} == expected
    assert snapshot.single_file == books.place.is_file()


def test_empty_folders_come_along(books: Books, to: Path) -> None:
    kept = books.place.is_dir() and books.storage.kind != "vendor"
    folders = ("leeg",) if kept else ()
    assert books.snapshot(to).folders == folders


def test_copied_databases_are_one_file_each_that_depends_on_nothing(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    for file in snapshot.files:
        if file.database:
            assert file.local.read_bytes()[18:20] == b"\1\1"  # no write-ahead log
    copies = {path for path in to.rglob("*") if path.is_file()}
    assert copies == {file.local for file in snapshot.files}


def test_what_a_snapshot_holds_counts_the_same_when_it_is_opened_again(
    books: Books, to: Path, tmp_path: Path
) -> None:
    snapshot = books.snapshot(to)
    restored = tmp_path / "restored"
    for file in snapshot.files:
        (restored / file.path).parent.mkdir(parents=True, exist_ok=True)
        (restored / file.path).write_bytes(file.local.read_bytes())
    databases = tuple(file.path for file in snapshot.files if file.database)
    rule, single = snapshot.counts.rule, snapshot.single_file
    booked = tuple(f.path for f in snapshot.files if is_counted(f.path, rule, single=single))
    counts = books.storage.count(restored, databases, rule=rule, books=booked, single=single)
    assert dict(counts.tables) == dict(snapshot.counts.tables)
    transactions = [n for t, n in counts.tables.items() if t.endswith("/transactions")]
    assert transactions == [120] * len(databases)


def test_the_books_are_never_written_and_nothing_is_left_beside_them(
    books: Books, to: Path
) -> None:
    before = books.neighbourhood()
    books.storage.fits(books.place)
    books.storage.is_open(books.source)
    books.storage.extent(books.source)
    books.storage.signature(books.source)
    books.storage.fingerprint(books.source)
    books.snapshot(to)
    assert books.neighbourhood() == before


def test_the_kind_that_fits_best_is_the_kind_that_is_meant(books: Books) -> None:
    best = best_for(books.place)
    assert best is not None
    assert by_kind(best).fits(books.place)
    if books.storage.kind in {"access", "dbf"}:
        assert best == books.storage.kind
    assert (best == "sqlite") == (
        books.place.is_file() and books.main.read_bytes().startswith(b"SQLite format 3\0")
    )


def test_the_extent_is_what_the_snapshot_holds(books: Books, to: Path) -> None:
    extent = books.storage.extent(books.source)
    snapshot = books.snapshot(to)
    logs = sum(1 for path in books.place.rglob("*") if path.name.endswith(("-wal", "-shm")))
    assert extent.files == len(snapshot.files) + logs
    assert extent.size >= snapshot.size * 0.9


def test_a_second_snapshot_of_unchanged_books_is_the_same(books: Books, tmp_path: Path) -> None:
    first, second = books.snapshot(tmp_path / "1"), books.snapshot(tmp_path / "2")
    assert first.signature == second.signature
    assert first.fingerprint == second.fingerprint
    assert [(f.path, f.size) for f in first.files] == [(f.path, f.size) for f in second.files]


# ── Marks ───────────────────────────────────────────────────────────────────────────────────


def test_the_marks_of_a_snapshot_are_those_of_the_live_books(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    assert snapshot.signature == books.storage.signature(books.source)
    assert snapshot.fingerprint == books.storage.fingerprint(books.source)


def test_a_booking_changes_both_marks(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    books.enter()
    assert snapshot.signature != books.storage.signature(books.source)
    assert snapshot.fingerprint != books.storage.fingerprint(books.source)


def test_a_change_that_hides_behind_its_old_time_and_size_changes_the_fingerprint(
    books: Books, to: Path
) -> None:
    snapshot = books.snapshot(to)
    status = books.main.stat()
    with books.main.open("r+b") as file:
        file.seek(status.st_size - 3)
        last = file.read(1)
        file.seek(status.st_size - 3)
        file.write(bytes([last[0] ^ 0xFF]))
    os.utime(books.main, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert snapshot.signature == books.storage.signature(books.source)
    assert snapshot.fingerprint != books.storage.fingerprint(books.source)


def test_reading_the_books_with_their_program_changes_no_fingerprint(
    books: Books, to: Path
) -> None:
    snapshot = books.snapshot(to)
    if any(file.database for file in snapshot.files):
        reader = sqlite3.connect(books.main)
        reader.execute("SELECT count(*) FROM transactions").fetchone()
        assert snapshot.fingerprint == books.storage.fingerprint(books.source)
        reader.close()
    else:
        books.main.read_bytes()
    assert snapshot.fingerprint == books.storage.fingerprint(books.source)


# ── Names ───────────────────────────────────────────────────────────────────────────────────

ODD_NAMES = [
    "Åkeriet é 😀 & Zn",
    " met spatie en #hash?%20 ",
    "n" * 250,
    "aux",
    "-rf",
    "back\\slash:'\"",
    "new\nline",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_a_disk_allows_is_read(books: Books, tmp_path: Path, to: Path, name: str) -> None:
    while OPEN:
        OPEN.pop().close()
    odd = tmp_path / name
    odd.mkdir()
    limit = 255 - len("-journal")
    moved = odd / name.encode()[:limit].decode(errors="ignore")
    books.place.rename(moved)
    to.mkdir()
    snapshot = books.storage.snapshot(Source(place=moved), to)
    assert snapshot.files
    if moved.is_file():
        assert [file.path for file in snapshot.files] == [moved.name]


def test_a_name_that_is_no_text_is_kept_readable(books: Books, to: Path) -> None:
    renamed = books.main.rename(books.main.with_name(os.fsdecode(b"caf\xe9")))
    source = books.source if books.place.is_dir() else Source(place=renamed)
    to.mkdir()
    snapshot = books.storage.snapshot(source, to)
    names = [file.path for file in snapshot.files]
    assert any(name.endswith("caf%E9") for name in names)
    assert "".join(names).encode("utf-8")
    assert snapshot.fingerprint == books.storage.fingerprint(source)
