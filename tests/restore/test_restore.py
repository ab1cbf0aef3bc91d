"""Books come back whole, and nothing that was there is ever destroyed."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar.errors import (
    BackupGone,
    CodesDiffer,
    NameNotTyped,
    NotABackup,
    PasswordNeeded,
    PasswordWrong,
    TargetExists,
    UnknownAdministration,
)
from bewaar.model import SAFETY, JobState, Standing
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office, book, rows_in, tree

HOLD = "import sys; f = open(sys.argv[1], 'r+b'); print(1, flush=True); input()"


@contextmanager
def held_open(file: Path) -> Iterator[None]:
    """Have a program hold the file open, as another process."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    program.stdout.readline()
    try:
        yield
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
        program.stdin.close()


def test_a_new_administration_is_the_old_one_byte_for_byte(office: Office) -> None:
    backup = office.proven(office.holding)
    job = office.restore_new(backup, office.holding.code, "Jansen terug")
    assert job.state is JobState.DONE, job.error
    assert tree(office.root / "restored" / "Jansen terug") == tree(office.folder_books)
    added = office.engine.settings().administrations[-1]
    assert added.name == "Jansen terug"
    assert added.code != office.holding.code
    assert [p.name for p in (office.root / "restored").iterdir()] == ["Jansen terug"]


def test_a_single_file_comes_back_as_a_file_with_its_ending(office: Office) -> None:
    backup = office.proven(office.bakery, password="geheim en lang")
    job = office.restore_new(backup, office.bakery.code, "Bakkerij 2025", password="geheim en lang")
    assert job.state is JobState.DONE, job.error
    assert rows_in(office.root / "restored" / "Bakkerij 2025.sqlite") == 120


def test_nothing_is_overwritten_by_a_new_administration(office: Office) -> None:
    backup = office.proven(office.holding)
    there = office.root / "restored" / "Jansen terug"
    there.mkdir(parents=True)
    (there / "mine.txt").write_text("mine")
    with pytest.raises(TargetExists):
        office.restore_new(backup, office.holding.code, "Jansen terug")
    assert tree(there.parent) == {"Jansen terug/mine.txt": b"mine"}


def test_back_into_the_original_and_undo(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books, rows=5)
    job = office.restore_original(backup, office.bakery.code, typed="  bakkerij   JANSEN ")
    assert job.state is JobState.DONE, job.error
    assert rows_in(office.sqlite_books) == 120
    (safety,) = office.engine.backups_at(SAFETY)
    assert safety.proof is not None
    assert office.engine.undoable(office.bakery.code) is not None
    undone = office.engine.run(office.engine.start_undo(office.bakery.code).id, SILENT)
    assert undone.state is JobState.DONE, undone.error
    assert rows_in(office.sqlite_books) == 125
    assert office.engine.undoable(office.bakery.code) is None


def test_a_folder_is_swapped_whole(office: Office) -> None:
    before = tree(office.folder_books)
    backup = office.proven(office.holding)
    (office.folder_books / "2025" / "journaal 0 é.dat").unlink()
    (office.folder_books / "2026").mkdir()
    (office.folder_books / "2026" / "nieuw.dat").write_bytes(b"new year")
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE, job.error
    assert tree(office.folder_books) == before
    assert office.engine.state(office.holding.code).standing is Standing.PROVEN


def test_a_wrong_name_changes_nothing(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    with pytest.raises(NameNotTyped):
        office.restore_original(backup, office.bakery.code, typed="Bakkerij")
    assert rows_in(office.sqlite_books) == 121
    assert office.engine.backups_at(SAFETY) == ()


def test_books_that_are_open_are_not_replaced(office: Office) -> None:
    backup = office.proven(office.bakery)
    with held_open(office.sqlite_books):
        job = office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    assert job.error is not None
    assert job.error.code == "restore.open"


def test_damaged_books_can_be_replaced_and_are_kept_as_they_were(office: Office) -> None:
    backup = office.proven(office.bakery)
    data = bytearray(office.sqlite_books.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    office.sqlite_books.write_bytes(bytes(data))
    job = office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    assert job.state is JobState.DONE, job.error
    assert job.notes[0].code == "safety.impossible"
    assert rows_in(office.sqlite_books) == 120
    office.engine.run(office.engine.start_undo(office.bakery.code).id, SILENT)
    assert office.sqlite_books.read_bytes() == bytes(data)


def test_lost_books_come_back_to_their_place(office: Office) -> None:
    backup = office.proven(office.holding)
    before = tree(office.folder_books)
    shutil.rmtree(office.folder_books)
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE, job.error
    assert tree(office.folder_books) == before


def test_over_another_administration_needs_that_ones_name(office: Office) -> None:
    backup = office.proven(office.bakery)
    from tests.scene import make_sqlite_books

    other_file = make_sqlite_books(office.root / "books" / "VvE.sqlite", rows=3)
    other = office.engine.add(other_file, name="VvE Kerkstraat")
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.bakery.code,
        mode=RestoreMode.OVER,
        over=other.code,
        typed_name="VvE Kerkstraat",
    )
    job = office.engine.run(office.engine.start_restore(request).id, SILENT)
    assert job.state is JobState.DONE, job.error
    assert rows_in(other_file) == 120
    assert rows_in(office.sqlite_books) == 120


def test_into_the_original_only_when_the_codes_match(office: Office) -> None:
    backup = office.proven(office.holding)
    office.engine.forget(office.holding.code)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="Jansen Holding",
    )
    with pytest.raises(UnknownAdministration):
        office.engine.start_restore(request)


