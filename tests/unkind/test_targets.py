"""Places to restore to: taken, forbidden, full, elsewhere, among other books, half emptied."""

import os
import shutil
from pathlib import Path

import pytest

from bewaar.errors import (
    BewaarError,
    DestinationInside,
    TargetExists,
    TargetInside,
)
from bewaar.files import rename_new
from bewaar.model import Backup, Job, JobState
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.mounts import Mounts, needs
from tests.rights import as_anyone
from tests.scene import Office, book, rows_in, tree
from tests.unkind.promises import (
    code_of,
    rest,
    work_left,
)
from tests.vendorfiles import backups


def new(office: Office, backup: Backup, into: Path, name: str = "Terug") -> Job:
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=backup.codes[0],
        mode=RestoreMode.NEW,
        new_name=name,
        into=into,
    )
    return office.finish(office.engine.start_restore(request))


@pytest.fixture
def into(office: Office) -> Path:
    folder = office.root / "into"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", ["file", "folder", "link", "empty folder"])
def test_a_name_that_is_taken_is_refused_and_what_has_it_stays(
    office: Office, into: Path, kind: str
) -> None:
    backup = office.proven(office.holding)
    taken = into / "Terug"
    if kind == "file":
        taken.write_bytes(b"mine")
    elif kind == "link":
        taken.symlink_to(into / "nowhere")
    else:
        taken.mkdir()
        if kind == "folder":
            (taken / "mine.txt").write_bytes(b"mine")
    with pytest.raises(TargetExists):
        new(office, backup, into)
    assert list(into.iterdir()) == [taken]
    assert kind != "folder" or tree(taken) == {"mine.txt": b"mine"}
    assert taken.is_symlink() == (kind == "link")


@pytest.mark.parametrize("books", ["folder", "file"])
def test_a_name_that_is_taken_in_the_last_moment_is_left_alone(
    office: Office, into: Path, books: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = office.proven(office.holding if books == "folder" else office.bakery)
    taken = into / ("Terug" if books == "folder" else "Terug.sqlite")
    from bewaar.restore.placement_files import FilePlacement

    settle = FilePlacement._settle

    def take_then_settle(*arguments: object) -> None:
        if books == "folder":
            taken.mkdir()
            (taken / "mine.txt").write_bytes(b"mine")
        else:
            taken.write_bytes(b"mine")
        settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FilePlacement, "_settle", take_then_settle)
    assert code_of(new(office, backup, into)) == "restore.exists"
    assert list(tree(into).values()) == [b"mine"]
    assert len(office.engine.settings().administrations) == 2


def test_half_a_pair_whose_other_name_is_taken_is_not_placed_alone(
    office: Office, into: Path
) -> None:
    folder = office.root / "books" / "erp"
    folder.mkdir()
    for ending in ("zip", "ztx"):
        (folder / f"company.{ending}").write_bytes(b"x" * 900)
    erp = office.engine.add(folder / "company.zip", program="erp-zip-ztx")
    backup = office.proven(erp)
    (into / "Terug.ztx").write_bytes(b"mine")
    assert code_of(new(office, backup, into)) == "restore.exists"
    assert tree(into) == {"Terug.ztx": b"mine"}
    (into / "Terug.ztx").unlink()
    assert new(office, backup, into).state is JobState.DONE
    assert sorted(tree(into)) == ["Terug.zip", "Terug.ztx"]


