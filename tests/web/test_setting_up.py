"""Destinations, settings and the first start at the desk."""

from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import KeyringUnavailable
from bewaar.model import JobState, Policy
from bewaar.settings import Protect, Theme
from tests.scene import Office, make_sqlite_books

HTMX = {"Origin": "http://127.0.0.1:8765", "HX-Request": "true"}
LOOK = {"language": "", "theme": "system", "start_at_login": "on"}
NAMES = {"default_destination": "", "name_template": "{name} {date}", "files": "each"}
GENERATED = {"which": "generated", "remember": "on"}
GENERAL = {
    "every": "other",
    "every_days": "3",
    "from_time": "",
    "keep": "5",
    "close_minutes": "0",
    "close_text": "",
    "still_open": "wait",
}


# ── Destinations ────────────────────────────────────────────────────────────────────────────


def test_a_folder_becomes_a_destination(visitor: Any, office: Office) -> None:
    folder = office.root / "server"
    folder.mkdir()
    form = {"drive": "", "folder": str(folder), "name": "Office server"}
    assert visitor.post("/destinations/add", form).status_code == 303
    assert "Office server" in visitor.read("/destinations/")


def test_a_folder_that_is_not_there_is_asked_about(visitor: Any, office: Office) -> None:
    form = {"drive": "", "folder": str(office.root / "new"), "name": "New"}
    answer = visitor.post("/destinations/add", form, headers=HTMX)
    assert answer.status_code == 422
    assert 'name="make_folder"' in answer.text
    assert visitor.post("/destinations/add", {**form, "make_folder": "1"}).status_code == 303


def test_a_destination_inside_the_books_is_refused(visitor: Any, office: Office) -> None:
    form = {"drive": "", "folder": str(office.folder_books / "2025"), "name": "Inside"}
    assert visitor.post("/destinations/add", form).status_code == 422
    assert len(office.engine.destinations()) == 1


def test_a_destination_s_name_default_and_end(visitor: Any, office: Office) -> None:
    id = office.stick.id
    file = office.proven(office.holding).file
    assert visitor.post(f"/destinations/{id}/change", {"name": "Red stick"}).status_code == 303
    assert visitor.post(f"/destinations/{id}/default").status_code == 303
    assert office.engine.settings().default_destination == id
    assert "Red stick" in visitor.read("/destinations/")
    assert visitor.post(f"/destinations/{id}/forget").status_code == 303
    assert "Red stick" not in visitor.read("/destinations/")
    assert (office.stick.folder / file).exists()


def test_the_list_of_backups_is_made_again(visitor: Any, office: Office, finished: Any) -> None:
    office.proven(office.holding)
    job = finished(visitor.post(f"/destinations/{office.stick.id}/rebuild"))
    assert job.state is JobState.DONE
    assert "Jansen Holding" in visitor.read(f"/destinations/{office.stick.id}")


def test_what_a_cut_short_backup_left_can_be_removed(visitor: Any, office: Office) -> None:
    left = office.stick.folder / "Jansen Holding 2026-11-19 1800.zip.part"
    left.write_bytes(b"PK\x03\x04")
    office.engine._places.suspect([office.stick.id])  # as after a job whose process was killed
    path = f"/destinations/{office.stick.id}"
    assert "Remove them" in visitor.read(path)
    assert visitor.post(f"{path}/unfinished").status_code == 303
    assert not left.exists()
    assert "Remove them" not in visitor.read(path)


def test_a_destination_that_is_not_here_is_shown_as_such(visitor: Any, office: Office) -> None:
    office.stick.folder.rename(office.root / "pulled out")
    for path in ("/destinations/", f"/destinations/{office.stick.id}", "/backup/", "/today"):
        assert visitor.get(path).status_code == 200
    assert "not here now" in visitor.read("/destinations/")


# ── Settings ────────────────────────────────────────────────────────────────────────────────


