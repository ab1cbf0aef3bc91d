"""Backup files that are damaged, cut, foreign, hostile, of another, or under a wrong password."""

import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.errors import BewaarError
from bewaar.model import Backup, Job, JobState
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office, tree
from tests.unkind.promises import (
    archives_at,
    code_of,
    files_at,
    rest,
    verified,
)
from tests.unkind.restoring import as_new, in_place

EVIL = Path(__file__).parents[3] / "shared" / "evilzips"
PASSWORD = "Brötchen für Jansen 12"


DAMAGED = {"", "backup.damaged", "backup.hostile", "backup.foreign", "backup.newer"}


def archive_of(office: Office, backup: Backup) -> Path:
    return office.stick.folder / backup.file


def tries(office: Office, file: Path, password: str | None = None) -> set[str]:
    """Try every way of opening a file, and return the failures they end in, "" for none.

    Whatever is given back must be the books as they are.
    """
    wanted = BackupFile(path=file)
    request, original = as_new(office, wanted, password), in_place(office, wanted, password)
    before = tree(office.folder_books)
    codes = set()
    asked: list[Callable[[], Job]] = [
        lambda: office.finish(office.engine.start_restore(request)),
        lambda: office.finish(office.engine.start_restore(original)),
        lambda: office.finish(office.engine.start_verify(wanted, password)),
    ]
    for ask in asked:
        try:
            job = ask()
        except BewaarError as error:
            codes.add(error.code)
        else:
            codes.add(job.error.code if job.error else "")
    for given in (office.root / "into").iterdir():
        assert tree(given) == before
        office.engine.forget(office.engine.settings().administrations[-1].code)
        shutil.rmtree(given)
    assert tree(office.folder_books) == before
    return codes


# ── Damage ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
@pytest.mark.parametrize("sidecar", [True, False], ids=["with sidecar", "bare"])
def test_one_flipped_bit_anywhere_is_never_given_back_as_books(
    office: Office, *, password: str | None, sidecar: bool
) -> None:
    backup = office.proven(office.holding, password=password)
    archive = archive_of(office, backup)
    if not sidecar:
        archive.with_name(f"{archive.name}.info.json").unlink()
    good = archive.read_bytes()
    chance = random.Random(len(good))
    places = [0, len(good) - 1, len(good) - 22, *chance.sample(range(len(good)), 5)]
    for place in places:
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        copy = office.root / f"copy {place}.zip"
        copy.write_bytes(bad)
        if sidecar:
            shutil.copy(archive.with_name(f"{archive.name}.info.json"), f"{copy}.info.json")
        codes = tries(office, copy, password)
        assert codes <= DAMAGED | ({"password.ordamage", "password.wrong"} if password else set())
        if sidecar:  # it vouches for every bit
            assert codes & {"backup.damaged", "backup.foreign"}, place


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_a_file_cut_anywhere_is_never_given_back_as_books(
    office: Office, password: str | None
) -> None:
    good = archive_of(office, office.proven(office.holding, password=password)).read_bytes()
    copy = office.root / "cut.zip"
    for length in (0, 1, 4, 30, 100, len(good) // 2, len(good) - 23, len(good) - 1):
        copy.write_bytes(good[:length])
        assert tries(office, copy, password) <= {"backup.damaged", "backup.foreign"}, length


def test_a_known_backup_that_was_damaged_loses_its_proof_and_is_not_removed(
    office: Office,
) -> None:
    backup = office.proven(office.holding)
    archive = archive_of(office, backup)
    archive.write_bytes(archive.read_bytes()[:-100])
    assert code_of(verified(office, backup)) == "backup.damaged"
    assert office.engine.backup(backup.id).proof is None
    assert archive.exists()
    assert office.back_up(office.holding).backups  # unchanged books, but nothing proves them


def test_a_destination_that_went_while_a_backup_was_read_takes_no_proof(office: Office) -> None:
    backup = office.proven(office.holding)
    shutil.move(office.stick.folder, office.root / "away")
    assert code_of(verified(office, backup)) == "destination.gone"
    shutil.move(office.root / "away", office.stick.folder)
    assert office.engine.backup(backup.id).proof == backup.proof


# ── Foreign and hostile ─────────────────────────────────────────────────────────────────────


def _with_names(*names: str) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "text")

    return write


