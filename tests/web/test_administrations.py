"""Administrations at the desk: added, ruled, forgotten, and their backups kept or removed."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from bewaar.model import BackupId, Counts, Policy, StillOpen
from bewaar_web import charts
from tests.samples import gnucash_book, gnucash_xml
from tests.scene import Office, make_folder_books, make_sqlite_books

RULES = {
    "name": "Bakkerij Jansen & Zn.",
    "whose": "own",
    "every": "weekly",
    "every_days": "1",
    "by_itself": "on",
    "from_time": "17:30",
    "keep": "4",
    "close_minutes": "10",
    "close_text": "Bitte abmelden",
    "still_open": "copy",
    "documents": "on",
}


def test_books_are_added_by_their_place(visitor: Any, office: Office) -> None:
    place = make_sqlite_books(office.root / "more" / "Molen.sqlite")
    answer = visitor.post("/administrations/add", {"place": str(place), "name": "De Molen"})
    assert answer.status_code == 303
    assert "De Molen" in visitor.read(answer.location)


@pytest.mark.parametrize("place", ["", "relative", "/nowhere/at/all", "\0"])
def test_a_place_without_books_is_refused(place: str, visitor: Any, office: Office) -> None:
    assert visitor.post("/administrations/add", {"place": place}).status_code == 422
    assert len(office.engine.overview().states) == 2


def test_the_same_books_are_not_added_twice(visitor: Any, office: Office) -> None:
    answer = visitor.post("/administrations/add", {"place": str(office.sqlite_books)})
    assert answer.status_code == 409


def test_found_books_are_added_when_ticked_and_not_offered_again(
    visitor: Any, office: Office
) -> None:
    root = office.root / "more"
    place, kept = root / "Molen.gnucash", root / "VvE.gnucash"
    for file in (place, kept):
        gnucash_book(file)
    office.engine.add(kept)
    found = visitor.get(
        "/administrations/find", query_string={"root": str(office.root), "look": "1"}
    ).text
    assert str(place) in found
    assert str(kept) not in found
    assert str(place) in visitor.read(f"/administrations/found?root={office.root}")
    answer = visitor.post("/administrations/find", {"place": [str(place)]})
    assert answer.status_code == 303
    places = [state.administration.place for state in office.engine.overview().states]
    assert place in places


def test_rules_of_its_own(visitor: Any, office: Office) -> None:
    code = office.bakery.code
    assert visitor.post(f"/administrations/{code}/rules", RULES).status_code == 303
    changed = office.engine.state(code).administration
    assert changed.name == "Bakkerij Jansen & Zn."
    assert changed.policy == Policy(
        every_days=7,
        by_itself=True,
        from_time=time(17, 30),
        keep=4,
        close_minutes=10,
        close_text="Bitte abmelden",
        still_open=StillOpen.COPY,
    )
    assert changed.documents
    assert not changed.marked
    html = visitor.read(f"/administrations/{code}")
    assert "every week" in html
    assert "Bakkerij Jansen &amp; Zn." in html


def test_the_general_rules_again(visitor: Any, office: Office) -> None:
    code = office.bakery.code
    visitor.post(f"/administrations/{code}/rules", RULES)
    visitor.post(f"/administrations/{code}/rules", {**RULES, "whose": "general"})
    assert office.engine.state(code).administration.policy is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"keep": "1"},
        {"keep": ""},
        {"keep": "-3"},
        {"keep": "١٢"},
        {"every": "other", "every_days": "0"},
        {"every": "other", "every_days": "1e3"},
        {"from_time": "25:00"},
        {"close_minutes": "61"},
        {"close_text": "x" * 201},
        {"still_open": "never"},
        {"name": ""},
    ],
    ids=str,
)
def test_rules_that_make_no_sense_change_nothing(
    wrong: dict[str, str], visitor: Any, office: Office
) -> None:
    code = office.bakery.code
    answer = visitor.post(f"/administrations/{code}/rules", RULES | wrong)
    assert answer.status_code == 422
    assert office.engine.state(code).administration == office.bakery


def test_forgetting_touches_neither_books_nor_backups(visitor: Any, office: Office) -> None:
    file = office.proven(office.holding).file
    answer = visitor.post(f"/administrations/{office.holding.code}/forget")
    assert answer.status_code == 303
    assert "Jansen Holding" not in visitor.read("/administrations/")
    assert (office.stick.folder / file).exists()
    assert office.folder_books.exists()


def test_the_newest_backup_is_number_one(visitor: Any, office: Office) -> None:
    office.proven(office.holding)
    (office.folder_books / "index.txt").write_text("later")
    office.clock.move(days=1)
    newest = office.proven(office.holding)
    html = visitor.read(f"/administrations/{office.holding.code}")
    first_row = html.partition("<tbody>")[2].partition("</tr>")[0]
    assert newest.id in first_row
    assert '<td class="num">1</td>' in first_row
    assert "<svg viewBox" in html


def test_a_locked_backup_is_not_removed(visitor: Any, office: Office) -> None:
    ids = _three_backups(office)
    assert visitor.post(f"/backups/{ids[0]}/lock").status_code == 303
    assert "kept for ever" in visitor.read(f"/administrations/{office.holding.code}")
    assert visitor.post(f"/backups/{ids[0]}/remove").status_code == 409
    assert visitor.post(f"/backups/{ids[0]}/unlock").status_code == 303
    assert visitor.post(f"/backups/{ids[0]}/remove").status_code == 303
    assert ids[0] not in visitor.read(f"/administrations/{office.holding.code}")


def test_the_last_two_proven_backups_stay(visitor: Any, office: Office) -> None:
    ids = _three_backups(office)
    assert visitor.post(f"/backups/{ids[0]}/remove").status_code == 303
    for id in ids[1:]:
        assert visitor.post(f"/backups/{id}/remove").status_code == 409
    assert len(office.engine.history(office.holding.code)) == 2


def test_a_backup_is_read_back_on_request(visitor: Any, office: Office, finished: Any) -> None:
    id = office.proven(office.holding).id
    job = finished(visitor.post(f"/backups/{id}/verify"))
    assert "good" in visitor.read(f"/jobs/{job.id}")


def test_a_backup_with_a_password_is_read_back_with_it(
    visitor: Any, office: Office, finished: Any
) -> None:
    id = office.proven(office.holding, password="Brood").id
    assert 'type="password"' in visitor.read(f"/backups/{id}/verify")
    assert finished(visitor.post(f"/backups/{id}/verify", {"password": "Brood"})).error is None
    assert finished(visitor.post(f"/backups/{id}/verify", {"password": "Boter"})).error is not None


def _three_backups(office: Office) -> list[BackupId]:
    ids = []
    for number in range(3):
        (office.folder_books / "index.txt").write_text(f"version {number}")
        office.clock.move(days=1)
        ids.append(office.proven(office.holding).id)
    return ids


def test_folder_books_are_recognised(visitor: Any, office: Office) -> None:
    place = make_folder_books(office.root / "more" / "VvE Kerkstraat")
    answer = visitor.post("/administrations/add", {"place": str(place)})
    html = visitor.read(answer.location)
    assert "VvE Kerkstraat" in html
    assert "<dd>Any folder</dd>" in html


# ── What the backups hold ───────────────────────────────────────────────────────────────────


def test_the_history_counts_bookings_where_they_are_known(visitor: Any, office: Office) -> None:
    file = gnucash_book(office.root / "boek.gnucash", transactions=1200)
    book = office.engine.add(file)
    office.proven(book)
    gnucash_book(file.with_name("more.gnucash"), transactions=1234).replace(file)
    office.proven(book)
    page = visitor.read(f"/administrations/{book.code}")
    assert "Transactions</th>" in page
    assert "Documents</th>" not in page  # a column of noughts
    assert '<td class="num">1,234</td>' in page
    assert "from 1,200 to 1,234" in page
    assert "1,200 transactions</title>" in page


def test_nothing_is_said_of_bookings_that_nobody_can_count(visitor: Any, office: Office) -> None:
    for files in (6, 7):
        enter_more(office, files)
        office.proven(office.holding)
    page = visitor.read(f"/administrations/{office.holding.code}")
    assert "Transactions</th>" not in page
    assert "Size of each backup" in page


def test_a_backup_that_was_counted_beside_one_that_was_not(visitor: Any, office: Office) -> None:
    file = gnucash_xml(office.root / "b.gnucash", transactions=9)
    book = office.engine.add(file)
    office.proven(book)
    file.write_bytes(file.read_bytes()[:-30])
    office.proven(book)
    page = visitor.read(f"/administrations/{book.code}")
    assert '<td class="num">9</td>' in page
    assert '<td class="num">unknown</td>' in page
    assert "Size of each backup" in page


def test_nothing_is_known_of_a_backup_that_was_never_opened_here(office: Office) -> None:
    backup = replace(office.proven(office.holding), contents=())
    assert charts.counts([backup], office.holding.code) == {backup.id: Counts()}


def enter_more(office: Office, number: int) -> None:
    (office.folder_books / "2025" / f"journaal {number} é.dat").write_bytes(b"more")