def test_look_names_and_rules_are_kept(visitor: Any, office: Office) -> None:
    visitor.post("/settings/look", {"language": "de", "theme": "dark"})
    visitor.post("/settings/backups", {**NAMES, "default_destination": office.stick.id})
    visitor.post("/settings/rules", GENERAL)
    kept = office.engine.settings()
    assert (kept.language, kept.theme, kept.start_at_login) == ("de", Theme.DARK, False)
    assert kept.name_template == "{name} {date}"
    assert kept.default_destination == office.stick.id
    assert kept.policy == Policy(every_days=3, by_itself=False, keep=5, close_minutes=0)


def test_smaller_files_are_chosen_and_no_longer(visitor: Any, office: Office) -> None:
    visitor.post("/settings/backups", {**NAMES, "small": "on"})
    assert office.engine.settings().small
    assert 'id="small" checked' in visitor.get("/settings/").text
    visitor.post("/settings/backups", NAMES)
    assert not office.engine.settings().small


@pytest.mark.parametrize(
    ("section", "form"),
    [
        ("look", LOOK | {"language": "xx"}),
        ("look", LOOK | {"theme": "pink"}),
        ("backups", NAMES | {"name_template": ""}),
        ("backups", NAMES | {"name_template": "{name.__class__}"}),
        ("backups", NAMES | {"default_destination": "nope"}),
        ("rules", GENERAL | {"keep": "0"}),
        ("protection", {"protect": "both"}),
    ],
    ids=str,
)
def test_settings_that_make_no_sense_change_nothing(
    section: str, form: dict[str, str], visitor: Any, office: Office
) -> None:
    before = office.engine.settings()
    assert visitor.post(f"/settings/{section}", form).status_code in {404, 422}
    assert office.engine.settings() == before


def test_the_name_of_a_file_is_shown_before_it_is_kept(visitor: Any) -> None:
    answer = visitor.get("/settings/name", query_string={"name_template": "{date} van {name}"})
    assert "van Bakkerij Jansen.zip" in answer.text
    wrong = visitor.get("/settings/name", query_string={"name_template": "{x"})
    assert wrong.status_code == 422


def test_a_generated_passphrase_is_kept_and_used(
    visitor: Any, office: Office, finished: Any
) -> None:
    page = visitor.read("/settings/password")
    phrase = page.partition('name="passphrase" value="')[2].partition('"')[0]
    assert len(phrase) > 20
    form = {"which": "generated", "passphrase": phrase, "password": "", "confirmation": ""}
    assert visitor.post("/settings/password", form).status_code == 303
    assert office.engine.settings().protect is Protect.KEYRING
    assert phrase not in visitor.read("/settings/")
    assert 'id="protect-kept" value="kept" checked' in visitor.read("/backup/")
    job = finished(visitor.post("/backup/now", {"destination": office.stick.id}))
    assert office.engine.backup(job.backups[0]).encrypted


def test_an_own_password_is_confirmed(visitor: Any, office: Office) -> None:
    form = {"which": "own", "passphrase": "x", "password": "Brood", "confirmation": "Boter"}
    assert visitor.post("/settings/password", form).status_code == 422
    assert not office.engine.password_kept()
    assert visitor.post("/settings/password", form | {"confirmation": "Brood"}).status_code == 303
    assert office.secrets.get() == "Brood"


def test_a_weak_password_is_called_weak(visitor: Any) -> None:
    assert "easy to guess" in visitor.post("/settings/password/strength", {"password": "abc"}).text
    strong = {"password": "kV9#pQ2!mZ7&xL4@wT6%"}
    assert "easy to guess" not in visitor.post("/settings/password/strength", strong).text


def test_forgetting_the_password_means_none_for_new_backups(visitor: Any, office: Office) -> None:
    office.engine.keep_password("Brood", "Brood")
    visitor.post("/settings/protection", {"protect": "keyring"})
    assert visitor.post("/settings/password/forget").status_code == 303
    assert not office.engine.password_kept()
    assert office.engine.settings().protect is Protect.NONE


