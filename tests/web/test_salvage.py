"""From a damaged backup to what can be saved of it: offered, done, and never called whole."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bewaar.archive.records import CENTRAL_SIGN
from bewaar.model import JobKind, JobState
from tests.scene import Office, hurt, tree

PASSWORD = "Brood & boter 12"
HTMX = {"Origin": "http://127.0.0.1:8765", "HX-Request": "true"}
HURT = "journaal 3 é.dat"
OFFER = "Save what can be saved…"


def damaged(office: Office) -> Path:
    """Return the file of a backup in which the content of one file became another."""
    file = office.stick.folder / office.proven(office.holding).file
    hurt(file, HURT)
    return file


def cut(office: Office, *, password: str | None = None) -> Path:
    """Return a copy of a backup that has lost its directory, and nothing else."""
    backup = office.proven(office.holding, password=password)
    data = (office.stick.folder / backup.file).read_bytes()
    file = office.root / "copy.zip"
    file.write_bytes(data[: data.rindex(CENTRAL_SIGN)])
    return file


def form(file: Path, into: Path, **more: str) -> dict[str, str]:
    return {"path": str(file), "into": str(into), **more}


def test_a_file_that_does_not_open_leads_to_what_can_be_saved(
    visitor: Any, office: Office, finished: Any
) -> None:
    file, into = cut(office), office.root / "saved"
    refused = visitor.get("/restore/inside", query_string={"path": str(file)})
    assert refused.status_code == 422
    assert OFFER in refused.text
    assert "/restore/salvage/?path=" in refused.text
    asked = visitor.get("/restore/salvage/", query_string={"path": str(file)})
    assert "copy (saved)" in asked.text
    assert 'type="password"' not in asked.text
    job = finished(visitor.post("/restore/salvage/", form(file, into)))
    assert job.state is JobState.DONE
    came = tree(into / office.holding.code)
    assert len(came) == 7
    assert came.items() <= tree(office.folder_books).items()
    page = visitor.read(f"/jobs/{job.id}")
    assert "All 7 files of the backup came back just as they were stored." in page
    assert "ordinary way" in page


def test_what_is_lost_is_named_and_the_rest_is_never_called_whole(
    visitor: Any, office: Office, finished: Any
) -> None:
    damaged(office)
    into = office.root / "saved"
    books = tree(office.folder_books)
    check = finished(visitor.post(f"/backups/{_only(office)}/verify"))
    assert check.state is JobState.FAILED
    page = visitor.read(f"/jobs/{check.id}")
    assert OFFER in page
    offer = next(link for link in re.findall('href="([^"]+)"', page) if "/salvage/" in link)
    there = dict(parse_qsl(urlsplit(unescape(offer)).query))
    assert visitor.get(unescape(offer)).status_code == 200
    job = finished(visitor.post("/restore/salvage/", {**there, "into": str(into)}))
    page = visitor.read(f"/jobs/{job.id}")
    assert "6 of 7 files came back" in page
    assert f"{office.holding.code}/2025/{HURT} is damaged" in page
    assert "what-was-lost.txt" in page
    assert "is-partial" in page
    assert "is-done" not in page
    assert "whole" not in page
    assert f"/restore/?code={office.holding.code}" in page
    assert tree(office.folder_books) == books


def test_a_restore_that_meets_damage_offers_it_for_the_same_file(
    visitor: Any, office: Office, finished: Any
) -> None:
    file = damaged(office)
    elsewhere = office.root / "from the attic.zip"
    elsewhere.write_bytes(file.read_bytes())
    into = office.root / "restored"
    into.mkdir()
    choice = form(elsewhere, into, code=office.holding.code, mode="new", new_name="Oud")
    job = finished(visitor.post("/restore/", choice))
    assert job.state is JobState.FAILED
    assert "salvage/?path=" in visitor.read(f"/jobs/{job.id}")


def test_nothing_is_offered_for_what_was_never_a_backup(visitor: Any, office: Office) -> None:
    letter = office.root / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7" + bytes(2000))
    refused = visitor.get("/restore/inside", query_string={"path": str(letter)})
    assert OFFER not in refused.text


def test_a_backup_that_lost_its_head_is_offered_where_backups_lie(
    visitor: Any, office: Office
) -> None:
    backup = office.proven(office.holding)
    file = office.stick.folder / backup.file
    data = file.read_bytes()
    file.write_bytes(bytes(600) + data[600 : data.rindex(CENTRAL_SIGN)])
    assert OFFER in visitor.get(f"/restore/inside?backup={backup.id}").text


@pytest.mark.parametrize("wrong", ["fout", ""])
def test_a_wrong_password_is_asked_again_where_it_was_typed(
    wrong: str, visitor: Any, office: Office, finished: Any
) -> None:
    file, into = cut(office, password=PASSWORD), office.root / "saved"
    assert (
        'type="password"' in visitor.get("/restore/salvage/", query_string={"path": str(file)}).text
    )
    again = visitor.post("/restore/salvage/", form(file, into, password=wrong), headers=HTMX)
    assert again.status_code == 422
    assert "notice bad" in again.text
    assert not [job for job in office.engine.jobs() if job.kind is JobKind.SALVAGE]
    job = finished(visitor.post("/restore/salvage/", form(file, into, password=PASSWORD)))
    assert job.state is JobState.DONE
    page = visitor.read(f"/jobs/{job.id}")
    assert PASSWORD not in page
    assert "came back" in page
    assert (into / "what-was-lost.txt").exists()


def test_a_password_that_was_typed_before_is_not_asked_again(visitor: Any, office: Office) -> None:
    backup = office.proven(office.holding, password=PASSWORD)
    visitor.post("/restore/open", {"backup": backup.id, "password": PASSWORD})
    page = visitor.read(f"/restore/salvage/?backup={backup.id}")
    assert 'type="password"' not in page
    assert PASSWORD not in page


@pytest.mark.parametrize("place", ["there", "nowhere/saved", "books/Jansen Holding/saved", ""])
def test_a_place_that_will_not_do_is_refused_in_words(
    place: str, visitor: Any, office: Office
) -> None:
    file = cut(office)
    (office.root / "there").mkdir()
    into = office.root / place if place else Path("saved")
    before = tree(office.root / "books")
    answer = visitor.post("/restore/salvage/", form(file, into), headers=HTMX)
    assert answer.status_code in {409, 422}
    assert "notice bad" in answer.text
    assert OFFER not in answer.text
    assert tree(office.root / "books") == before
    assert not any((office.root / "there").iterdir())


def test_a_file_without_anything_left_says_so(visitor: Any, office: Office, finished: Any) -> None:
    backup = office.proven(office.holding)
    file = office.stick.folder / backup.file
    file.write_bytes(bytes(file.stat().st_size))
    there = {"backup": backup.id, "into": str(office.root / "saved")}
    job = finished(visitor.post("/restore/salvage/", there))
    page = visitor.read(f"/jobs/{job.id}")
    assert "No file in" in page
    assert "/restore/salvage/" in page
    assert not (office.root / "saved").exists()


def _only(office: Office) -> str:
    return str(office.engine.history(office.holding.code)[0].id)
