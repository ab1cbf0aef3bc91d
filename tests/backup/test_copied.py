"""A backup copied to one more place: proven there or not there at all, and the first stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bewaar.archive import SIDECAR_SUFFIX
from bewaar.destinations.local import LocalDestination
from bewaar.destinations.transfer import PartFile
from bewaar.errors import BackupDamaged, BackupLocked, BackupThere, NotABackup, PasswordNeeded
from bewaar.model import Backup, Destination, Job, JobKind, JobState, Standing
from bewaar.requests import BackupFile
from tests.scene import Office, book, hurt, tree

PASSWORD = "correct horse battery"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.engine.close()


@pytest.fixture
def vault(office: Office) -> Destination:
    """A second destination."""
    return office.engine.add_destination(office.root / "vault", name="Vault", make_folder=True)


def copied(office: Office, file: BackupFile, to: Destination, password: str | None = None) -> Job:
    return office.finish(office.engine.start_copy(file, to.id, password))


def code_of(job: Job) -> str:
    assert job.state is JobState.FAILED, job
    assert job.error
    return job.error.code


def names_at(destination: Destination) -> list[str]:
    return sorted(p.name for p in destination.folder.iterdir() if not p.name.startswith("."))


def zips_at(destination: Destination) -> list[str]:
    return [name for name in names_at(destination) if name.endswith((".zip", ".part"))]


def test_a_copy_is_the_same_to_the_last_byte_proven_and_listed(
    office: Office, vault: Destination
) -> None:
    backup, before = office.proven(office.holding), tree(office.stick.folder)
    job = copied(office, BackupFile(backup=backup.id), vault)
    assert job.state is JobState.DONE, job.error
    (copy,) = office.engine.backups_at(vault.id)
    assert copy.id == backup.id
    assert copy.proof
    assert backup.proof
    assert copy.proof.blake3 == backup.proof.blake3
    original = office.stick.folder / backup.file
    assert (vault.folder / copy.file).read_bytes() == original.read_bytes()
    assert (vault.folder / (copy.file + SIDECAR_SUFFIX)).exists()
    assert tree(office.stick.folder) == before


def test_copies_share_a_number_and_books_stay_proven(office: Office, vault: Destination) -> None:
    first = office.proven(office.bakery)
    book(office.sqlite_books)
    newest = office.proven(office.bakery)
    copied(office, BackupFile(backup=newest.id), vault)
    history = office.engine.numbered_history(office.bakery.code)
    assert [(nr, b.id) for nr, b in history] == [(1, newest.id), (1, newest.id), (2, first.id)]
    office.engine.scan()
    assert office.engine.state(office.bakery.code).standing is Standing.PROVEN


def test_a_file_from_elsewhere_comes_among_the_others(
    office: Office, vault: Destination, tmp_path: Path
) -> None:
    backup = office.proven(office.holding)
    elsewhere = tmp_path / "from the accountant.zip"
    (office.stick.folder / backup.file).rename(elsewhere)
    (office.stick.folder / (backup.file + SIDECAR_SUFFIX)).unlink()
    job = copied(office, BackupFile(path=elsewhere), vault)
    assert job.state is JobState.DONE, job.error
    (copy,) = office.engine.backups_at(vault.id)
    assert (copy.file, copy.id) == ("from the accountant.zip", backup.id)
    assert copy.proof
    assert elsewhere.exists()
    file = BackupFile(backup=backup.id, destination=vault.id)  # the first one is gone
    assert office.finish(office.engine.start_verify(file)).state is JobState.DONE


def test_one_that_lies_there_is_not_copied_again(office: Office, vault: Destination) -> None:
    backup = office.proven(office.holding)
    lying = office.stick.folder / backup.file
    for file in (BackupFile(backup=backup.id), BackupFile(path=lying)):
        with pytest.raises(BackupThere):
            office.engine.start_copy(file, office.stick.id)
    copied(office, BackupFile(backup=backup.id), vault)
    other = vault.folder.parent / "other name.zip"
    other.write_bytes(lying.read_bytes())
    assert code_of(copied(office, BackupFile(path=other), vault)) == "backup.there"
    assert zips_at(vault) == [backup.file]


def test_a_name_that_is_taken_is_numbered_and_nothing_overwritten(
    office: Office, vault: Destination
) -> None:
    backup = office.proven(office.holding)
    (vault.folder / backup.file).write_bytes(b"mine")
    copied(office, BackupFile(backup=backup.id), vault)
    assert (vault.folder / backup.file).read_bytes() == b"mine"
    (copy,) = office.engine.backups_at(vault.id)
    assert copy.file == backup.file.removesuffix(".zip") + " (2).zip"


def test_an_encrypted_one_needs_its_password_because_else_nothing_is_proven(
    office: Office, vault: Destination
) -> None:
    backup = office.proven(office.holding, password=PASSWORD)
    file = BackupFile(backup=backup.id)
    with pytest.raises(PasswordNeeded):
        office.engine.start_copy(file, vault.id)
    job = copied(office, file, vault, PASSWORD)
    assert job.state is JobState.DONE, job.error
    assert zips_at(vault) == [backup.file]


def test_a_damaged_backup_is_never_copied(office: Office, vault: Destination) -> None:
    backup = office.proven(office.holding)
    hurt(office.stick.folder / backup.file, "journaal 3")
    for file in (
        BackupFile(backup=backup.id),
        BackupFile(path=office.stick.folder / backup.file),
    ):
        assert code_of(copied(office, file, vault)) == BackupDamaged.code
    assert zips_at(vault) == []


def test_what_is_no_backup_is_refused_at_once(
    office: Office, vault: Destination, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.zip"
    letter.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises((NotABackup, BackupDamaged)):
        office.engine.start_copy(BackupFile(path=letter), vault.id)
    assert zips_at(vault) == []


def test_a_medium_that_keeps_something_else_is_found_out(
    office: Office, vault: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, finish = office.proven(office.holding), PartFile.finish

    def rot(self: PartFile) -> None:
        finish(self)
        (part,) = vault.folder.glob("*.part")
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(data)

    monkeypatch.setattr(PartFile, "finish", rot)
    assert code_of(copied(office, BackupFile(backup=backup.id), vault)) == "backup.unproven"
    assert zips_at(vault) == []
    assert office.engine.backups_at(vault.id) == ()


def test_a_destination_that_fails_at_the_end_holds_nothing(
    office: Office, vault: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = office.proven(office.holding)

    def pulled(self: LocalDestination, name: str) -> None:
        raise OSError("pulled")

    monkeypatch.setattr(LocalDestination, "promote", pulled)
    assert copied(office, BackupFile(backup=backup.id), vault).state is JobState.FAILED
    assert zips_at(vault) == []


def test_a_locked_backup_has_a_locked_copy(office: Office, vault: Destination) -> None:
    backup = office.proven(office.holding)
    office.engine.lock_backup(backup.id, locked=True)
    copied(office, BackupFile(backup=backup.id), vault)
    with pytest.raises(BackupLocked):
        office.engine.remove_backup(backup.id, destination=vault.id)
    assert zips_at(vault) == [backup.file]


# ── Removing one of several copies ──────────────────────────────────────────────────────────


@pytest.fixture
def both(office: Office, vault: Destination) -> list[Backup]:
    """Three backups, each here and there."""
    made = []
    for _ in range(3):
        book(office.sqlite_books)
        made.append(office.proven(office.bakery))
        copied(office, BackupFile(backup=made[-1].id), vault)
    return made


def test_removing_a_copy_removes_that_one_alone(
    office: Office, vault: Destination, both: list[Backup]
) -> None:
    office.engine.remove_backup(both[0].id, destination=vault.id)
    assert both[0].file not in zips_at(vault)
    assert both[0].file in zips_at(office.stick)


def test_a_removal_is_recorded_with_who_and_why(
    office: Office, vault: Destination, both: list[Backup]
) -> None:
    office.engine.remove_backup(both[0].id, destination=vault.id, reason=" wrong year ")
    (told,) = office.engine.removals(vault.id)
    assert (told.kind, told.state, told.file) == (JobKind.REMOVE, JobState.DONE, both[0].file)
    assert told.result["reason"] == "wrong year"
    assert told.result["size"] == both[0].size
    assert told.result["by"]
    assert office.engine.removals(office.stick.id) == ()
    office.reopen()
    assert office.engine.jobs()[0] == told


def test_what_stays_is_not_recorded_as_removed(office: Office, both: list[Backup]) -> None:
    with pytest.raises(BackupLocked):
        office.engine.remove_backup(both[-1].id, reason="by mistake")
    assert office.engine.removals(office.stick.id) == ()