# ── First start ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fresh(office: Office) -> Office:
    """An office where nothing is set up yet."""
    for administration in (office.holding, office.bakery):
        office.engine.forget(administration.code)
    office.engine.forget_destination(office.stick.id)
    return office


def test_a_fresh_start_begins_with_the_first_question(visitor: Any, fresh: Office) -> None:
    answer = visitor.get("/")
    assert answer.status_code == 303
    assert answer.location == "/first/"


def test_three_answers_end_in_a_proven_backup(
    visitor: Any, fresh: Office, finished: Any, tmp_path: Path
) -> None:
    answer = visitor.post("/first/", {"place": [str(fresh.sqlite_books)], "folder": ""})
    assert answer.location == "/first/destination"
    where = {"where": "folder", "folder": str(tmp_path / "copies"), "make_folder": "1"}
    assert visitor.post("/first/destination", where).location == "/first/password"
    page = visitor.read("/first/password")
    phrase = page.partition('name="passphrase" value="')[2].partition('"')[0]
    job = finished(visitor.post("/first/password", {**GENERATED, "passphrase": phrase}))
    assert job.state is JobState.DONE
    assert fresh.engine.backup(job.backups[0]).encrypted
    assert fresh.secrets.get() == phrase
    assert visitor.get("/").status_code == 200


def answer_two_questions(visitor: Any, fresh: Office, copies: Path) -> None:
    visitor.post("/first/", {"folder": str(fresh.sqlite_books)})
    where = {"where": "folder", "folder": str(copies), "make_folder": "1"}
    assert visitor.post("/first/destination", where).status_code == 303


def test_copies_may_go_without_a_password(
    visitor: Any, fresh: Office, finished: Any, tmp_path: Path
) -> None:
    answer_two_questions(visitor, fresh, tmp_path / "copies")
    job = finished(visitor.post("/first/password", {"which": "none"}))
    assert not fresh.engine.backup(job.backups[0]).encrypted
    assert fresh.engine.settings().protect is Protect.NONE


OWN = {"which": "own", "password": "Brood", "confirmation": "Brood"}


def test_a_password_that_is_not_remembered_is_asked_for_and_never_left_out(
    visitor: Any, fresh: Office, finished: Any, tmp_path: Path
) -> None:
    answer_two_questions(visitor, fresh, tmp_path / "copies")
    job = finished(visitor.post("/first/password", OWN))
    assert fresh.engine.backup(job.backups[0]).encrypted
    assert not fresh.engine.password_kept()
    destination = fresh.engine.settings().default_destination
    answer = visitor.post("/backup/now", {"destination": destination})
    assert answer.location.startswith("/backup/?")
    assert 'id="protect-given" value="given" checked' in visitor.read(answer.location)
    assert "asked for each time" in visitor.read("/settings/")


def test_without_a_password_store_nothing_is_begun_until_the_user_chose_again(
    visitor: Any, fresh: Office, tmp_path: Path
) -> None:
    answer_two_questions(visitor, fresh, tmp_path / "copies")
    fresh.secrets.get = fresh.secrets.set = away  # type: ignore[method-assign, assignment]
    answer = visitor.post("/first/password", {**OWN, "remember": "on"})
    assert answer.status_code == 409
    assert "password store" in answer.text
    assert not list((tmp_path / "copies").glob("*.zip"))
    assert visitor.post("/first/password", OWN).status_code == 303


def away(*_: object) -> None:
    raise KeyringUnavailable(reason="locked")


def test_later_means_later(visitor: Any, fresh: Office) -> None:
    assert visitor.post("/first/later").status_code == 303
    assert visitor.get("/").status_code == 200
    assert "Begin" in visitor.read("/today")


def test_going_back_does_not_add_anything_twice(visitor: Any, fresh: Office) -> None:
    place = make_sqlite_books(fresh.root / "more" / "Molen.sqlite")
    visitor.post("/first/", {"place": [str(place)]})
    assert str(place) in visitor.read("/first/?look=1")
    assert f'value="{place}"' not in visitor.read("/first/?look=1")
