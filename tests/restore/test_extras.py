"""Folders outside the books: in every backup, and never put over anything."""

import shutil
import zipfile
from pathlib import Path

import pytest

from bewaar.errors import DestinationInside, ExtraInside, SourceGone
from bewaar.model import Administration, Job, JobState
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office, book, make_sqlite_books, rows_in, tree


@pytest.fixture
def templates(office: Office) -> Path:
    folder = office.root / "elsewhere" / "Sjablonen é"
    (folder / "brief").mkdir(parents=True)
    (folder / "brief" / "herinnering.txt").write_text("Geachte heer")
    make_sqlite_books(folder / "layout.sqlite")
    return folder


@pytest.fixture
def bakery(office: Office, templates: Path) -> Administration:
    return office.engine.add_extra(office.bakery.code, templates)


@pytest.fixture
def holding(office: Office, templates: Path) -> Administration:
    (office.folder_books / "extra 1 Sjablonen é").write_text("a file that is called so")
    return office.engine.add_extra(office.holding.code, templates)


def restore(
    office: Office, administration: Administration, *parts: str, new: str = "", typed: str = ""
) -> Job:
    (backup,) = office.engine.history(administration.code)[:1]
    (office.root / "restored").mkdir(exist_ok=True)
    asked = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=administration.code,
        mode=RestoreMode.NEW if new else RestoreMode.ORIGINAL,
        new_name=new,
        into=office.root / "restored" if new else None,
        typed_name=typed,
        parts=parts or None,
    )
    return office.finish(office.engine.start_restore(asked))


def same(one: Path, other: Path) -> bool:
    """Compare two folders; a database in them is copied as a database, not byte for byte."""
    rows = [rows_in(folder / "layout.sqlite") for folder in (one, other)]
    files = [{**tree(folder), "layout.sqlite": None} for folder in (one, other)]
    return rows[0] == rows[1] and files[0] == files[1]


def test_extra_folders_are_parts_that_say_where_they_lay(
    office: Office, bakery: Administration, templates: Path
) -> None:
    backup = office.proven(bakery)
    assert [part.name for part in backup.contents[0].parts] == ["", "extra/1"]
    assert backup.contents[0].extras == (str(templates),)
    assert backup.contents[0].single_file
    names = zipfile.ZipFile(office.root / "stick" / backup.file).namelist()
    assert f"{bakery.code}/extra 1 Sjablonen é/brief/herinnering.txt" in names


@pytest.mark.parametrize("which", ["bakery", "holding"])
def test_all_comes_back_and_the_folders_lie_beside(
    office: Office, which: str, templates: Path, request: pytest.FixtureRequest
) -> None:
    administration: Administration = request.getfixturevalue(which)
    office.proven(administration)
    books = tree(administration.place) if which == "holding" else {}
    job = restore(office, administration, new="Terug")
    assert job.state is JobState.DONE, job.error
    restored = office.root / "restored"
    (place,) = (path for path in restored.iterdir() if "extra" not in path.name)
    (beside,) = (path for path in restored.iterdir() if "extra" in path.name)
    assert rows_in(place) == 120 if which == "bakery" else tree(place) == books
    (inner,) = beside.iterdir()
    assert same(inner, templates)
    assert "restore.extras" in [note.code for note in job.notes]


def test_replaced_books_leave_the_folders_where_they_lie(
    office: Office, bakery: Administration, templates: Path
) -> None:
    office.proven(bakery)
    (templates / "brief" / "herinnering.txt").write_text("since")
    book(office.sqlite_books)
    job = restore(office, bakery, typed="Bakkerij Jansen")
    assert job.state is JobState.DONE, job.error
    assert rows_in(office.sqlite_books) == 120
    assert (templates / "brief" / "herinnering.txt").read_text() == "since"
    beside = office.sqlite_books.parent / "Bakkerij.sqlite extra"
    assert (beside / "extra 1 Sjablonen é" / "brief" / "herinnering.txt").read_text() != "since"


def test_lost_books_come_back_with_their_folders(
    office: Office, bakery: Administration, templates: Path
) -> None:
    office.proven(bakery)
    shutil.rmtree(office.sqlite_books.parent)
    job = restore(office, bakery, typed="Bakkerij Jansen")
    assert job.state is JobState.DONE, job.error
    assert rows_in(office.sqlite_books) == 120
    beside = office.sqlite_books.parent / "Bakkerij.sqlite extra"
    assert same(beside / "extra 1 Sjablonen é", templates)


def test_only_the_folder_comes_and_the_books_stay(
    office: Office, bakery: Administration, templates: Path
) -> None:
    office.proven(bakery)
    book(office.sqlite_books)
    for number in ("", " 2"):
        job = restore(office, bakery, "extra/1")
        assert job.state is JobState.DONE, job.error
        beside = office.sqlite_books.parent / f"Bakkerij.sqlite extra{number}"
        assert same(beside / "extra 1 Sjablonen é", templates)
    assert rows_in(office.sqlite_books) == 121
    assert len(office.engine.settings().administrations) == 2


def test_only_the_books_come_without_the_folder(office: Office, bakery: Administration) -> None:
    office.proven(bakery)
    assert restore(office, bakery, "", new="Terug").state is JobState.DONE
    assert [path.name for path in (office.root / "restored").iterdir()] == ["Terug.sqlite"]


def test_a_folder_that_is_gone_is_told_and_not_left_out(
    office: Office, bakery: Administration, templates: Path
) -> None:
    office.proven(bakery)
    shutil.rmtree(templates)
    office.clock.move(minutes=1)
    job = office.back_up(bakery, even_unchanged=True)
    assert job.error is not None
    assert job.error.code == SourceGone.code
    office.engine.remove_extra(bakery.code, templates)
    assert office.proven(bakery).contents[0].parts == ()


def test_leaving_out_a_folder_of_many_files_is_no_loss(
    office: Office, bakery: Administration, templates: Path
) -> None:
    for number in range(20):
        (templates / f"{number}.txt").write_text("x")
    office.proven(bakery)
    office.engine.remove_extra(bakery.code, templates)
    assert office.proven(bakery).contents[0].files == 1


def test_a_change_in_the_folder_makes_a_new_backup(
    office: Office, bakery: Administration, templates: Path
) -> None:
    first = office.proven(bakery)
    unchanged = office.back_up(bakery)
    assert unchanged.backups == ()
    (templates / "nieuw.txt").write_text("new")
    assert office.proven(bakery).id != first.id


def test_a_folder_that_overlaps_is_refused(office: Office, holding: Administration) -> None:
    for folder in (office.folder_books / "2025", office.folder_books.parent, holding.extras[0]):
        with pytest.raises(ExtraInside):
            office.engine.add_extra(holding.code, folder)
    for folder in (office.root / "stick", office.root, office.home.data):
        with pytest.raises((DestinationInside, ExtraInside)):
            office.engine.add_extra(office.bakery.code, folder)
    assert office.engine.state(holding.code).administration.extras == holding.extras


def test_a_destination_inside_the_folder_is_refused(office: Office, bakery: Administration) -> None:
    with pytest.raises(DestinationInside):
        office.engine.add_destination(bakery.extras[0] / "copies", make_folder=True)