@pytest.mark.parametrize(
    "write",
    [
        _with_names("letter.txt"),
        _with_names("../../outside.txt", "/etc/outside.txt", "C:\\outside.txt"),
        _with_names(),
        lambda file: file.write_bytes(b"Dear baker,"),
        lambda file: file.mkdir(),
        lambda file: file.symlink_to("/dev/zero"),
    ],
    ids=["foreign", "points outside", "empty", "a letter", "a folder", "a device"],
)
def test_what_is_no_backup_is_told_and_writes_nothing(
    office: Office, write: Callable[[Path], None]
) -> None:
    file = office.root / "it.zip"
    write(file)
    above = sorted(office.root.iterdir())
    foreign = {"backup.foreign", "backup.hostile", "backup.gone", "destination.fault"}
    assert tries(office, file) <= foreign
    assert sorted({*office.root.iterdir()} - {office.root / "into"}) == above


@pytest.mark.skipif(not EVIL.is_dir(), reason="the hostile samples are not here")
def test_no_hostile_zip_at_a_destination_stops_a_rebuild_or_becomes_a_backup(
    office: Office,
) -> None:
    backup = office.proven(office.holding)
    for sample in EVIL.glob("*.zip"):
        shutil.copy(sample, office.stick.folder)
    job = office.finish(office.engine.start_rebuild(office.stick.id))
    assert job.state is JobState.DONE, job.error
    assert [found.id for found in office.engine.backups_at(office.stick.id)] == [backup.id]
    before = files_at(office.stick)
    assert office.back_up(office.holding, even_unchanged=True).state is JobState.DONE
    assert set(before) < set(files_at(office.stick))


# ── Passwords ───────────────────────────────────────────────────────────────────────────────


def test_a_wrong_password_is_told_by_every_verb_and_changes_nothing(office: Office) -> None:
    backup = office.proven(office.holding, password=PASSWORD)
    file = archive_of(office, backup)
    assert tries(office, file, "Brotchen fur Jansen 12") == {"password.wrong"}
    assert tries(office, file, PASSWORD.upper()) == {"password.wrong"}
    assert tries(office, file) == {"password.needed"}
    assert code_of(verified(office, backup, "nope")) == "password.wrong"
    assert office.engine.backup(backup.id).proof == backup.proof


def test_a_password_opens_in_every_way_of_writing_its_accents(office: Office) -> None:
    import unicodedata

    backup = office.proven(office.holding, password=unicodedata.normalize("NFD", PASSWORD))
    nfc = unicodedata.normalize("NFC", PASSWORD)
    assert verified(office, backup, nfc).state is JobState.DONE
    job = office.restore_new(
        backup, office.holding.code, "Terug", password=unicodedata.normalize("NFD", PASSWORD)
    )
    assert job.state is JobState.DONE


def test_no_password_shows_in_a_job_a_log_or_a_request(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    backup = office.proven(office.holding, password=PASSWORD)
    verified(office, backup, PASSWORD + "x")
    shown = [repr(office.engine.jobs()), caplog.text, repr(office.engine.overview())]
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.NEW,
        password=PASSWORD,
    )
    shown.append(repr(request))
    assert not any(PASSWORD in text for text in shown)


# ── Sidecars and rebuilding ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 99}',
        b"[" * 100_000,
        b'{"format": 1, "id": "../../x"}',
    ],
)
def test_a_sidecar_that_is_nonsense_is_passed_over(office: Office, text: bytes) -> None:
    backup = office.proven(office.bakery)
    sidecar = office.stick.folder / f"{backup.file}.info.json"
    sidecar.write_bytes(text)
    office.engine._catalogue.backups.remove(backup.id, office.stick.id)
    job = office.finish(office.engine.start_rebuild(office.stick.id))
    assert job.state is JobState.DONE, job.error
    (found,) = office.engine.backups_at(office.stick.id)
    assert found.id == backup.id
    assert found.proof is None
    assert verified(office, found).state is JobState.DONE


