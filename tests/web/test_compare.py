"""Comparing at the desk: two backups at once, one with today's books as a job."""

from importlib import import_module

import pytest
from werkzeug.test import TestResponse

from bewaar.model import JobId
from bewaar.progress import SILENT
from bewaar_web import create_app
from tests.scene import Office, book
from tests.web.conftest import Visitor


def ask(office: Office, visitor: Visitor, one: str, other: str = "") -> TestResponse:
    return visitor.post(f"/compare/{office.bakery.code}", {"one": one, "other": other})


def job_in(answer: TestResponse) -> JobId:
    return JobId(answer.location.rpartition("job=")[2])


def test_two_backups_are_compared_whichever_is_the_older(office: Office, visitor: Visitor) -> None:
    first = office.proven(office.bakery)
    book(office.sqlite_books, rows=7)
    second = office.proven(office.bakery)
    for pair in ((first.id, second.id), (second.id, first.id)):
        answer = ask(office, visitor, *pair)
        assert answer.status_code == 303
        assert "+7" in visitor.read(answer.location)
    address = f"/compare/{office.bakery.code}"
    assert visitor.get(f"{address}?one=nonsense").status_code == 422


def test_two_large_backups_are_compared_in_a_job(
    office: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("bewaar_web.screens.compare"), "SMALL", 1)
    first = office.proven(office.bakery)
    book(office.sqlite_books, rows=7)
    second = office.proven(office.bakery)
    answer = ask(office, visitor, first.id, second.id)
    assert "+7" not in visitor.read(answer.location.partition("&job=")[0])
    office.engine.run(job_in(answer), SILENT)
    assert "+7" in visitor.read(answer.location)


def test_the_page_reads_no_books_before_somebody_asks(office: Office, visitor: Visitor) -> None:
    first = office.proven(office.bakery)
    office.sqlite_books.unlink()
    assert "Compare" in visitor.read(f"/compare/{office.bakery.code}?one={first.id}")


def test_today_is_compared_in_a_job_that_shows_how_far_it_is(
    office: Office, visitor: Visitor
) -> None:
    first = office.proven(office.bakery)
    book(office.sqlite_books, rows=7)
    answer = ask(office, visitor, first.id)
    waiting = visitor.read(answer.location)
    assert "<progress" in waiting
    assert "+7" not in waiting
    office.engine.run(job_in(answer), SILENT)
    assert "+7" in visitor.read(answer.location)


def test_a_comparison_that_fails_or_is_stopped_leads_to_its_job(
    office: Office, visitor: Visitor
) -> None:
    first = office.proven(office.bakery)
    office.sqlite_books.rename(office.root / "away")
    answer = ask(office, visitor, first.id)
    office.engine.run(job_in(answer), SILENT)
    led = visitor.get(answer.location)
    assert (led.status_code, led.location) == (303, f"/jobs/{job_in(answer)}")
    assert "cannot be found" in visitor.read(led.location)


def test_the_job_in_the_log_leads_back_to_what_was_found(office: Office, visitor: Visitor) -> None:
    first = office.proven(office.bakery)
    book(office.sqlite_books, rows=7)
    id = job_in(ask(office, visitor, first.id))
    office.engine.run(id, SILENT)
    address = f"/compare/{office.bakery.code}?job={id}"
    assert address in visitor.read(f"/jobs/{id}")
    assert "+7" in visitor.read(address)


def test_what_is_forgotten_is_asked_for_again(office: Office, visitor: Visitor) -> None:
    first = office.proven(office.bakery)
    answer = ask(office, visitor, first.id)
    office.engine.run(job_in(answer), SILENT)
    office.reopen()
    assert office.engine.comparison(job_in(answer)) is None
    assert "Compare" in Visitor(create_app(office.engine, guard=visitor.guard), visitor.guard).read(
        answer.location
    )


def test_a_locked_backup_is_compared_once_its_password_is_known(
    office: Office, visitor: Visitor
) -> None:
    first = office.proven(office.holding, password="correct horse battery")
    second = office.proven(office.holding, even_unchanged=True)
    address = f"/compare/{office.holding.code}"
    asked = visitor.get(f"{address}?one={second.id}&other={first.id}")
    assert asked.status_code == 422
    assert f"{address}/unlock" in asked.text
    form: dict[str, object] = {
        "one": second.id,
        "other": first.id,
        "password": "correct horse battery",
    }
    opened = visitor.post(f"{address}/unlock", form)
    assert opened.status_code == 303
    assert "Nothing changed." in visitor.read(opened.location)
