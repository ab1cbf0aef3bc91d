"""Restoring from the desk: nothing is overwritten unless the user says so twice."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bewaar.model import JobState
from tests.scene import Office, book, rows_in, tree

HTMX = {"Origin": "http://127.0.0.1:8765", "HX-Request": "true"}
PASSWORD = "Brood & boter"


@pytest.fixture
def backup(office: Office) -> str:
    return office.proven(office.bakery).id


def test_the_trail_leads_to_a_new_administration(
    visitor: Any, office: Office, backup: str, finished: Any
) -> None:
    code = office.bakery.code
    assert backup in visitor.read(f"/restore/?code={code}")
    assert "Bakkerij Jansen" in visitor.read(f"/restore/inside?backup={backup}")
    assert 'value="new" checked' in visitor.read(f"/restore/where?backup={backup}&code={code}")
    into = office.root / "restored"
    into.mkdir()
    choice = {"backup": backup, "code": code, "mode": "new", "new_name": "Oud", "into": str(into)}
    summary = visitor.get("/restore/summary", query_string=choice).text
    assert "Nothing is overwritten" in summary
    job = finished(visitor.post("/restore/", choice))
    assert job.state is JobState.DONE
    assert rows_in(into / "Oud.sqlite") == 120
    assert str(into) in visitor.read(f"/jobs/{job.id}")
    assert len(office.engine.overview().states) == 3


def test_overwriting_says_what_would_be_lost_and_asks_for_the_name(
    visitor: Any, office: Office, backup: str
) -> None:
    book(office.sqlite_books)
    summary = visitor.read(
        f"/restore/summary?backup={backup}&code={office.bakery.code}&mode=original"
    )
    assert "will not be in the books afterwards" in summary
    assert 'name="typed_name"' in summary
    assert "30 days" in summary


def test_a_word_comes_before_large_books_are_looked_at(
    visitor: Any, office: Office, backup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(office.sqlite_books)
    monkeypatch.setattr(import_module("bewaar_web.screens.restore"), "MUCH", 1000)
    choice = {"backup": backup, "code": office.bakery.code, "mode": "original"}
    first = visitor.get("/restore/summary", query_string=choice)
    assert "looks at the books that are there now" in first.text
    assert 'name="typed_name"' not in first.text
    follows, _, address = first.headers["Refresh"].partition(";url=")
    assert follows == "0"
    then = visitor.get(address)
    assert "Refresh" not in then.headers
    assert 'name="typed_name"' in then.text
    assert "will not be in the books afterwards" in then.text
    into = {"mode": "new", "new_name": "Oud", "into": str(office.root)}
    new = visitor.get("/restore/summary", query_string=choice | into)
    assert "Nothing is overwritten" in new.text


@pytest.mark.parametrize("typed", ["", "bakkerij", "Jansen Holding", "x" * 1000])
def test_without_the_typed_name_nothing_is_overwritten(
    typed: str, visitor: Any, office: Office, backup: str
) -> None:
    book(office.sqlite_books)
    before = office.sqlite_books.read_bytes()
    choice = {"backup": backup, "code": office.bakery.code, "mode": "original"}
    answer = visitor.post("/restore/", {**choice, "typed_name": typed})
    assert answer.status_code == 422
    assert office.sqlite_books.read_bytes() == before


def test_a_restore_over_the_original_can_be_undone(
    visitor: Any, office: Office, backup: str, finished: Any
) -> None:
    book(office.sqlite_books, rows=5)
    code = office.bakery.code
    choice = {"backup": backup, "code": code, "mode": "original", "typed_name": "Bakkerij Jansen"}
    assert finished(visitor.post("/restore/", choice)).state is JobState.DONE
    assert rows_in(office.sqlite_books) == 120
    html = visitor.read(f"/administrations/{code}")
    assert "Undo the restore" in html
    assert "safety copy" in html
    assert "a destination that was removed" not in html
    assert "will not be in them" in visitor.read(f"/administrations/{code}/undo")
    assert finished(visitor.post(f"/administrations/{code}/undo")).state is JobState.DONE
    assert rows_in(office.sqlite_books) == 125


def test_the_original_is_offered_only_when_it_is_there(
    visitor: Any, office: Office, backup: str
) -> None:
    office.engine.forget(office.bakery.code)
    html = visitor.read(f"/restore/where?backup={backup}&code={office.bakery.code}")
    assert 'value="original" disabled' in html


def test_a_file_from_another_computer_opens_without_any_history(
    visitor: Any, office: Office, finished: Any, tmp_path: Path
) -> None:
    known = office.engine.backup(office.proven(office.holding).id)
    file = tmp_path / "from the accountant.zip"
    file.write_bytes((office.stick.folder / known.file).read_bytes())
    office.engine.forget(office.holding.code)
    office.engine.forget_destination(office.stick.id)
    inside = visitor.get("/restore/inside", query_string={"path": str(file)}).text
    assert "Jansen Holding" in inside
    into = tmp_path / "back"
    into.mkdir()
    choice = {"path": str(file), "code": office.holding.code, "mode": "new", "new_name": "Terug"}
    job = finished(visitor.post("/restore/", {**choice, "into": str(into)}))
    assert job.state is JobState.DONE
    assert tree(into / "Terug") == tree(office.folder_books)


@pytest.fixture
def locked(office: Office) -> str:
    return office.proven(office.bakery, password=PASSWORD).id


def test_a_wrong_password_is_said_where_it_was_typed(visitor: Any, locked: str) -> None:
    answer = visitor.get(f"/restore/inside?backup={locked}")
    assert answer.status_code == 422
    assert 'type="password"' in answer.text
    wrong = {"backup": locked, "password": "fout"}
    again = visitor.post("/restore/open", wrong, headers=HTMX)
    assert again.status_code == 422
    assert "notice bad" in again.text
    assert "fout" not in again.text


def test_the_right_password_is_asked_once_and_never_shown(
    visitor: Any, office: Office, locked: str, finished: Any
) -> None:
    opened = visitor.post("/restore/open", {"backup": locked, "password": PASSWORD})
    assert opened.status_code == 303
    assert PASSWORD not in opened.location
    code = office.bakery.code
    for path in (opened.location, f"/restore/where?backup={locked}&code={code}"):
        assert PASSWORD not in visitor.read(path)
    into = office.root / "restored"
    into.mkdir()
    choice = {"backup": locked, "code": code, "mode": "new", "new_name": "Oud", "into": str(into)}
    assert finished(visitor.post("/restore/", choice)).state is JobState.DONE


def test_another_window_must_type_the_password_itself(visitor: Any, app: Any, locked: str) -> None:
    visitor.post("/restore/open", {"backup": locked, "password": PASSWORD})
    other = type(visitor)(app, visitor.guard)
    assert other.get(f"/restore/inside?backup={locked}").status_code == 422


def test_a_password_in_an_address_is_never_taken(visitor: Any, locked: str) -> None:
    answer = visitor.get("/restore/inside", query_string={"backup": locked, "password": PASSWORD})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip at all", b"%PDF-1.7"])
def test_a_file_that_is_no_backup_is_refused_in_words(
    content: bytes, visitor: Any, tmp_path: Path
) -> None:
    file = tmp_path / "thing.zip"
    file.write_bytes(content)
    answer = visitor.get("/restore/inside", query_string={"path": str(file)})
    assert answer.status_code == 422
    assert "notice bad" in answer.text


def test_a_backup_that_is_gone_says_so(visitor: Any, office: Office, backup: str) -> None:
    (office.stick.folder / office.engine.backup(backup).file).unlink()  # type: ignore[arg-type]
    assert visitor.get(f"/restore/inside?backup={backup}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "sideways"},
        {"mode": "new"},
        {"mode": "new", "new_name": "x", "into": "relative"},
        {"mode": "over", "over": "nope"},
        {"mode": "original", "code": "nope"},
    ],
    ids=str,
)
def test_half_a_choice_changes_nothing(
    query: dict[str, str], visitor: Any, office: Office, backup: str
) -> None:
    choice = {"backup": backup, "code": office.bakery.code, **query}
    assert visitor.get("/restore/summary", query_string=choice).status_code in {404, 422}
    before = tree(office.root / "books")
    assert visitor.post("/restore/", choice).status_code in {404, 422}
    assert tree(office.root / "books") == before
