"""Books of every kind, for the suite that all storages pass."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.access import Access
from bewaar.storage.base import Storage
from bewaar.storage.dbf import Dbf
from bewaar.storage.extras import WithExtras
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.taking import Pace
from bewaar.storage.vendor import Vendor
from tests import samples
from tests.fox import fox_books, fox_table
from tests.jet import access_book
from tests.vendorfiles import backups

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

    def original(self, path: Path) -> Path:
        """Return where a file of a snapshot lies; that may be in a folder outside the place."""
        for number, folder in enumerate(self.source.extras, 1):
            inside = path.as_posix().split(f"extra {number} {folder.name}/")
            path = folder / inside[1] if inside[1:] else path
        return path

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


def books_with_a_folder_outside(root: Path) -> Books:
    books, folder = a_database(root), root / "Sjablonen"
    samples.document(folder / "brief é.pdf")
    samples.gnucash_book(folder / A_BOOK_TOO, journal="wal")
    storage = WithExtras(books=books.storage, folders=FileSet(pace=QUICK))
    return replace(books, storage=storage, source=replace(books.source, extras=(folder,)))


A_BOOK_TOO = "ook een boek"
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
    books_with_a_folder_outside,
]
ONE_DATABASE = [a_database, a_database_with_a_log]  # to which an empty or a strange file is none
WITH_DATABASE = [a_mixed_folder, a_single_database_as_file, *ONE_DATABASE]


def is_copy(copy: Path, original: Path, *, database: bool) -> bool:
    if not database:
        return copy.read_bytes() == original.read_bytes()
    live = sqlite3.connect(original)
    same = samples.dump(copy) == list(live.iterdump())
    live.close()
    return same
