"""A folder where a program puts its own backups, at the desk."""

from pathlib import Path
from typing import Any

import pytest

from tests.scene import Office, make_sqlite_books
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged


@pytest.fixture
def folder(office: Office) -> Path:
    made = office.root / "Backups"
    made.mkdir()
    return made


def added(visitor: Any, folder: Path, **fields: str) -> str:
    answer = visitor.post("/administrations/add", {"place": str(folder), "name": "Jansen"} | fields)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_folder_is_added_so_that_each_new_backup_is_kept(
    visitor: Any, office: Office, folder: Path
) -> None:
    page = added(visitor, folder, vault="on")
    assert "no complete backup there yet" in visitor.read(page)
    aged(backups.zipped(folder / "Jansen.ebu"))
    aged(backups.tape(folder / "b.bak", closed=False))
    office.engine.scan()
    told = visitor.read(page)
    assert "It is not stored yet" in told
    assert "b.bak is half-written" in told
    assert "Keep new ones no more" in told


def test_keeping_each_is_begun_and_ended_on_the_page(
    visitor: Any, office: Office, folder: Path
) -> None:
    page = added(visitor, folder, program="exact-globe")
    kept = office.engine.settings().administrations[-1]
    assert not kept.vault
    assert "Keep each new backup this program makes" in visitor.read(page)
    for fields, vault in (({"keep": "yes"}, True), ({}, False)):
        assert visitor.post(f"/administrations/{kept.code}/vault", fields).status_code == 303
        assert office.engine.settings().administrations[-1].vault is vault


def test_books_are_refused_as_a_folder_of_backups(visitor: Any, office: Office) -> None:
    book = make_sqlite_books(office.root / "boek.mmb")
    data = {"place": str(book), "program": "money-manager-ex", "vault": "on"}
    answer = visitor.post("/administrations/add", data)
    assert answer.status_code == 422
    assert "not backups that it made" in answer.text


def test_names_from_anybody_stay_names(visitor: Any, office: Office, folder: Path) -> None:
    page = added(visitor, folder, vault="on")
    aged(backups.tape(folder / "<b>x.bak", closed=False))
    office.engine.scan()
    assert "<b>x" not in visitor.read(page)
    assert "&lt;b&gt;x.bak" in visitor.read(page)


def test_a_restore_does_not_offer_to_replace_the_folder(
    visitor: Any, office: Office, folder: Path
) -> None:
    added(visitor, folder, vault="on")
    aged(backups.zipped(folder / "Jansen.ebu"))
    jansen = office.engine.settings().administrations[-1]
    backup = office.proven(jansen)
    page = visitor.read(f"/restore/where?backup={backup.id}&code={jansen.code}")
    assert "The folder stays" in page
    aged(backups.zipped(folder / "Pieters.ebu"))
    trail = f"backup={backup.id}&code={jansen.code}&mode=original"
    answer = visitor.get(f"/restore/summary?{trail}")
    assert answer.status_code == 422
    assert "is never replaced" in answer.text