def test_a_sidecar_that_lies_is_never_believed_over_the_archive(office: Office) -> None:
    """It claims to be another backup, of books that are not inside, twice."""
    backup = office.proven(office.bakery)
    sidecar = office.stick.folder / f"{backup.file}.info.json"
    claims = json.loads(sidecar.read_bytes())
    claims["codes"] = [office.holding.code] * 2
    claims["contents"] = claims["contents"] * 2
    sidecar.write_text(json.dumps(claims))
    office.engine._catalogue.backups.remove(backup.id, office.stick.id)
    assert office.finish(office.engine.start_rebuild(office.stick.id)).state is JobState.DONE
    (found,) = office.engine.backups_at(office.stick.id)
    assert found.proof is None
    with pytest.raises(BewaarError):
        office.engine.start_restore(in_place(office, BackupFile(backup=found.id)))


def test_a_copy_beside_the_original_takes_nothing_from_it(office: Office) -> None:
    backup = office.proven(office.bakery)
    archive = archive_of(office, backup)
    for name in (archive.name, f"{archive.name}.info.json"):
        shutil.copy(archive.with_name(name), archive.with_name(f"A copy of {name}"))
    for _ in range(2):
        office.finish(office.engine.start_rebuild(office.stick.id))
        (found,) = office.engine.backups_at(office.stick.id)
        assert (found.file, found.proof) == (backup.file, backup.proof)
    archive.unlink()
    office.finish(office.engine.start_rebuild(office.stick.id))
    (found,) = office.engine.backups_at(office.stick.id)
    assert found.file == f"A copy of {archive.name}"
    assert verified(office, found).state is JobState.DONE


def test_one_archive_that_cannot_be_read_does_not_hide_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.destinations.transfer import Medium

    office.proven(office.bakery)
    good = office.proven(office.holding)
    bad = office.engine.history(office.bakery.code)[0]
    read = Medium.readinto

    def broken(self: Medium, buffer: object) -> int:
        if self.name_wanted == bad.file:  # type: ignore[attr-defined]
            raise self._explain(OSError(5, "Input/output error"), 0, 0)
        return read(self, buffer)  # type: ignore[arg-type]

    from bewaar.destinations.local import LocalDestination

    opened = LocalDestination._open

    def remember(self: LocalDestination, folder: object, name: str) -> int:
        Medium.name_wanted = name  # type: ignore[attr-defined]
        return opened(self, folder, name)  # type: ignore[arg-type]

    monkeypatch.setattr(Medium, "readinto", broken)
    monkeypatch.setattr(LocalDestination, "_open", remember)
    for backup in (good, bad):
        (office.stick.folder / f"{backup.file}.info.json").unlink()
        office.engine._catalogue.backups.remove(backup.id, office.stick.id)
    job = office.finish(office.engine.start_rebuild(office.stick.id), SILENT)
    assert job.state is JobState.DONE, job.error
    assert [b.id for b in office.engine.backups_at(office.stick.id)] == [good.id]
    assert job.result["damaged"] == 1


def test_archives_of_a_newer_bewaar_are_left_alone(office: Office) -> None:
    backup = office.proven(office.bakery)
    other = office.stick.folder / "newer.zip"
    with zipfile.ZipFile(archive_of(office, backup)) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "bewaar-manifest.json":
                data = data.replace(b'"format": 1', b'"format": 2').replace(
                    b'"format":1', b'"format":2'
                )
            new.writestr(old.getinfo(name), data)
    assert tries(office, other) == {"backup.newer"}
    office.finish(office.engine.start_rebuild(office.stick.id))
    assert archives_at(office.stick) == sorted([backup.file, "newer.zip"])
    assert [b.id for b in office.engine.backups_at(office.stick.id)] == [backup.id]


def test_an_archive_that_changes_while_it_is_restored_gives_nothing_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.restore.staging import stage

    (office.folder_books / "scans.bin").write_bytes(random.Random(1).randbytes(4 << 20))
    rest(office.folder_books)
    backup = office.proven(office.holding)
    (office.folder_books / "later.txt").write_text("typed today")
    before = tree(office.folder_books)
    archive = archive_of(office, backup)

    def spoil(*arguments: object, **names: object) -> None:
        with archive.open("r+b") as file:
            file.seek(3 << 20)
            file.write(b"\0" * 4096)
        stage(*arguments, **names)  # type: ignore[arg-type]

    monkeypatch.setattr("bewaar.restore.placement_files.stage", spoil)
    job = office.restore_original(backup, office.holding.code, typed="Jansen Holding")
    assert code_of(job) == "backup.damaged"
    assert tree(office.folder_books) == before
