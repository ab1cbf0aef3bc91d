"""Books that are gone, empty, forbidden, half readable, or never at rest."""

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import DestinationInside
from bewaar.model import Administration, JobState, Standing
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest
from bewaar.storage.fileset import FileSet
from tests.rights import as_anyone
from tests.scene import Office, make_folder_books, tree
from tests.unkind.promises import code_of, every_backup_is_good, files_at
from tests.vendorfiles import backups
from tests.writers import database_of_generations, is_whole_database, writing_database

needs_rights = pytest.mark.skipif(os.name == "nt", reason="rights work differently there")


def _into_a_file(place: Path) -> None:
    shutil.rmtree(place)
    place.write_bytes(b"")


def _dangling(place: Path) -> None:
    shutil.rmtree(place)
    place.symlink_to(place.parent / "nowhere")


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (shutil.rmtree, {"source.gone"}),
        (_dangling, {"source.gone"}),
        (_into_a_file, {"source.shrunk", "source.empty"}),
        (lambda place: [p.unlink() for p in place.rglob("*") if p.is_file()], {"source.empty"}),
    ],
    ids=["gone", "a link to nowhere", "an empty file", "only empty folders"],
)
def test_books_that_are_not_there_are_no_backup_and_harm_no_older_one(
    office: Office, spoil: Callable[[Path], object], codes: set[str]
) -> None:
    good = office.proven(office.holding)
    there = files_at(office.stick)
    spoil(office.folder_books)
    job = office.back_up(office.holding)
    assert code_of(job) in codes
    assert files_at(office.stick) == there
    assert every_backup_is_good(office, office.holding.code) == [good]
    assert office.engine.state(office.holding.code).standing is Standing.FAILED


@needs_rights
@pytest.mark.parametrize("forbidden", [".", "2025", "2025/journaal 3 é.dat"])
def test_books_that_are_forbidden_wholly_or_in_part_are_no_backup(
    office: Office, forbidden: str
) -> None:
    good = office.proven(office.holding)
    path = office.folder_books / forbidden
    rights = path.stat().st_mode
    path.chmod(0)
    try:
        with as_anyone():
            job = office.back_up(office.holding)
            office.engine.scan()
            standing = office.engine.state(office.holding.code).standing
    finally:
        path.chmod(rights)
    assert code_of(job) == "source.unreadable"
    assert job.error is not None
    assert Path(str(job.error.params["path"])).name == path.name
    assert standing is not Standing.PROVEN
    assert every_backup_is_good(office, office.holding.code) == [good]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such things there")
def test_pipes_and_sockets_among_the_books_are_named_and_stop_nothing(office: Office) -> None:
    os.mkfifo(office.folder_books / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(office.folder_books / "s"))
    try:
        job = office.back_up(office.holding)
    finally:
        server.close()
    assert job.state is JobState.DONE, job.error
    skipped = {note.params["path"] for note in job.notes if note.code == "source.skipped"}
    assert skipped == {"pipe", "s"}


def test_a_database_under_a_writer_that_never_stops_gives_whole_backups(
    office: Office, tmp_path: Path
) -> None:
    place = database_of_generations(tmp_path / "books" / "druk.sqlite")
    busy = office.engine.add(place, name="Druk")
    with writing_database(place, "wal", pause=0.01):
        backup = office.proven(busy)
        job = office.restore_new(backup, busy.code, "Druk terug")
    assert job.state is JobState.DONE, job.error
    assert is_whole_database(tmp_path / "restored" / "Druk terug.sqlite")


def test_a_file_that_grows_without_end_is_busy_and_never_half_a_backup(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reading of the folder finds a file that was just written."""
    from bewaar.storage.tree import look

    def look_and_write(*arguments: object) -> object:
        found = look(*arguments)  # type: ignore[arg-type]
        with (office.folder_books / "log.txt").open("ab") as log:
            log.write(b"one more line\n")
        return found

    monkeypatch.setattr("bewaar.storage.taking.look", look_and_write)
    monkeypatch.setattr("bewaar.storage.taking.time.sleep", lambda _: None)
    job = office.back_up(office.holding)
    assert code_of(job) == "source.busy"
    assert files_at(office.stick) == []


def test_a_change_during_the_backup_is_still_to_be_stored_afterwards(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed while the archive is written: proven is what was copied, not what is there now."""
    from bewaar.backup import run

    monkeypatch.setattr(FileSet, "in_place", lambda *_: None)  # books that lie still are not copied
    write = run._Attempt._write

    def write_late(*arguments: object) -> object:
        (office.folder_books / "index.txt").write_text("typed during the backup\n")
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run._Attempt, "_write", write_late)
    office.proven(office.holding)
    assert office.engine.state(office.holding.code).standing is Standing.CHANGED
    monkeypatch.undo()
    office.proven(office.holding)
    assert office.engine.state(office.holding.code).standing is Standing.PROVEN


# ── S11 ─────────────────────────────────────────────────────────────────────────────────────


def test_a_destination_inside_the_books_or_around_them_is_refused(office: Office) -> None:
    before = tree(office.folder_books)
    inside = office.folder_books / "2025" / "backups"
    for folder in (inside, office.folder_books, office.root / "books"):
        with pytest.raises(DestinationInside):
            office.engine.add_destination(folder, make_folder=True)
        with pytest.raises(DestinationInside):
            office.engine.destination(str(folder), make_folder=True)
    assert tree(office.folder_books) == before
    assert not inside.exists()


def test_books_inside_a_destination_or_around_it_are_refused(office: Office) -> None:
    below = make_folder_books(office.stick.folder / "books")
    with pytest.raises(DestinationInside):
        office.engine.add(below)
    with pytest.raises(DestinationInside):
        office.engine.add(office.root)


def test_a_destination_that_came_to_lie_inside_the_books_through_a_link_is_refused(
    office: Office,
) -> None:
    """Neither moved in the settings: the folder of the destination did."""
    inside = office.folder_books / "stick"
    shutil.move(office.stick.folder, inside)
    office.stick.folder.symlink_to(inside)
    before = sorted(p.name for p in inside.iterdir())
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    with pytest.raises(DestinationInside):
        office.engine.plan_backup(request)
    job = office.finish(office.engine.start_backup(request), SILENT)
    assert code_of(job) == "destination.inside"
    assert sorted(p.name for p in inside.iterdir()) == before


def test_places_that_are_changed_by_hand_are_checked_before_each_backup(office: Office) -> None:
    office.engine.change_settings(
        lambda s: replace(
            s,
            administrations=tuple(
                replace(a, place=office.root) if a.code == office.holding.code else a
                for a in s.administrations
            ),
        )
    )
    job = office.back_up(office.holding)
    assert code_of(job) == "destination.inside"
    assert files_at(office.stick) == []


# ── S10 ─────────────────────────────────────────────────────────────────────────────────────


def pair(office: Office) -> tuple[Administration, Path]:
    folder = office.root / "books" / "erp"
    folder.mkdir()
    backups.aged(*backups.pair(folder / "company.zip"))
    return office.engine.add(folder, program="erp-zip-ztx"), folder


def test_half_a_pair_is_no_backup(office: Office) -> None:
    erp, folder = pair(office)
    backup = office.proven(erp)
    for lost in ("company.zip", "company.ztx"):
        kept = (folder / lost).read_bytes()
        (folder / lost).unlink()
        assert code_of(office.back_up(erp)) == "source.pair"
        (folder / lost).write_bytes(kept)
    job = office.restore_new(backup, erp.code, "erp terug")
    assert job.state is JobState.DONE
    assert tree(office.root / "restored" / "erp terug") == tree(folder)
