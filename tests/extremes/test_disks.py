"""Disks that cannot do what a good one can: the whole round on them, or a plain refusal."""

import os
from pathlib import Path

import pytest

from bewaar.destinations.folder import Folder
from bewaar.model import Administration, Backup, Code, Destination, Job, JobState
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.extremes.conftest import YESTERDAY
from tests.mounts import Mounts, marks
from tests.scene import Office, book, make_folder_books, make_sqlite_books, rows_in, tree

FUSE = marks("fusefat")  # it brings what file systems in Python need too
BAD = ("fixed", "coarse", "folded", "unlinked", "unsynced", "buffered", "unplanned")
DISKS = [
    pytest.param(BAD, marks=FUSE, id="picky"),
    pytest.param(("short=4096", "fixed"), marks=FUSE, id="short"),
    pytest.param(
        "exfat", marks=[*marks("mount.exfat-fuse", "mkfs.exfat"), pytest.mark.extreme], id="exfat"
    ),
    pytest.param("ntfs", marks=[*marks("ntfs-3g", "mkfs.ntfs"), pytest.mark.extreme], id="ntfs"),
    *(
        pytest.param((manner,), marks=[*FUSE, pytest.mark.extreme], id=f"only-{manner}")
        for manner in (*BAD, "narrow")
    ),
]


@pytest.fixture
def disk(request: pytest.FixtureRequest, mounts: Mounts, tmp_path: Path) -> Path:
    kind: str | tuple[str, ...] = request.param
    if isinstance(kind, tuple):
        return mounts.picky(tmp_path / "disk", tmp_path / "behind", *kind)
    mount = {"exfat": mounts.exfat, "ntfs": mounts.ntfs, "fat": mounts.fat}[kind]
    return mount(tmp_path / "disk", tmp_path / "image")


def times(folder: Path) -> dict[str, float]:
    return {p.name: p.stat().st_mtime for p in folder.rglob("*") if p.is_file()}


def restored(office: Office, backup: Backup, code: Code, name: str, *, into: Path) -> Job:
    into.mkdir(exist_ok=True)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id), code=code, mode=RestoreMode.NEW, new_name=name, into=into
    )
    return office.finish(office.engine.start_restore(request))


def undone(office: Office, administration: Administration) -> JobState:
    return office.finish(office.engine.start_undo(administration.code)).state


def left_behind(disk: Path) -> list[Path]:
    """Return unfinished things; what is kept for undo is none."""
    kept = [path for path in disk.rglob(".bewaar-*") if not (path / "undone").exists()]
    return [*kept, *disk.rglob("*.part"), *disk.rglob("*.tmp")]


def on(disk: Path, office: Office) -> Destination:
    return office.engine.add_destination(disk / "backups", name="Awkward", make_folder=True)


# ── The whole round ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("disk", DISKS, indirect=True)
def test_a_folder_makes_the_whole_round_there(disk: Path, office: Office) -> None:
    books = make_folder_books(disk / "Map")
    for path in books.rglob("*"):
        os.utime(path, (YESTERDAY, YESTERDAY))
    kept = office.engine.add(books, name="Map")
    before, dated = tree(books), times(books)

    backup = office.proven(kept, to=on(disk, office))
    again = restored(office, backup, kept.code, "Terug", into=disk / "nieuw")
    assert again.state is JobState.DONE, again.error
    assert tree(disk / "nieuw" / "Terug") == before
    assert times(disk / "nieuw" / "Terug") == dated

    (books / "index.txt").write_text("rewritten")
    today = tree(books)
    back = office.restore_original(backup, kept.code, typed="Map")
    assert back.state is JobState.DONE, back.error
    assert (tree(books), times(books)) == (before, dated)
    assert undone(office, kept) is JobState.DONE
    assert tree(books) == today
    assert left_behind(disk) == []


@pytest.mark.parametrize("disk", DISKS, indirect=True)
def test_a_database_makes_the_whole_round_there(disk: Path, office: Office) -> None:
    books = make_sqlite_books(disk / "Bank.sqlite")
    kept = office.engine.add(books, name="Bank")

    backup = office.proven(kept, to=on(disk, office))
    again = restored(office, backup, kept.code, "Terug", into=disk / "nieuw")
    assert again.state is JobState.DONE, again.error
    assert rows_in(disk / "nieuw" / "Terug.sqlite") == rows_in(books)

    book(books)
    today = rows_in(books)
    back = office.restore_original(backup, kept.code, typed="Bank")
    assert back.state is JobState.DONE, back.error
    assert rows_in(books) == today - 1
    assert undone(office, kept) is JobState.DONE
    assert rows_in(books) == today
    assert left_behind(disk) == []


