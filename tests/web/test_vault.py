"""A folder where a program puts its own backups, at the desk."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bewaar.model import Policy
from tests.scene import Office, make_sqlite_books
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged


@pytest.fixture
def folder(office: Office) -> Path:
    office.clock.at = datetime.now(UTC)  # the files are as old as the computer says
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


def test_older_ones_are_stored_when_somebody_asks(
    visitor: Any, office: Office, folder: Path
) -> None:
    for day in (1, 2, 3):
        aged(backups.zipped(folder / f"2026-03-0{day}.ebu"), days=9 - day)
    page = added(visitor, folder, vault="on")
    jansen = office.engine.settings().administrations[-1]
    office.proven(jansen)
    told = visitor.read(page)
    assert "2 older backups" in told
    assert "by the program: " in told
    asked = visitor.read(f"/administrations/{jansen.code}/older")
    assert "The newest 2 of them" in asked
    assert "Store these 2 too" in asked
    assert visitor.post(f"/administrations/{jansen.code}/older").status_code == 303
    assert "2 backups of the program are not stored yet" in visitor.read(page)
    office.proven(jansen)
    assert "older backups" not in visitor.read(page)


def test_where_no_more_are_kept_none_is_offered(visitor: Any, office: Office, folder: Path) -> None:
    for day in (1, 2):
        aged(backups.zipped(folder / f"2026-03-0{day}.ebu"), days=9 - day)
    added(visitor, folder, vault="on")
    jansen = office.engine.settings().administrations[-1]
    office.engine.change_administration(jansen.code, policy=Policy(keep=1))
    office.proven(jansen)
    asked = visitor.read(f"/administrations/{jansen.code}/older")
    assert "let more be kept first" in asked
    assert "Store" in asked
    assert "Store it too" not in asked


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