def test_a_folder_never_replaces_a_file(office: Office) -> None:
    backup = office.proven(office.holding)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.OVER,
        over=office.bakery.code,
        typed_name="Bakkerij Jansen",
    )
    with pytest.raises(CodesDiffer):
        office.engine.start_restore(request)
    assert rows_in(office.sqlite_books) == 120


def test_documents_that_a_backup_left_out_stay_in_the_books(office: Office) -> None:
    from dataclasses import replace

    from bewaar.model import Layout

    layout = Layout(documents=("docs/**",))
    object.__setattr__(office.engine._kit, "layout_of", lambda _: layout)
    (office.folder_books / "docs").mkdir()
    (office.folder_books / "docs" / "factuur.pdf").write_bytes(b"%PDF")
    backup = office.proven(office.holding, documents=False)
    assert not replace(backup.contents[0]).documents
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE, job.error
    assert (office.folder_books / "docs" / "factuur.pdf").read_bytes() == b"%PDF"


def test_any_file_opens_without_catalogue_or_sidecar(office: Office, tmp_path: Path) -> None:
    backup = office.proven(office.holding, password="een wachtwoord")
    copy = tmp_path / "from another computer.zip"
    shutil.copy(office.stick.folder / backup.file, copy)
    shutil.rmtree(office.stick.folder)
    office.engine.close()
    shutil.rmtree(office.home.config)
    office.open()
    file = BackupFile(path=copy)
    with pytest.raises(PasswordNeeded):
        office.engine.look_inside(file)
    inside = office.engine.look_inside(file, "een wachtwoord")
    (found,) = inside.manifest.administrations
    assert found.content.name == "Jansen Holding"
    request = RestoreRequest(
        file=file,
        code=found.content.code,
        mode=RestoreMode.NEW,
        new_name="Terug",
        into=tmp_path,
        password="een wachtwoord",
    )
    job = office.engine.run(office.engine.start_restore(request).id, SILENT)
    assert job.state is JobState.DONE, job.error
    assert tree(tmp_path / "Terug") == tree(office.folder_books)


def test_wrong_password_damage_and_other_files_are_told_apart(
    office: Office, tmp_path: Path
) -> None:
    backup = office.proven(office.holding, password="een wachtwoord")
    archive = office.stick.folder / backup.file
    with pytest.raises(PasswordWrong):
        office.engine.look_inside(BackupFile(backup=backup.id), "een ander")
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(bytes(data))
    damaged = office.engine.run(
        office.engine.start_verify(BackupFile(backup=backup.id), "een wachtwoord").id, SILENT
    )
    assert damaged.error is not None
    assert damaged.error.code == "backup.damaged"
    assert office.engine.backup(backup.id).proof is None
    letter = tmp_path / "letter.zip"
    letter.write_bytes(b"Dear baker,")
    with pytest.raises(NotABackup):
        office.engine.look_inside(BackupFile(path=letter))
    with pytest.raises(BackupGone):
        office.engine.look_inside(BackupFile(path=tmp_path / "gone.zip"))


def test_the_plan_says_what_would_be_lost(office: Office) -> None:
    backup = office.proven(office.bakery)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id), code=office.bakery.code, mode=RestoreMode.ORIGINAL
    )
    assert office.engine.plan_restore(request).changed_since is False
    book(office.sqlite_books)
    plan = office.engine.plan_restore(request)
    assert plan.changed_since is True
    assert plan.files_newer == 1
    assert plan.safety_copy
    assert plan.overwrites is not None


def test_a_full_target_disk_is_refused_before_anything_is_moved(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.restore import target

    backup = office.proven(office.holding)
    monkeypatch.setattr(target, "free_space", lambda _: 10)
    job = office.restore_new(backup, office.holding.code, "Terug")
    assert job.error is not None
    assert job.error.code == "restore.full"
    assert list((office.root / "restored").iterdir()) == []
