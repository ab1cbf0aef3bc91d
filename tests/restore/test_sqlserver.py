"""Books on SQL Server come back: by a stand-in that does what its makers document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bewaar.model import Administration, Job, JobState
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office
from tests.sqlserver import StandIn

THEN = {"dbo.GL": 12, "dbo.Debtors": 3}
NOW = {"dbo.GL": 13, "dbo.Debtors": 3}


@dataclass(kw_only=True)
class Desk:
    """An office whose books are on SQL Server, backed up once and changed since."""

    office: Office
    server: StandIn
    books: Administration

    @property
    def databases(self) -> dict[str, object]:
        found: dict[str, object] = self.server.look()["databases"]
        return found

    def restore(self, mode: RestoreMode = RestoreMode.ORIGINAL) -> Job:
        request = RestoreRequest(
            file=BackupFile(backup=self.office.engine.history(self.books.code)[0].id),
            code=self.books.code,
            mode=mode,
            typed_name=self.books.name,
            new_name="Proef" if mode is RestoreMode.NEW else "",
            into=self.books.place if mode is RestoreMode.NEW else None,
        )
        return self.office.finish(self.office.engine.start_restore(request))


@pytest.fixture
def desk(sqlserver: StandIn, tmp_path: Path) -> Iterator[Desk]:
    office = Office(tmp_path / "office")
    books = office.engine.add_database(sqlserver.connection, "geheim", name="Jansen")
    office.proven(books)
    sqlserver.change(databases={"Jansen": NOW})
    yield Desk(office=office, server=sqlserver, books=books)
    assert sqlserver.left == []
    office.engine.close()


def test_a_whole_round(desk: Desk) -> None:
    """Restored into the original, and undone: each time the tables are as they were."""
    assert desk.restore().state is JobState.DONE
    assert desk.databases["Jansen"] == THEN
    (kept,) = desk.databases.keys() - {"Jansen"}
    assert kept.startswith("Jansen_before_")
    assert desk.databases[kept] == NOW
    undone = desk.office.finish(desk.office.engine.start_undo(desk.books.code))
    assert undone.state is JobState.DONE
    assert desk.databases["Jansen"] == NOW


@pytest.mark.parametrize("mode", [RestoreMode.ORIGINAL, RestoreMode.NEW])
def test_a_server_older_than_the_backup_is_left_as_it_is(desk: Desk, mode: RestoreMode) -> None:
    desk.server.change(version="14.0.1000.1")
    if mode is RestoreMode.ORIGINAL:  # the copy that is kept first is made by the older one
        desk.office.proven(desk.books)
        desk.server.change(version="13.0.1000.1")
    job = desk.restore(mode)
    assert job.error is not None
    assert job.error.code == "server.newer"
    assert desk.databases == {"Jansen": NOW}


@pytest.mark.parametrize("mode", [RestoreMode.ORIGINAL, RestoreMode.NEW])
def test_a_restore_that_brings_no_tables_has_failed(desk: Desk, mode: RestoreMode) -> None:
    desk.server.change(loses=True)
    job = desk.restore(mode)
    assert job.error is not None
    assert job.error.code == "backup.damaged"
    assert desk.databases == {"Jansen": NOW}


def test_what_the_server_finds_unsound_does_not_take_the_place_of_books(desk: Desk) -> None:
    desk.server.change(unsound=True)
    job = desk.restore()
    assert job.error is not None
    assert job.error.code in {"source.damaged", "backup.damaged"}
    assert desk.databases == {"Jansen": NOW}


def test_a_second_database_on_the_server_needs_no_folder_named_again(desk: Desk) -> None:
    desk.server.change(databases={"Jansen": NOW, "Petersen": THEN})
    plain = replace(desk.server.connection, database="Petersen", folder_there="", folder_here="")
    added = desk.office.engine.add_database(plain, "geheim")
    assert desk.office.engine.connection(added.code).folder_there
    assert desk.office.proven(added).codes == (added.code,)