# ── One thing it cannot do ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("disk", [DISKS[0]], indirect=True)
def test_a_change_that_leaves_size_and_time_as_they_were_is_stored(
    disk: Path, office: Office
) -> None:
    books = make_folder_books(disk / "Map")
    kept, there = office.engine.add(books, name="Map"), on(disk, office)
    first = office.proven(kept, to=there)
    index = books / "index.txt"
    status = index.stat()
    index.write_bytes(index.read_bytes().swapcase())
    os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))
    office.clock.move(minutes=1)
    job = office.back_up(kept, to=there)
    assert [job.state, *job.backups] != [JobState.DONE, first.id]
    assert len(job.backups) == 1
    again = restored(office, office.engine.backup(job.backups[0]), kept.code, "T", into=disk / "n")
    assert again.state is JobState.DONE, again.error
    assert tree(disk / "n" / "T") == tree(books)


@pytest.mark.parametrize("disk", [DISKS[0]], indirect=True)
def test_a_small_file_is_replaced_where_nothing_can_be_renamed_over(
    disk: Path, office: Office
) -> None:
    there = Folder().open(on(disk, office))
    there.put("a.info.json", b"old")
    there.put("a.info.json", b"new")
    assert (disk / "backups" / "a.info.json").read_bytes() == b"new"
    assert left_behind(disk) == []


@pytest.mark.parametrize("disk", [pytest.param(("folded",), marks=FUSE)], indirect=True)
def test_of_names_that_are_one_there_neither_file_is_lost(disk: Path, office: Office) -> None:
    for name in ("lijst.dat", "LIJST.dat"):
        (office.folder_books / name).write_text(name)
    backup = office.proven(office.holding)
    job = restored(office, backup, office.holding.code, "Terug", into=disk / "nieuw")
    assert job.state is JobState.DONE, job.error
    found = {path.read_text() for path in (disk / "nieuw" / "Terug").glob("*.dat")}
    assert found == {"lijst.dat", "LIJST.dat"}
    assert any("lijst" in str(note.params).casefold() for note in job.notes)


@pytest.mark.parametrize("disk", [pytest.param(("narrow",), marks=FUSE)], indirect=True)
def test_names_it_cannot_hold_are_refused_and_nothing_is_left(disk: Path, office: Office) -> None:
    for name in ("gewoon.dat", "Łódź.dat"):
        (office.folder_books / name).write_text(name)
    backup = office.proven(office.holding)
    job = restored(office, backup, office.holding.code, "Terug", into=disk / "nieuw")
    assert job.error is not None
    assert job.error.code == "restore.name"
    assert list((disk / "nieuw").iterdir()) == []


@pytest.mark.parametrize("disk", [pytest.param(("narrow",), marks=FUSE)], indirect=True)
def test_an_administration_whose_name_it_cannot_hold_is_stored_under_another(
    disk: Path, office: Office
) -> None:
    kept = office.engine.add(make_folder_books(office.root / "books" / "L"), name="Łódź")
    backup = office.proven(kept, to=on(disk, office))
    assert (disk / "backups" / backup.file).is_file()


@pytest.mark.parametrize(
    "disk", [pytest.param("fat", marks=marks("fusefat", "mkfs.vfat"))], indirect=True
)
def test_books_are_never_moved_by_a_driver_that_empties_renamed_folders(
    disk: Path, office: Office
) -> None:
    """As one for FAT does: it says that all went well."""
    books = disk / "Map"
    books.mkdir()
    (books / "index.txt").write_text("then")
    kept = office.engine.add(books, name="Map")
    backup = office.proven(kept, to=on(disk, office))
    (books / "index.txt").write_text("today")
    jobs = [
        office.restore_original(backup, kept.code, typed="Map"),
        restored(office, backup, kept.code, "Terug", into=disk),
    ]
    assert [job.error and job.error.code for job in jobs] == ["restore.unwritable"] * 2
    assert tree(books) == {"index.txt": b"today"}
    assert not (disk / "Terug").exists()
