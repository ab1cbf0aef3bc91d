"""Places for backups that are gone, pulled out, or another's: nothing is claimed or touched."""

import shutil

import pytest

from bewaar.destinations.base import PART
from bewaar.errors import (
    DestinationGone,
    DestinationMissing,
)
from bewaar.model import DestinationKind, JobState
from bewaar.progress import Stage
from bewaar.requests import BackupRequest
from tests.mounts import Mounts, needs
from tests.scene import Office, book
from tests.unkind.disks import At, disk, swell
from tests.unkind.promises import (
    code_of,
    files_at,
)


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