class PowerCut(BaseException):
    """Nothing of the program runs after this."""


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_pair_whose_restore_is_cut_short_between_its_names_comes_whole_or_not_at_all(
    office: Office, into: Path, count: int, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    folder = office.root / "books" / "erp"
    folder.mkdir()
    for ending in ("zip", "ztx"):
        (folder / f"company.{ending}").write_bytes(ending.encode() * 300)
    backup = office.proven(office.engine.add(folder / "company.zip", program="erp-zip-ztx"))
    left = [count]

    def cut(*places: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCut
        rename_new(*places)

    with monkeypatch.context() as patch:
        patch.setattr("bewaar.restore.single.rename_new", cut)
        if count < 2:
            patch.setattr(
                "bewaar.restore.clearing.discard", lambda *_: None
            )  # a dead process clears nothing up
            with pytest.raises(PowerCut):
                new(office, backup, into)
        else:
            new(office, backup, into)
    whole = {"Terug.zip": b"zip" * 300, "Terug.ztx": b"ztx" * 300}
    mine = {"Terug.zip": b"mine"} if taken and count < 2 else {}
    for name, data in mine.items():
        (into / name).write_bytes(data)
    office.reopen()
    left_there = {name: data for name, data in tree(into).items() if "/" not in name}
    assert left_there in ([whole] if not mine else [mine, mine | {"Terug.ztx": whole["Terug.ztx"]}])


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
def test_a_forbidden_folder_is_told_and_holds_nothing_afterwards(
    office: Office, into: Path
) -> None:
    backup = office.proven(office.holding)
    into.chmod(0o500)
    try:
        with as_anyone():
            assert code_of(new(office, backup, into)) == "restore.unwritable"
    finally:
        into.chmod(0o700)
    assert tree(into) == {}


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
def test_books_in_a_forbidden_folder_stay_as_they_are(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    above = office.sqlite_books.parent
    above.chmod(0o500)
    try:
        with as_anyone():
            job = office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    finally:
        above.chmod(0o700)
    assert code_of(job) == "restore.unwritable"
    assert rows_in(office.sqlite_books) == 121
    assert office.engine.undoable(office.bakery.code) is None


@pytest.mark.parametrize("wanted", ["", ".", "no such folder", "a file"])
def test_a_folder_that_is_none_is_refused(office: Office, into: Path, wanted: str) -> None:
    backup = office.proven(office.holding)
    (into / "a file").write_bytes(b"mine")
    target = Path(wanted) if wanted in {"", "."} else into / wanted
    with pytest.raises(BewaarError) as told:
        new(office, backup, target)
    assert told.value.code in {"restore.unwritable", "value.invalid"}
    assert tree(into) == {"a file": b"mine"}


def test_nothing_is_restored_among_other_books_or_backups(office: Office) -> None:
    backup = office.proven(office.bakery)
    before = tree(office.folder_books), sorted(office.stick.folder.iterdir())
    for target, error in (
        (office.folder_books, TargetInside),
        (office.folder_books / "2025", TargetInside),
        (office.stick.folder, DestinationInside),
    ):
        with pytest.raises(error):
            new(office, backup, target)
    assert (tree(office.folder_books), sorted(office.stick.folder.iterdir())) == before


def test_beside_other_books_is_no_hindrance(office: Office) -> None:
    backup = office.proven(office.bakery)
    assert new(office, backup, office.sqlite_books.parent).state is JobState.DONE


@needs()
def test_onto_another_volume(office: Office, mounts: Mounts) -> None:
    backup = office.proven(office.holding)
    volume = mounts.tmpfs(office.root / "volume")
    assert new(office, backup, volume).state is JobState.DONE
    assert tree(volume / "Terug") == tree(office.folder_books)
    assert [path.name for path in volume.iterdir()] == ["Terug"]


@needs()
def test_books_that_are_a_volume_of_their_own_are_not_torn(office: Office, mounts: Mounts) -> None:
    """Their folder is a mount point, which nobody can rename."""
    volume = mounts.tmpfs(office.root / "books" / "volume")
    shutil.copytree(office.folder_books, volume, dirs_exist_ok=True)
    books = office.engine.add(volume, name="Volume")
    backup = office.proven(books)
    (volume / "later.txt").write_text("typed today")
    before = tree(volume)
    job = office.restore_original(backup, books.code, typed="Volume")
    assert code_of(job) == "restore.unwritable"
    assert tree(volume) == before
    assert work_left(office) == []
    assert office.back_up(books).state is JobState.DONE


@needs()
def test_a_volume_that_fills_up_while_it_is_unpacked_is_as_it_was(
    office: Office, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(4 << 20))
    rest(office.folder_books)
    backup = office.proven(office.holding)
    volume = mounts.tmpfs(office.root / "volume", size="2m")
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.NEW,
        new_name="Terug",
        into=volume,
    )
    with pytest.raises(BewaarError) as told:
        office.engine.plan_restore(request)
    assert told.value.code == "restore.full"
    monkeypatch.setattr("bewaar.restore.target.free_space", lambda _: 1 << 40)
    assert code_of(new(office, backup, volume)) == "restore.full"
    assert list(volume.iterdir()) == []


@needs()
def test_a_volume_that_is_pulled_while_it_is_unpacked_is_told(
    office: Office, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.restore.placement_files import FilePlacement

    backup = office.proven(office.holding)
    volume = mounts.tmpfs(office.root / "volume")
    settle = FilePlacement._settle

    def pull_then_settle(*arguments: object) -> None:
        mounts.pull(volume)
        settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FilePlacement, "_settle", pull_then_settle)
    assert code_of(new(office, backup, volume)) == "restore.unwritable"
    assert list(volume.iterdir()) == []
    assert len(office.engine.settings().administrations) == 2


# ── Into the original ───────────────────────────────────────────────────────────────────────


def _emptied(place: Path) -> None:
    shutil.rmtree(place)
    place.mkdir()


def _without_one(place: Path) -> None:
    (place / "index.txt").unlink()


@pytest.mark.parametrize("spoil", [shutil.rmtree, _emptied, _without_one])
def test_lost_emptied_or_half_lost_books_come_back(office: Office, spoil: object) -> None:
    backup = office.proven(office.holding)
    before = tree(office.folder_books)
    spoil(office.folder_books)  # type: ignore[operator]
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE, job.error
    assert tree(office.folder_books) == before


def test_half_a_pair_is_made_whole_again(office: Office) -> None:
    folder = office.root / "books" / "erp"
    folder.mkdir()
    backups.aged(*backups.pair(folder / "company.zip"))
    erp = office.engine.add(folder, name="ERP", program="erp-zip-ztx")
    backup = office.proven(erp)
    before = tree(folder)
    (folder / "company.ztx").unlink()
    job = office.restore_original(backup, erp.code, typed="ERP")
    assert job.state is JobState.DONE, job.error
    assert tree(folder) == before


def test_undo_after_the_program_wrote_keeps_both(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books, rows=5)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    book(office.sqlite_books, rows=9)
    job = office.finish(office.engine.start_undo(office.bakery.code))
    assert job.state is JobState.DONE, job.error
    assert rows_in(office.sqlite_books) == 125
    kept = Path(str(job.result["kept"]))
    assert rows_in(kept / office.sqlite_books.name) == 129


def test_undo_of_books_that_were_moved_meanwhile_is_refused_and_loses_nothing(
    office: Office,
) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books, rows=5)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    moved = office.root / "books" / "moved.sqlite"
    shutil.move(office.sqlite_books, moved)
    office.engine.change_administration(office.bakery.code, place=moved)
    assert code_of(office.finish(office.engine.start_undo(office.bakery.code))) == "undo.blocked"
    assert rows_in(moved) == 120


def test_undo_whose_kept_books_somebody_removed_is_refused(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    (work,) = office.sqlite_books.parent.glob(".bewaar-*")
    shutil.rmtree(work)
    job = office.finish(office.engine.start_undo(office.bakery.code))
    assert code_of(job) == "undo.blocked"
    assert rows_in(office.sqlite_books) == 120


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
def test_an_undo_that_cannot_move_the_books_can_be_asked_again(office: Office) -> None:
    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    above = office.sqlite_books.parent
    above.chmod(0o500)
    try:
        with as_anyone():
            job = office.finish(office.engine.start_undo(office.bakery.code))
    finally:
        above.chmod(0o700)
    assert code_of(job) == "restore.unwritable"
    assert rows_in(office.sqlite_books) == 120
    office.reopen()
    assert rows_in(office.sqlite_books) == 120  # a start does not go on with what failed
    assert office.engine.overview().recoveries == ()
    assert office.finish(office.engine.start_undo(office.bakery.code)).state is JobState.DONE
    assert rows_in(office.sqlite_books) == 121


def test_an_open_program_is_seen_again_right_before_the_swap(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was closed when the restore began, and opened while it unpacked."""
    from bewaar.restore.staging import stage

    backup = office.proven(office.bakery)
    book(office.sqlite_books)
    held = []

    def open_late(*arguments: object, **choices: object) -> None:
        stage(*arguments, **choices)  # type: ignore[arg-type]
        import subprocess
        import sys

        held.append(
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    "import sys; f = open(sys.argv[1], 'r+b'); print(1, flush=True); input()",
                    str(office.sqlite_books),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        assert held[0].stdout is not None
        held[0].stdout.readline()

    monkeypatch.setattr("bewaar.restore.placement_files.stage", open_late)
    try:
        job = office.restore_original(backup, office.bakery.code, typed="Bakkerij Jansen")
    finally:
        for program in held:
            program.kill()
            program.communicate()
    assert code_of(job) == "restore.open"
    assert rows_in(office.sqlite_books) == 121
