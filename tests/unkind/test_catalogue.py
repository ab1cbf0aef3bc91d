"""Bewaar's own list: lost, damaged, from the future; no backup is lost with it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.catalogue.opening import migrations
from bewaar.errors import (
    CatalogueDamaged,
    CatalogueNewer,
)
from bewaar.model import JobState, Standing
from tests.scene import Office
from tests.unkind.promises import (
    files_at,
)


def _lost(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()


def _garbage(file: Path) -> None:
    file.write_bytes(b"this is no database" * 999)


def _flipped_header(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[16:32] = b"\xff" * 16
    file.write_bytes(bytes(data))


def _zeroed_pages(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:12288] = bytes(8192)
    file.write_bytes(bytes(data))


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _emptied(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize(
    "spoil",
    [_lost, _garbage, _flipped_header, _zeroed_pages, _cut, _emptied],
    ids=lambda spoil: spoil.__name__,
)
def test_a_catalogue_that_is_lost_or_damaged_costs_no_backup(
    office: Office, spoil: Callable[[Path], None]
) -> None:
    backup = office.proven(office.bakery)
    office.engine.close()
    there = files_at(office.stick)
    spoil(office.home.catalogue_file)
    engine = office.open()
    assert engine.history(office.bakery.code) == ()
    assert engine.state(office.bakery.code).standing is not Standing.PROVEN
    engine.start()
    for job in engine.jobs():
        assert engine.wait(job.id, timeout=20).state is JobState.DONE
    assert [found.id for found in engine.history(office.bakery.code)] == [backup.id]
    assert files_at(office.stick) == there
    assert engine.settings().administrations


def test_a_damaged_catalogue_is_set_aside_and_never_thrown_away(office: Office) -> None:
    office.engine.close()
    office.home.catalogue_file.write_bytes(b"perhaps somebody can mend it" * 500)
    for part in ("-wal", "-shm"):
        Path(f"{office.home.catalogue_file}{part}").unlink(missing_ok=True)
    office.open()
    (aside,) = office.home.data.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"perhaps somebody")


def test_records_that_cannot_be_read_count_as_lost_and_are_found_again(office: Office) -> None:
    backup = office.proven(office.bakery)
    office.engine.close()
    file = office.home.catalogue_file
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE contents SET content = 'no JSON'")
        database.execute("UPDATE observations SET observation = '{}'")
        database.execute("UPDATE jobs SET job = '[1, 2]'")
        database.commit()
    engine = office.open()
    assert engine.jobs() == ()
    assert engine.state(office.bakery.code).standing is not Standing.PROVEN
    assert engine.overview().states
    office.finish(engine.start_rebuild(office.stick.id))
    assert [found.id for found in engine.history(office.bakery.code)] == [backup.id]


def test_a_catalogue_that_breaks_while_bewaar_runs_is_told_and_made_anew(office: Office) -> None:
    backup = office.proven(office.bakery)
    connection = office.engine._catalogue._database._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA shrink_memory")
    _zeroed_pages(office.home.catalogue_file)
    with pytest.raises(CatalogueDamaged):
        office.engine.history(office.bakery.code)
    engine = office.reopen()
    office.finish(engine.start_rebuild(office.stick.id))
    assert [found.id for found in engine.history(office.bakery.code)] == [backup.id]


def test_a_catalogue_of_a_newer_bewaar_is_refused_and_left_alone(office: Office) -> None:
    office.engine.close()
    file = office.home.catalogue_file
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    before = file.read_bytes()
    with pytest.raises(CatalogueNewer):
        office.open()
    assert file.read_bytes() == before
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"PRAGMA user_version = {len(migrations())}")
    office.open()
