"""What every kind of storage does, whatever the books are made of."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.counting import is_counted
from bewaar.model import Openness, Snapshot, Source
from bewaar.progress import SILENT, Progress, Silent
from bewaar.storage.access import Access
from bewaar.storage.base import Storage
from bewaar.storage.dbf import Dbf
from bewaar.storage.fileset import FileSet
from bewaar.storage.kinds import best_for, by_kind
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.taking import Pace
from bewaar.storage.vendor import Vendor
from tests import samples, writers
from tests.fox import fox_books, fox_table
from tests.jet import access_book
from tests.mounts import Mounts, needs
from tests.rights import as_anyone
from tests.vendor import backups

MANY_BYTES = 8 << 20
QUICK = Pace(settle=0.02, settle_lively=0.05, database=5)


@dataclass(frozen=True, kw_only=True)
class Books:
    """One way books can lie, and what their program may do to them."""

    storage: Storage
    source: Source
    main: Path  # the file that matters most
    enter: Callable[[], None]  # a booking more

    @property
    def place(self) -> Path:
        return self.source.place

    def snapshot(self, to: Path, progress: Progress = SILENT) -> Snapshot:
        to.mkdir(exist_ok=True)
        return self.storage.snapshot(self.source, to, progress)

    def neighbourhood(self) -> dict[str, tuple[int, int, bytes]]:
        """Return all that lies there and beside it, to see whether anything was touched."""
        return samples.lying(self.place.parent)


def _append(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"one booking more")


def _book(file: Path) -> None:
    book = sqlite3.connect(file)
    samples.enter(book, range(1000, 1003))
    book.commit()
    book.close()


def a_folder(root: Path) -> Books:
    place = samples.dbf_folder(root / "Jansen & Zn")
    main = place / "TABEL1.DBF"
    return _files(place, main, lambda: _append(main))


def a_mixed_folder(root: Path) -> Books:
    place = samples.dbf_folder(root / "Gemengd")
    main = samples.gnucash_book(place / "data" / "zonder ending", journal="wal")
    samples.gnucash_book(place / "archief.db")
    return _files(place, main, lambda: _book(main))


def a_single_file(root: Path) -> Books:
    place = samples.gnucash_xml(root / "boek.gnucash", compressed=True)
    samples.gnucash_xml(root / "buurman.gnucash")
    return _files(place, place, lambda: _append(place))


def a_single_database_as_file(root: Path) -> Books:
    place = samples.gnucash_book(root / "boek.gnucash")
    return _files(place, place, lambda: _book(place))


def a_database(root: Path) -> Books:
    return _sqlite(samples.gnucash_book(root / "boek.gnucash"))


def a_database_with_a_log(root: Path) -> Books:
    return _sqlite(samples.gnucash_book(root / "boek.gnucash", journal="wal"))


def a_database_that_is_open(root: Path) -> Books:
    books = _sqlite(samples.gnucash_book(root / "boek.gnucash", journal="wal"))
    OPEN.append(sqlite3.connect(books.place))
    OPEN[-1].execute("UPDATE books SET guid = 'x'")
    OPEN[-1].commit()
    return books


def a_vault(root: Path) -> Books:
    place = root / "Backups van het programma"
    (place / "oud").mkdir(parents=True)
    main = place / "Jansen 2026-03-03.imbck"
    for file in (main, place / "Pieters.QBB", place / "oud" / "Jansen.pbu"):
        file.write_bytes(b"\7maker's own " * 4000)
    backups.pair(place / "Holding.zip")
    return _vendor(place, main)


def a_backup_of_a_program(root: Path) -> Books:
    place = root / "Jansen.imbck"
    place.write_bytes(b"\7maker's own " * 4000)
    return _vendor(place, place)


def _vendor(place: Path, main: Path) -> Books:
    storage = Vendor(pace=QUICK, still=0)
    return Books(
        storage=storage, source=Source(place=place), main=main, enter=lambda: _append(main)
    )


def a_folder_of_tables(root: Path) -> Books:
    place = fox_books(root / "Boekhouding")
    samples.document(place / "documenten" / "factuur é.pdf")
    (place / "leeg").mkdir()
    return _tables(place, place / "BOEKINGEN.DBF")


def a_single_table(root: Path) -> Books:
    place = samples.dbf(root / "boekingen.dbf")
    fox_table(root / "buurman.dbf", 5)
    return _tables(place, place)


def an_access_file(root: Path) -> Books:
    return _access(access_book(root / "boek.mdb"))


def _tables(place: Path, main: Path) -> Books:
    def enter() -> None:
        fox_table(main, 130)

    return Books(storage=Dbf(pace=QUICK), source=Source(place=place), main=main, enter=enter)


def _access(place: Path) -> Books:
    def enter() -> None:
        access_book(place, {"Boekingen": 121, "Relaties": 7})

    return Books(storage=Access(pace=QUICK), source=Source(place=place), main=place, enter=enter)


def _files(place: Path, main: Path, enter: Callable[[], None]) -> Books:
    return Books(storage=FileSet(pace=QUICK), source=Source(place=place), main=main, enter=enter)


def _sqlite(place: Path) -> Books:
    return Books(
        storage=Sqlite(pace=QUICK),
        source=Source(place=place),
        main=place,
        enter=lambda: _book(place),
    )


OPEN: list[sqlite3.Connection] = []
KINDS = [
    a_folder,
    a_mixed_folder,
    a_single_file,
    a_single_database_as_file,
    a_database,
    a_database_with_a_log,
    a_database_that_is_open,
    a_vault,
    a_backup_of_a_program,
    a_folder_of_tables,
    a_single_table,
    an_access_file,
]
ONE_DATABASE = [a_database, a_database_with_a_log]  # to which an empty or a strange file is none
WITH_DATABASE = [a_mixed_folder, a_single_database_as_file, *ONE_DATABASE]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    root = tmp_path / "books"
    root.mkdir()
    yield request.param(root)
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"


def is_copy(copy: Path, original: Path, *, database: bool) -> bool:
    if not database:
        return copy.read_bytes() == original.read_bytes()
    live = sqlite3.connect(original)
    same = samples.dump(copy) == list(live.iterdump())
    live.close()
    return same


# ── What a snapshot is ──────────────────────────────────────────────────────────────────────


def test_a_snapshot_holds_every_file_as_it_is(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    root = books.place if books.place.is_dir() else books.place.parent
    for file in snapshot.files:
        assert is_copy(file.local, root / file.path, database=file.database), file.path
        assert file.size == file.local.stat().st_size
        assert file.mtime_ns == (root / file.path).stat().st_mtime_ns
    expected = {books.place.name}
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
    assert set(to.iterdir()) == {file.local for file in snapshot.files}


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


# ── When it cannot be done ──────────────────────────────────────────────────────────────────


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


# ── While a program writes ──────────────────────────────────────────────────────────────────


def _taken_or_busy(storage: Storage, place: Path, to: Path) -> Snapshot | None:
    to.mkdir()
    try:
        return storage.snapshot(Source(place=place), to)
    except errors.SourceBusy as busy:
        assert busy.params["place"] == str(place)  # noqa: PT017 - both ends are good ones
        return None


@pytest.mark.parametrize(
    "storage", [Sqlite(pace=QUICK), FileSet(pace=QUICK)], ids=["sqlite", "fileset"]
)
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_database_written_without_pause_is_copied_whole_or_said_to_be_busy(
    tmp_path: Path, mode: str, storage: Storage
) -> None:
    live = writers.database_of_generations(tmp_path / "live.db")
    accepted = 0
    with writers.writing_database(live, mode):
        for number in range(30 if mode == "wal" else 4):  # there nobody has to wait
            snapshot = _taken_or_busy(storage, live, tmp_path / f"{number}")
            if snapshot:
                assert writers.is_whole_database(snapshot.files[0].local)
                assert dict(snapshot.counts.tables) == {"live.db/entries": writers.ROWS}
                accepted += 1
    assert accepted  # SQLite gives everyone a turn


def test_files_written_without_pause_are_copied_whole_or_said_to_be_busy(tmp_path: Path) -> None:
    patient = FileSet(pace=Pace(settle=0.02, settle_lively=0.2))
    with writers.writing_files(tmp_path / "live"):
        snapshot = _taken_or_busy(patient, tmp_path / "live", tmp_path / "snapshot")
        assert snapshot is None or writers.is_whole_set([file.local for file in snapshot.files])


def test_files_written_now_and_then_are_copied_whole(tmp_path: Path) -> None:
    patient = FileSet(pace=Pace(settle=0.02, settle_lively=0.2))
    with writers.writing_files(tmp_path / "live", pause=1.0):
        for number in range(3):
            to = tmp_path / f"{number}"
            to.mkdir()
            snapshot = patient.snapshot(Source(place=tmp_path / "live"), to)
            assert writers.is_whole_set([file.local for file in snapshot.files])


def test_a_change_made_during_the_snapshot_is_either_in_it_or_makes_the_books_changed(
    tmp_path: Path,
) -> None:
    (tmp_path / "live").mkdir()
    live = writers.database_of_generations(tmp_path / "live" / "live.db")
    storage, source = Sqlite(pace=QUICK), Source(place=live)
    for number in range(6):
        to = tmp_path / f"{number}"
        to.mkdir()
        with writers.writing_database(live, "delete", pause=0.002):
            snapshot = storage.snapshot(source, to)
        as_it_lies = shutil.copytree(tmp_path / "live", tmp_path / f"{number}-now")
        with sqlite3.connect(as_it_lies / live.name) as recovered:
            now = list(recovered.iterdump())
        recovered.close()
        same = now == samples.dump(snapshot.files[0].local)
        assert same or storage.fingerprint(source) != snapshot.fingerprint
        assert same or storage.signature(source) != snapshot.signature
