"""Parts at the desk: each is asked for, nothing is answered before, all of it is one click."""

import re
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest

from bewaar.model import Administration, Backup, JobState
from tests.samples import closings, gnucash_book
from tests.scene import Office, tree


@pytest.fixture
def company(office: Office) -> Administration:
    place = closings(office.root / "koncern" / "Åkeri AB")
    return office.engine.add(place, name="Åkeri AB", program="visma-koncern")


@pytest.fixture
def backup(office: Office, company: Administration) -> Backup:
    return office.proven(company)


def trail(backup: Backup, company: Administration, **more: object) -> str:
    return urlencode({"backup": backup.id, "code": company.code, **more}, doseq=True)


def test_each_part_is_asked_for_and_nothing_is_answered_before(
    visitor: Any, company: Administration, backup: Backup
) -> None:
    page = visitor.read(f"/restore/parts?{trail(backup, company)}")
    for name in ("The books themselves", "Fiscal year 2022", "Fiscal year 2024"):
        assert name in page
    answers = re.findall(r'<input type="radio" name="(part-\d)"[^>]*>', page)
    assert answers == [f"part-{n}" for n in (1, 1, 2, 2, 3, 3, 4, 4)]
    assert "checked" not in page


def test_books_without_parts_are_not_asked_about(visitor: Any, office: Office) -> None:
    backup = office.proven(office.bakery)
    answer = visitor.get(f"/restore/parts?{trail(backup, office.bakery)}")
    assert answer.status_code == 303
    assert "/restore/where?" in answer.location


def test_no_yes_at_all_is_told(visitor: Any, company: Administration, backup: Backup) -> None:
    answer = visitor.get(f"/restore/where?{trail(backup, company, some=1)}")
    assert answer.status_code == 422
    assert "No part of Åkeri AB was chosen." in answer.text


def test_the_answers_are_kept_on_the_whole_way(
    visitor: Any, company: Administration, backup: Backup
) -> None:
    answered = {"part-1": "books", "part-2": "", "part-3": "2023", "some": "1"}
    where = visitor.read(f"/restore/where?{trail(backup, company, **answered)}")
    assert where.count('<input type="hidden" name="part" value="books">') == 1
    assert where.count('<input type="hidden" name="part" value="2023">') == 1
    assert 'value="2022"' not in where
    back = visitor.read(f"/restore/parts?{trail(backup, company, part=['books', '2023'])}")
    assert back.count("checked") == 4


def test_a_new_administration_of_some_parts_says_which(
    visitor: Any, office: Office, company: Administration, backup: Backup
) -> None:
    into = office.root / "koncern"
    asked = {"part": ["2022"], "mode": "new", "new_name": "Ett år", "into": str(into)}
    summary = visitor.read(f"/restore/summary?{trail(backup, company, **asked)}")
    assert "Fiscal year 2022" in summary
    assert "Fiscal year 2023" not in summary
    assert "Nothing is overwritten." in summary


def test_one_year_replaced_at_the_desk_leaves_the_others(
    visitor: Any, company: Administration, backup: Backup, finished: Any
) -> None:
    before = tree(company.place)
    for year in ("2023", "2024"):
        (company.place / year / "verifikat.dat").write_bytes(b"since")
    asked = {"part": ["2023"], "mode": "original"}
    summary = visitor.read(f"/restore/summary?{trail(backup, company, **asked)}")
    assert "Parts of Åkeri AB make way" in summary
    assert "1 file that is there differs from this backup and makes way" in summary
    assert "3 other parts stay as they are." in summary
    data = {"backup": backup.id, "code": company.code, "typed_name": company.name, **asked}
    assert finished(visitor.post("/restore/", data)).state is JobState.DONE
    now = tree(company.place)
    assert now["2023/verifikat.dat"] == before["2023/verifikat.dat"]
    assert now["2024/verifikat.dat"] == b"since"


def test_all_of_it_is_one_click(visitor: Any, company: Administration, backup: Backup) -> None:
    where = visitor.read(f"/restore/where?{trail(backup, company, all=1, **{'part-1': 'books'})}")
    assert 'name="part"' not in where


def test_a_folder_outside_is_kept_and_left_out_at_the_desk(
    visitor: Any, office: Office, company: Administration
) -> None:
    folder, place = office.root / "mallar", f"/administrations/{company.code}"
    folder.mkdir()
    (folder / "faktura.odt").write_bytes(b"mall")
    assert visitor.post(f"{place}/extra", {"folder": str(folder)}).status_code == 303
    assert str(folder) in visitor.read(place)
    (kept,) = office.engine.state(company.code).administration.extras
    assert kept == folder
    inside = visitor.post(f"{place}/extra", {"folder": str(company.place / "2023")})
    assert inside.status_code == 422
    assert visitor.post(f"{place}/extra/remove", {"folder": str(folder)}).status_code == 303
    assert office.engine.state(company.code).administration.extras == ()


def test_files_outside_are_told_with_a_button_that_keeps_them(visitor: Any, office: Office) -> None:
    scan = office.root / "scans" / "rekening <1>.pdf"
    scan.parent.mkdir()
    scan.write_bytes(b"%PDF")
    file = gnucash_book(office.root / "huis" / "huis.gnucash")
    with closing(sqlite3.connect(file)) as book, book:
        slot = "INSERT INTO slots (obj_guid, name, slot_type, string_val) VALUES ('x', ?, 4, ?)"
        book.execute(slot, ("assoc_uri", scan.as_uri()))
    house = office.engine.add(file)
    outside = f"/administrations/{house.code}/outside"
    assert "The books name 1 file in" in visitor.read(outside)
    answer = visitor.post(f"/administrations/{house.code}/extra", {"folder": str(scan.parent)})
    assert answer.status_code == 303
    assert "The 1 file that the books name is in the backups too." in visitor.read(outside)
    assert "name no files outside" in visitor.read(f"/administrations/{office.bakery.code}/outside")
