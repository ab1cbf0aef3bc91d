"""Places for backups that are full, forbidden, gone, pulled out, swapped, or another's."""

import importlib
import os
import resource
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar.destinations.base import PART
from bewaar.errors import (
    DestinationFull,
    DestinationGone,
    DestinationMissing,
    DestinationReadOnly,
    FileTooLarge,
)
from bewaar.model import Destination, DestinationKind, Job, JobState, Room
from bewaar.progress import SILENT, Stage
from bewaar.requests import BackupRequest
from tests.mounts import Mounts, needs
from tests.rights import as_anyone
from tests.scene import Office, book
from tests.unkind.promises import (
    archives_at,
    code_of,
    every_backup_is_good,
    files_at,
    rest,
)


def disk(office: Office, mounts: Mounts, size: str = "8m") -> Destination:
    """Set up a destination on a small disk of its own."""
    return office.engine.add_destination(mounts.tmpfs(office.root / "disk", size=size), name="Disk")


def swell(office: Office, megabytes: int) -> None:
    """Let the books hold what cannot be packed."""
    (office.folder_books / "scans.bin").write_bytes(os.urandom(megabytes << 20))
    rest(office.folder_books)


class At:
    """Progress that does something once, when a stage is so far."""

    def __init__(self, stage: Stage, action: Callable[[], object], *, share: float = 0) -> None:
        self.stage_wanted, self.action, self.share = stage, action, share
        self.now: Stage | None = None
        self.done = False

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.now = stage
        self._act(0)

    def step(self, done: int, total: int, item: str = "") -> None:
        self._act(done / total if total else 1)

    def _act(self, share: float) -> None:
        if not self.done and self.now is self.stage_wanted and share >= self.share:
            self.done = True
            self.action()

    def note(self, code: str, /, **params: str | int) -> None:
        """Keep nothing."""

    def check(self) -> None:
        """Never stop."""


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


# ── Gone, pulled out, another's ─────────────────────────────────────────────────────────────


def test_a_destination_that_is_gone_is_never_made_again_by_itself(office: Office) -> None:
    shutil.move(office.stick.folder, office.root / "away")
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    with pytest.raises(DestinationGone):
        office.engine.plan_backup(request)
    assert code_of(office.back_up(office.holding)) == "destination.gone"
    (state,) = office.engine.destinations()
    assert (state.here, state.room, state.problem) == (False, None, "destination.gone")
    with pytest.raises(DestinationMissing):
        office.engine.add_destination(office.root / "elsewhere")
    assert not office.stick.folder.exists()
    assert not (office.root / "elsewhere").exists()


@needs()
@pytest.mark.parametrize("stage", [Stage.WRITING, Stage.PROVING, Stage.FINISHING])
def test_a_stick_pulled_at_any_stage_counts_nothing_and_touches_no_other_disk(
    office: Office, mounts: Mounts, stage: Stage
) -> None:
    stick = disk(office, mounts, size="24m")
    good = office.proven(office.bakery, to=stick)
    swell(office, 4)
    book(office.sqlite_books)
    pulled = At(stage, lambda: mounts.pull(stick.folder))
    job = office.back_up(office.holding, office.bakery, to=stick, progress=pulled)
    assert pulled.done
    assert code_of(job) in {"destination.pulled", "destination.gone"}
    assert job.backups == ()
    assert list(stick.folder.iterdir()) == []  # the mount point, on the system's disk
    assert office.engine.history(office.holding.code) == ()
    assert [b.id for b in office.engine.history(office.bakery.code)] == [good.id]
    state = next(s for s in office.engine.destinations() if s.destination.id == stick.id)
    assert not state.here


@needs("mkfs.ext4")
def test_the_part_on_a_pulled_stick_is_named_when_it_comes_back_and_goes_when_asked(
    office: Office, mounts: Mounts
) -> None:
    point, image = office.root / "disk", office.root / "stick.img"
    mounts.ext4(point, image)
    stick = office.engine.add_destination(point, name="Stick")
    swell(office, 4)
    pull = At(Stage.WRITING, lambda: mounts.pull(point), share=0.9)
    job = office.back_up(office.holding, to=stick, progress=pull)
    assert code_of(job) in {"destination.pulled", "destination.gone"}
    mounts.ext4(point, image)
    (stick.folder / "half.zip.part").write_bytes(b"PK\x03\x04")  # what a really pulled one has
    state = next(s for s in office.engine.destinations() if s.destination.id == stick.id)
    assert state.here
    assert list(state.unfinished) == ["half.zip.part"]
    office.engine.remove_unfinished(stick.id)
    assert list(stick.folder.glob(f"*{PART}")) == []
    assert office.back_up(office.holding, to=stick).state is JobState.DONE


@needs()
def test_pulled_right_after_the_proof_the_backup_counts_and_nothing_else_is_claimed(
    office: Office, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = disk(office, mounts)
    from bewaar.backup import run

    leave = run._leave_sidecar

    def pull_then_leave(*arguments: object) -> None:
        mounts.pull(stick.folder)
        leave(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_leave_sidecar", pull_then_leave)
    job = office.back_up(office.holding, to=stick)
    assert job.state is JobState.DONE, job.error
    assert len(job.backups) == 1


@needs()
def test_another_stick_in_the_same_place_is_not_written(office: Office, mounts: Mounts) -> None:
    stick = disk(office, mounts)
    mounts.pull(stick.folder)
    mounts.tmpfs(stick.folder)
    assert code_of(office.back_up(office.holding, to=stick)) == "destination.other"
    shutil.copy(office.stick.folder / "bewaar-destination.json", stick.folder)
    assert code_of(office.back_up(office.holding, to=stick)) == "destination.other"
    assert files_at(stick) == []


@needs("mkfs.ext4")
def test_two_sticks_with_one_id_are_told_and_neither_is_written(
    office: Office, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody copied a whole stick to another one."""
    for number in (1, 2):
        mounts.ext4(office.root / f"m{number}", office.root / f"{number}.img")
    one = office.engine.add_destination(office.root / "m1", kind=DestinationKind.DRIVE)
    shutil.copytree(one.folder, office.root / "m2" / "Bewaar")
    job = office.back_up(office.holding, to=one)
    assert code_of(job) == "destination.other"
    assert files_at(one) == []


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
