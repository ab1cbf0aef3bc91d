"""Places for backups that are full, too small, forbidden, or do not answer."""

import importlib
import os
import resource
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar.destinations.base import PART
from bewaar.errors import (
    DestinationFull,
    DestinationMissing,
    DestinationReadOnly,
    FileTooLarge,
)
from bewaar.model import Job, JobState, Room
from bewaar.progress import SILENT, Stage
from bewaar.requests import BackupRequest
from tests.mounts import Mounts, needs
from tests.rights import as_anyone
from tests.scene import Office
from tests.unkind.disks import At, disk, swell
from tests.unkind.promises import (
    archives_at,
    code_of,
    every_backup_is_good,
    files_at,
)

# ── Full ────────────────────────────────────────────────────────────────────────────────────


@needs()
def test_a_disk_that_is_too_small_is_refused_before_anything_is_written(
    office: Office, mounts: Mounts
) -> None:
    small = disk(office, mounts)
    swell(office, 20)
    request = BackupRequest(codes=(office.holding.code,), destination=small.id)
    with pytest.raises(DestinationFull) as told:
        office.engine.plan_backup(request)
    assert told.value.params["needed"] > told.value.params["free"]  # type: ignore[operator]
    assert code_of(office.back_up(office.holding, to=small)) == "destination.full"
    assert files_at(small) == []


@needs()
def test_a_disk_that_fills_up_in_mid_write_is_as_it_was_and_the_older_backup_is_good(
    office: Office, mounts: Mounts
) -> None:
    small = disk(office, mounts)
    good = office.proven(office.holding, to=small)
    before = files_at(small)
    swell(office, 5)

    def fill() -> None:
        free = shutil.disk_usage(small.folder).free
        (small.folder.parent / "disk" / "film.mkv").write_bytes(bytes(free - (1 << 20)))

    job = office.back_up(office.holding, to=small, progress=At(Stage.WRITING, fill))
    assert code_of(job) == "destination.full"
    (small.folder / "film.mkv").unlink()
    assert files_at(small) == before
    assert every_backup_is_good(office, office.holding.code) == [good]


@needs()
def test_a_disk_without_room_for_the_sidecar_still_has_its_proven_backup(
    office: Office, mounts: Mounts
) -> None:
    small = disk(office, mounts)

    def fill() -> None:
        with (small.folder / "film.mkv").open("wb", buffering=0) as film:
            for size in (1 << 16, 4096, 1):
                try:
                    while True:
                        film.write(bytes(size))
                except OSError:
                    continue

    job = office.back_up(office.holding, to=small, progress=At(Stage.FINISHING, fill))
    assert job.state is JobState.DONE, job.error
    assert "sidecar.missing" in [note.code for note in job.notes]
    (backup,) = every_backup_is_good(office, office.holding.code)
    assert archives_at(small) == [backup.file]


# ── Too large for the file system ───────────────────────────────────────────────────────────


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no such limit there")
def test_a_file_that_the_system_will_not_let_grow_is_no_backup(office: Office) -> None:
    swell(office, 3)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1]))

    try:
        job = office.back_up(office.holding, progress=At(Stage.WRITING, limit))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert code_of(job) == "destination.filesize"
    assert files_at(office.stick) == []


def test_what_is_too_large_for_fat_is_refused_before_anything_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(free=1 << 40, total=1 << 41, largest_file=(4 << 30) - 1, file_system="vfat")
    monkeypatch.setattr("bewaar.destinations.local.LocalDestination.room", lambda _: room)
    planning = importlib.import_module("bewaar.backup.plan")  # the package calls a verb so too
    monkeypatch.setattr(planning, "expected_size", lambda *_: 4 << 30)
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    with pytest.raises(FileTooLarge) as told:
        office.engine.plan_backup(request)
    assert told.value.params["file_system"] == "vfat"
    assert files_at(office.stick) == []


