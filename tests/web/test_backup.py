"""Backing up from the desk: from the choice to the proof."""

import zipfile
from typing import Any

import pytest

from bewaar.model import JobState, Standing
from tests.scene import Office, book

HTMX = {"Origin": "http://127.0.0.1:8765", "HX-Request": "true"}


def form(office: Office, **changes: object) -> dict[str, object]:
    """Return what the page sends unless the user changes something."""
    usual: dict[str, object] = {
        "code": [office.holding.code, office.bakery.code],
        "destination": office.stick.id,
        "protection": "none",
        "name": "{name} {date} {time}",
        "files": "each",
        "documents": "",
    }
    return usual | changes


def test_one_click_stores_everything_that_waits(
    visitor: Any, office: Office, finished: Any
) -> None:
    job = finished(visitor.post("/backup/now", {"destination": office.stick.id}))
    assert job.state is JobState.DONE
    assert {state.standing for state in office.engine.overview().states} == {Standing.PROVEN}
    page = visitor.read(f"/jobs/{job.id}")
    assert "2 administrations" in page
    assert "BLAKE3" in page


def test_the_page_ticks_what_changed(visitor: Any, office: Office) -> None:
    office.back_up(office.holding, office.bakery)
    book(office.sqlite_books)
    office.engine.scan()
    boxes = [
        line for line in visitor.read("/backup/?what=changed").splitlines() if 'name="code"' in line
    ]
    ticked = [box for box in boxes if "checked" in box]
    assert len(boxes) == 2
    assert len(ticked) == 1
    assert office.bakery.code in ticked[0]


def test_the_page_ticks_the_marked_ones(visitor: Any, office: Office) -> None:
    office.engine.change_administration(office.holding.code, marked=True)
    boxes = [
        line for line in visitor.read("/backup/?what=marked").splitlines() if 'name="code"' in line
    ]
    assert [office.holding.code in box for box in boxes if "checked" in box] == [True]


def test_a_destination_that_is_not_here_is_not_chosen_again(visitor: Any, office: Office) -> None:
    office.engine.add_destination(office.root / "server", name="Server", make_folder=True)
    office.stick.folder.rename(office.root / "pulled out")
    html = visitor.read(f"/backup/?what=all&where={office.stick.id}")
    assert f'value="{office.stick.id}" disabled' in html
    assert html.count('name="destination"') == 3
    assert html.partition("Server")[0].rpartition("<input")[2].count("checked") == 1


def test_the_plan_says_names_and_size_before_anything_happens(visitor: Any, office: Office) -> None:
    answer = visitor.post("/backup/plan", form(office))
    assert answer.status_code == 200
    assert "2 administrations" in answer.text
    assert "Bakkerij Jansen 2026-11-20" in answer.text
    assert not list(office.stick.folder.glob("*.zip"))


def test_a_plan_that_cannot_be_says_why_in_three_parts(visitor: Any, office: Office) -> None:
    office.stick.folder.rename(office.root / "pulled out")
    answer = visitor.post("/backup/plan", form(office), headers=HTMX)
    assert answer.status_code == 409
    assert "Blue stick" in answer.text
    assert "<html" not in answer.text


def test_nothing_ticked_is_said_not_started(visitor: Any, office: Office) -> None:
    assert visitor.post("/backup/", form(office, code=[])).status_code == 422
    assert not office.engine.jobs()


def test_one_file_for_all(visitor: Any, office: Office, finished: Any) -> None:
    job = finished(visitor.post("/backup/", form(office, files="one")))
    assert len(job.backups) == 1
    assert len(office.engine.backup(job.backups[0]).contents) == 2


def test_a_password_for_this_time_protects(visitor: Any, office: Office, finished: Any) -> None:
    given = form(office, protection="given", password="Brood & boter", confirmation="Brood & boter")
    job = finished(visitor.post("/backup/", given))
    backup = office.engine.backup(job.backups[0])
    assert backup.encrypted
    with zipfile.ZipFile(office.stick.folder / backup.file) as archive:
        assert set(archive.namelist()) == {"README.txt", "backup.zip"}


def test_two_different_passwords_start_nothing(visitor: Any, office: Office) -> None:
    given = form(office, protection="given", password="een", confirmation="twee")
    answer = visitor.post("/backup/", given)
    assert answer.status_code == 422
    assert "een" not in answer.text.partition("<main")[2]
    assert not office.engine.jobs()


def test_a_password_never_comes_back_in_a_page(visitor: Any, office: Office, finished: Any) -> None:
    secret = "Zeer-geheim-1234"
    given = form(office, protection="given", password=secret, confirmation=secret)
    job = finished(visitor.post("/backup/", given))
    for path in (f"/jobs/{job.id}", f"/backup/?again={job.id}", "/log/", "/today"):
        assert secret not in visitor.read(path)


def test_another_folder_that_is_not_there_is_asked_about(
    visitor: Any, office: Office, finished: Any
) -> None:
    folder = office.root / "elsewhere" / "copies"
    elsewhere = form(office, destination="other", folder=str(folder))
    answer = visitor.post("/backup/", elsewhere, headers=HTMX)
    assert answer.status_code == 422
    assert "does not exist" in answer.text
    assert 'name="make_folder"' in answer.text
    assert not folder.exists()
    job = finished(visitor.post("/backup/", {**elsewhere, "make_folder": "1"}))
    assert job.state is JobState.DONE
    assert len(list(folder.glob("*.zip"))) == 2


@pytest.mark.parametrize("folder", ["", "relative/folder", "../up", "\0", "C:nowhere"])
def test_a_folder_that_is_no_whole_path_is_refused(
    folder: str, visitor: Any, office: Office
) -> None:
    answer = visitor.post("/backup/", form(office, destination="other", folder=folder))
    assert answer.status_code == 422
    assert not office.engine.jobs()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"protection": "rot13"},
        {"protection": ""},
        {"destination": "nope"},
        {"destination": ""},
        {"code": ["nope"]},
        {"name": "{password}"},
    ],
    ids=str,
)
def test_nonsense_starts_nothing(nonsense: dict[str, object], visitor: Any, office: Office) -> None:
    answer = visitor.post("/backup/", form(office, **nonsense))
    assert answer.status_code in {404, 422}
    assert not office.engine.jobs()


def test_a_job_that_waits_can_be_cancelled(visitor: Any, office: Office) -> None:
    answer = visitor.post("/backup/", form(office))
    path = answer.location
    assert "Cancel" in visitor.read(path)
    assert visitor.post(f"{path}/cancel").status_code == 303
    assert "nothing was left behind" in visitor.read(path)
    assert not list(office.stick.folder.glob("*.zip*"))


def test_a_failure_is_shown_until_it_was_read(visitor: Any, office: Office, finished: Any) -> None:
    answer = visitor.post("/backup/", form(office))
    office.stick.folder.rename(office.root / "pulled out")
    job = finished(answer)
    assert job.state is JobState.FAILED
    today = visitor.read("/today")
    assert "I have read it" in today
    assert "What happened" in today
    assert "notice bad" in visitor.read(f"/jobs/{job.id}")
    assert visitor.post(f"/failures/{job.id}/read").status_code == 303
    assert "I have read it" not in visitor.read("/today")


def test_a_script_is_told_where_to_go_instead_of_being_sent_there(
    visitor: Any, office: Office
) -> None:
    answer = visitor.post("/backup/", form(office), headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/jobs/")
