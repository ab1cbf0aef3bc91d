"""What every storage does while a program writes: whole copies, or busy, and nothing else."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.model import Snapshot, Source
from bewaar.storage.base import Storage
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.taking import Pace
from tests import samples, writers
from tests.contract.ledgers import (
    QUICK,
)


def _taken_or_busy(storage: Storage, place: Path, to: Path) -> Snapshot | None:
    to.mkdir()
    try:
        return storage.snapshot(Source(place=place), to)
    except errors.SourceBusy as busy:
        assert busy.params["place"] == str(place)  # noqa: PT017 - both ends are good ones
        return None


@pytest.mark.parametrize(
    "storage", [Sqlite(pace=QUICK), FileSet(pace=QUICK)], ids=["sqlite", "fileset"]
)
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_database_written_without_pause_is_copied_whole_or_said_to_be_busy(
    tmp_path: Path, mode: str, storage: Storage
) -> None:
    live = writers.database_of_generations(tmp_path / "live.db")
    accepted = 0
    with writers.writing_database(live, mode):
        for number in range(30 if mode == "wal" else 4):  # there nobody has to wait
            snapshot = _taken_or_busy(storage, live, tmp_path / f"{number}")
            if snapshot:
                assert writers.is_whole_database(snapshot.files[0].local)
                assert dict(snapshot.counts.tables) == {"live.db/entries": writers.ROWS}
                accepted += 1
    assert accepted  # SQLite gives everyone a turn


def test_files_written_without_pause_are_copied_whole_or_said_to_be_busy(tmp_path: Path) -> None:
    patient = FileSet(pace=Pace(settle=0.02, settle_lively=0.2))
    with writers.writing_files(tmp_path / "live"):
        snapshot = _taken_or_busy(patient, tmp_path / "live", tmp_path / "snapshot")
        assert snapshot is None or writers.is_whole_set([file.local for file in snapshot.files])


def test_files_written_now_and_then_are_copied_whole(tmp_path: Path) -> None:
    patient = FileSet(pace=Pace(settle=0.02, settle_lively=0.2))
    with writers.writing_files(tmp_path / "live", pause=1.0):
        for number in range(3):
            to = tmp_path / f"{number}"
            to.mkdir()
            snapshot = patient.snapshot(Source(place=tmp_path / "live"), to)
            assert writers.is_whole_set([file.local for file in snapshot.files])


def test_a_change_made_during_the_snapshot_is_either_in_it_or_makes_the_books_changed(
    tmp_path: Path,
) -> None:
    (tmp_path / "live").mkdir()
    live = writers.database_of_generations(tmp_path / "live" / "live.db")
    storage, source = Sqlite(pace=QUICK), Source(place=live)
    for number in range(6):
        to = tmp_path / f"{number}"
        to.mkdir()
        with writers.writing_database(live, "delete", pause=0.002):
            snapshot = storage.snapshot(source, to)
        as_it_lies = shutil.copytree(tmp_path / "live", tmp_path / f"{number}-now")
        with sqlite3.connect(as_it_lies / live.name) as recovered:
            now = list(recovered.iterdump())
        recovered.close()
        same = now == samples.dump(snapshot.files[0].local)
        assert same or storage.fingerprint(source) != snapshot.fingerprint
        assert same or storage.signature(source) != snapshot.signature