def test_the_limit_of_fat_holds_for_each_file_not_for_all_together(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty clients of 200 MB fit on a FAT stick, each in a file of its own."""
    room = Room(free=1 << 40, total=1 << 41, largest_file=(4 << 30) - 1, file_system="vfat")
    monkeypatch.setattr("bewaar.destinations.local.LocalDestination.room", lambda _: room)
    planning = importlib.import_module("bewaar.backup.plan")
    monkeypatch.setattr(planning, "expected_size", lambda *_: 3 << 30)
    request = BackupRequest(
        codes=(office.holding.code, office.bakery.code), destination=office.stick.id
    )
    assert len(office.engine.plan_backup(request).names) == 2


# ── Read-only, forbidden ────────────────────────────────────────────────────────────────────


@needs()
def test_a_write_protected_disk_is_no_backup_and_its_backups_can_be_restored(
    office: Office, mounts: Mounts
) -> None:
    locked = disk(office, mounts)
    good = office.proven(office.holding, to=locked)
    mounts.make_read_only(locked.folder)
    request = BackupRequest(codes=(office.bakery.code,), destination=locked.id)
    with pytest.raises(DestinationReadOnly):
        office.engine.plan_backup(request)
    assert code_of(office.back_up(office.bakery, to=locked)) == "destination.readonly"
    assert every_backup_is_good(office, office.holding.code) == [good]
    assert office.restore_new(good, office.holding.code, "Terug").state is JobState.DONE
    assert office.finish(office.engine.start_rebuild(locked.id)).state is JobState.DONE


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
def test_a_forbidden_folder_is_no_backup_and_nothing_pretends(office: Office) -> None:
    office.stick.folder.chmod(0o500)
    try:
        with as_anyone():
            assert code_of(office.back_up(office.holding)) == "destination.readonly"
            with pytest.raises(DestinationReadOnly):
                office.engine.add_destination(office.stick.folder / "deeper", make_folder=True)
    finally:
        office.stick.folder.chmod(0o700)
    assert files_at(office.stick) == []


# ── Names ───────────────────────────────────────────────────────────────────────────────────


def test_a_name_that_somebody_takes_in_the_last_moment_is_left_alone(office: Office) -> None:
    names: list[str] = []

    def take() -> None:
        (part,) = office.stick.folder.glob(f"*{PART}")
        names.append(part.name.removesuffix(PART))
        (office.stick.folder / names[0]).write_bytes(b"mine")

    job = office.back_up(office.holding, progress=At(Stage.FINISHING, take))
    assert code_of(job) == "destination.taken"
    assert files_at(office.stick) == names
    assert (office.stick.folder / names[0]).read_bytes() == b"mine"
    assert office.engine.history(office.holding.code) == ()


def test_the_users_own_unfinished_downloads_are_never_removed(office: Office) -> None:
    """Firefox calls them .part too."""
    folder = office.stick.folder
    downloads = {
        "film.mkv.part": b"\x1aE\xdf\xa3 a film",
        "fotos.zip.part": b"PK\x03\x04 photos of the summer" * 99,
        "brief.part": b"",
    }
    for name, data in downloads.items():
        (folder / name).write_bytes(data)
    ours = {"half.zip.part": 4000, "tiny.zip.part": 10}
    backup = office.proven(office.holding)
    start = (folder / backup.file).read_bytes()
    for name, size in ours.items():
        (folder / name).write_bytes(start[:size])
    (folder / "0123456789abcdef.part").write_bytes(b"{")
    (folder / "test-0123456789abcdef.part").write_bytes(b"Bewaar tries")
    assert office.engine.remove_unfinished(office.stick.id) == 4
    assert {p.name: p.read_bytes() for p in folder.glob("*.part")} == downloads
    for name in downloads:
        (folder / name).unlink()


def test_a_half_removed_backup_is_no_proven_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sidecar would not go: the archive went, so the list must not show it any more."""
    from dataclasses import replace

    from bewaar.destinations.local import LocalDestination

    office.engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=2)))
    made = [office.proven(office.bakery, even_unchanged=True) for _ in range(2)]
    remove = LocalDestination.remove

    def stuck(self: LocalDestination, name: str) -> None:
        if name.endswith(".json"):
            raise DestinationReadOnly(name="", folder="", reason="held")
        remove(self, name)

    monkeypatch.setattr(LocalDestination, "remove", stuck)
    made.append(office.proven(office.bakery, even_unchanged=True))
    assert [b.id for b in office.engine.history(office.bakery.code)] == [
        made[2].id,
        made[1].id,
    ]
    every_backup_is_good(office, office.bakery.code)


# ── A place that does not answer ────────────────────────────────────────────────────────────


@contextmanager
def frozen(mounts: Mounts, point: Path) -> Iterator[None]:
    """Let a disk hang: its driver is stopped, and every call waits."""
    daemon = mounts._daemons[point]
    daemon.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGCONT)


@needs("fusefat", "mkfs.vfat")
def test_a_place_that_hangs_stops_no_page(office: Office, mounts: Mounts) -> None:
    point = mounts.fat(office.root / "fat", office.root / "fat.img")
    office.engine.add_destination(point, name="Slow")
    answers: list[object] = []
    with frozen(mounts, point):
        asking = threading.Thread(target=lambda: answers.append(office.engine.overview()))
        asking.start()
        asking.join(8)
        hung = asking.is_alive()
    asking.join(20)
    assert not hung
    (overview,) = answers
    slow = next(p for p in overview.destinations if p.destination.name == "Slow")  # type: ignore[attr-defined]
    assert not slow.here
    assert slow.problem == "destination.slow"


def over(job: Job) -> bool:
    return job.state.over


def test_an_occasional_folder_is_a_destination_like_any_other(office: Office) -> None:
    with pytest.raises(DestinationMissing):
        office.engine.destination(str(office.root / "once"))
    once = office.engine.destination(str(office.root / "once"), make_folder=True)
    job = office.finish(
        office.engine.start_backup(
            BackupRequest(codes=(office.holding.code,), destination=once.id)
        ),
        SILENT,
    )
    assert over(job)
    assert len(archives_at(once)) == 1
