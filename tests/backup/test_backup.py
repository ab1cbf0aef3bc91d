"""A backup counts once it was read back; anything else leaves nothing behind."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.destinations.base import PART
from bewaar.errors import DestinationGone, DestinationUnknown, NothingChosen, PasswordEmpty
from bewaar.model import Code, JobState, Standing
from bewaar.requests import BackupRequest, Protection
from tests.scene import Office, book, rows_in, tree


def files_at(office: Office) -> list[str]:
    return sorted(p.name for p in office.stick.folder.iterdir() if "destination" not in p.name)


def test_a_backup_is_an_ordinary_zip_that_holds_the_books_byte_for_byte(
    office: Office, tmp_path: Path
) -> None:
    backup = office.proven(office.holding)
    out = tmp_path / "out"
    archive = office.stick.folder / backup.file
    subprocess.run(["7z", "x", f"-o{out}", str(archive)], check=True, capture_output=True)
    assert tree(out / office.holding.code) == tree(office.folder_books)
    assert backup.proof is not None
    assert backup.proof.files == 7
    assert backup.proof.proven_at == office.clock.now()


def test_smaller_files_are_made_when_the_settings_say_so_unless_asked_otherwise(
    office: Office,
) -> None:
    rows = (f"{n};boeking {n % 700};{n * 7919 % 100_000}\n" for n in range(20_000))
    (office.folder_books / "dagboek.csv").write_text("".join(rows), encoding="utf-8")
    quick = office.proven(office.holding)
    office.engine.change_settings(lambda settings: replace(settings, small=True))
    small = office.proven(office.holding, even_unchanged=True)
    asked = office.proven(office.holding, even_unchanged=True, small=False)
    assert small.size < quick.size
    assert abs(asked.size - quick.size) < 100  # a time is as long as its digits


def test_an_encrypted_backup_hides_every_name_and_opens_with_7zip(
    office: Office, tmp_path: Path
) -> None:
    backup = office.proven(office.bakery, password="Brötchen 7 € über")
    archive = office.stick.folder / backup.file
    data = archive.read_bytes()
    assert backup.encrypted
    for secret in (b"Bakkerij", b"boeking", b"manifest", b"sqlite"):
        assert secret not in data
    out = tmp_path / "out"
    for source in (archive, out / "backup.zip"):
        subprocess.run(
            ["7z", "x", "-pBrötchen 7 € über", f"-o{out}", "-y", str(source)],
            check=True,
            capture_output=True,
        )
    (copy,) = (out / office.bakery.code).iterdir()
    assert rows_in(copy) == rows_in(office.sqlite_books)


def test_a_sidecar_tells_what_the_backup_is(office: Office) -> None:
    backup = office.proven(office.holding)
    info = json.loads((office.stick.folder / f"{backup.file}.info.json").read_bytes())
    assert info["id"] == backup.id
    assert info["codes"] == [office.holding.code]


def test_several_administrations_come_one_file_each_or_all_in_one(office: Office) -> None:
    each = office.back_up(office.holding, office.bakery)
    assert len(each.backups) == 2
    office.clock.move(minutes=5)
    together = office.back_up(office.holding, office.bakery, one_file=True, even_unchanged=True)
    (id,) = together.backups
    assert office.engine.backup(id).codes == (office.holding.code, office.bakery.code)


def test_unchanged_books_need_no_new_backup_and_changed_ones_do(office: Office) -> None:
    office.proven(office.bakery)
    again = office.back_up(office.bakery)
    assert again.state is JobState.DONE
    assert again.backups == ()
    assert [note.code for note in again.notes] == ["backup.unchanged"]
    book(office.sqlite_books)
    assert len(office.back_up(office.bakery).backups) == 1


def test_unchanged_books_are_backed_up_again_when_the_file_is_gone(office: Office) -> None:
    backup = office.proven(office.bakery)
    (office.stick.folder / backup.file).unlink()
    assert len(office.back_up(office.bakery).backups) == 1


def test_a_change_that_keeps_size_and_time_is_still_seen(office: Office) -> None:
    office.proven(office.holding)
    file = office.folder_books / "index.txt"
    before = file.stat()
    file.write_text("Jansen Holdinh\n", encoding="utf-8")
    import os

    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert len(office.back_up(office.holding).backups) == 1


def test_two_backups_in_the_same_minute_do_not_collide(office: Office) -> None:
    first = office.back_up(office.holding, even_unchanged=True)
    second = office.back_up(office.holding, even_unchanged=True)
    names = [office.engine.backup(job.backups[0]).file for job in (first, second)]
    assert len(set(names)) == 2
    assert all((office.stick.folder / name).exists() for name in names)


def test_one_administration_that_fails_does_not_stop_the_others(office: Office) -> None:
    shutil.rmtree(office.folder_books)
    job = office.back_up(office.holding, office.bakery)
    assert job.state is JobState.FAILED
    assert len(job.backups) == 1
    assert job.error is not None
    assert (job.error.code, job.error.administration) == ("source.gone", office.holding.code)
    assert office.engine.state(office.holding.code).standing is Standing.FAILED
    assert office.engine.state(office.bakery.code).standing is Standing.PROVEN


def _emptied(books: Path) -> None:
    shutil.rmtree(books)
    books.mkdir()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (shutil.rmtree, "source.gone"),
        (_emptied, "source.empty"),
        (lambda books: [p.unlink() for p in (books / "2025").iterdir()], "source.shrunk"),
    ],
    ids=["gone", "empty", "far fewer files"],
)
def test_a_backup_of_nothing_or_of_far_less_is_a_failure(
    office: Office, spoil: Callable[[Path], object], code: str
) -> None:
    office.proven(office.holding)
    before = files_at(office)
    spoil(office.folder_books)
    job = office.back_up(office.holding)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == code
    assert files_at(office) == before


def test_far_less_is_accepted_when_the_user_says_that_it_is_right(office: Office) -> None:
    office.proven(office.holding)
    for path in (office.folder_books / "2025").iterdir():
        path.unlink()
    assert office.back_up(office.holding, accept_fewer=True).state is JobState.DONE


def test_a_damaged_database_is_not_taken_for_good_books(office: Office) -> None:
    data = bytearray(office.sqlite_books.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    office.sqlite_books.write_bytes(bytes(data))
    job = office.back_up(office.bakery)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "source.damaged"
    assert files_at(office) == []


def test_a_write_that_does_not_read_back_never_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A medium that loses a bit: flipped on disk between the write and the proof."""
    from bewaar.backup import run

    read_back = run._read_back

    def flip_then_read(*arguments: object, **named: object) -> object:
        (part,) = office.stick.folder.glob(f"*{PART}")
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(bytes(data))
        return read_back(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_read_back", flip_then_read)
    job = office.back_up(office.holding)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "backup.unproven"
    assert files_at(office) == []
    assert office.engine.history(office.holding.code) == ()


def test_cancel_leaves_nothing_behind(office: Office) -> None:
    (office.folder_books / "large.bin").write_bytes(b"\x00\x01" * 40_000_000)
    office.engine.start()
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    job = office.engine.start_backup(request)
    waiter = threading.Thread(target=office.engine.wait, args=(job.id,))
    waiter.start()
    cursor = 0
    while office.engine.job(job.id).stage not in ("writing", "proving"):
        cursor = office.engine.events.wait(cursor, timeout=1).cursor
    office.engine.cancel(job.id)
    waiter.join(20)
    assert office.engine.job(job.id).state is JobState.CANCELLED
    assert files_at(office) == []
    assert list(office.home.snapshots.iterdir()) == []


def test_nothing_chosen_no_password_and_a_missing_stick_are_said_at_once(office: Office) -> None:
    with pytest.raises(NothingChosen):
        office.back_up()
    request = BackupRequest(
        codes=(office.holding.code,), destination=office.stick.id, protection=Protection.KEPT
    )
    with pytest.raises(PasswordEmpty):
        office.engine.start_backup(request)
    shutil.move(office.stick.folder, office.root / "elsewhere")
    with pytest.raises(DestinationGone):
        office.engine.plan_backup(
            BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
        )
    assert not office.stick.folder.exists()


def test_the_plan_says_what_will_happen_and_changes_nothing(office: Office) -> None:
    request = BackupRequest(
        codes=(office.holding.code, office.bakery.code), destination=office.stick.id
    )
    plan = office.engine.plan_backup(request)
    assert [planned.files for planned in plan.administrations] == [7, 1]
    assert len(plan.names) == 2
    assert plan.size_estimate > 0
    assert files_at(office) == []
    office.proven(office.bakery)
    assert office.engine.plan_backup(request).skipped == (office.bakery.code,)


def test_retention_keeps_as_many_as_wanted_and_never_fewer_than_two(office: Office) -> None:
    from dataclasses import replace

    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=1)))
    made = []
    for _ in range(4):
        book(office.sqlite_books)
        made.append(office.proven(office.bakery))
    kept = [b.file for b in office.engine.history(office.bakery.code)]
    assert kept == [made[3].file, made[2].file]
    assert files_at(office) == sorted(n for f in kept for n in (f, f"{f}.info.json"))


def test_a_locked_backup_stays_whatever_retention_says(office: Office) -> None:
    from dataclasses import replace

    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    first = office.proven(office.bakery)
    office.engine.lock_backup(first.id, locked=True)
    for _ in range(4):
        book(office.sqlite_books)
        office.proven(office.bakery)
    assert (office.stick.folder / first.file).exists()


def test_the_password_of_a_backup_is_nowhere_on_disk(office: Office) -> None:
    secret = "zeer-geheim-wachtwoord-4711"
    office.proven(office.holding, password=secret)
    office.engine.close()
    for root in (office.home.config, office.stick.folder):
        for path in root.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), path
    office.open()


def test_a_kept_password_is_used_without_asking(office: Office) -> None:
    office.engine.keep_password("een lang wachtwoord", "een lang wachtwoord")
    request = BackupRequest(
        codes=(Code(office.bakery.code),),
        destination=office.stick.id,
        protection=Protection.KEPT,
    )
    from bewaar.progress import SILENT

    job = office.engine.run(office.engine.start_backup(request).id, SILENT)
    backup = office.engine.backup(job.backups[0])
    assert backup.encrypted
    office.reopen()
    from bewaar.requests import BackupFile

    assert office.engine.look_inside(BackupFile(backup=backup.id)).encrypted


@pytest.mark.parametrize("nothing", ["", "  "])
def test_no_name_is_no_destination_least_of_all_the_present_folder(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(DestinationUnknown):
        office.engine.destination(nothing)
    assert list((tmp_path / "here").iterdir()) == []
