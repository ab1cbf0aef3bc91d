"""Every failure becomes a page in three parts; what nobody foresaw gives nothing away."""

import logging
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bewaar import errors
from bewaar_web import Guard, create_app
from bewaar_web.failures import way
from tests.scene import Office

SECRET = "Brood & boter"


@pytest.fixture(scope="module")
def failing(lasting_office: Office) -> Any:
    """Somebody who comes to pages that fail as they are told."""
    guard = Guard(8765)
    app = create_app(lasting_office.engine, guard=guard)
    told: list[Exception] = []

    @app.get("/fails")
    def raise_it() -> str:
        raise told.pop()

    client = app.test_client()
    client.get(guard.new_entry_address(), base_url=guard.origin)

    def get(error: Exception, **headers: str) -> TestResponse:
        told.append(error)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/fails", base_url=guard.origin, headers=sent)

    return get


@pytest.mark.parametrize("kind", errors.all_errors(), ids=lambda kind: kind.__name__)
def test_every_failure_has_a_page(kind: type[errors.BewaarError], failing: Any) -> None:
    answer = failing(kind(file="a.zip", name="<b>"))
    assert answer.status_code == way(kind()).status
    assert 400 <= answer.status_code < 600
    assert "<b>" not in answer.text
    assert "<h1>" in answer.text


@pytest.mark.parametrize("kind", errors.all_errors(), ids=lambda kind: kind.__name__)
def test_every_failure_fits_into_the_form_that_asked(
    kind: type[errors.BewaarError], failing: Any
) -> None:
    answer = failing(kind(folder="/x", name="<b>"), HX_Request="true")
    assert answer.status_code >= 400
    assert answer.status_code != 403  # the page takes that for "Bewaar was closed"
    assert "<html" not in answer.text
    assert "<b>" not in answer.text


def test_an_unknown_failure_is_ours_and_gives_nothing_away(
    failing: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = failing(ValueError(SECRET))
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert "ValueError" in caplog.text
    assert "raise_it" in caplog.text


def test_damaged_settings_are_said_even_without_a_frame(visitor: Any, office: Office) -> None:
    file = office.home.settings_file
    file.write_text("this is [no TOML")
    answer = visitor.get("/today")
    assert answer.status_code == 422
    assert "settings" in answer.text
    assert "<nav" not in answer.text
    assert file.read_text() == "this is [no TOML"


def test_a_form_that_is_far_too_large_is_refused(reader: Any) -> None:
    answer = reader.post("/settings/look", {"language": "x" * 2_000_000})
    assert answer.status_code in {403, 413}


def test_back_leads_only_to_our_own_pages(failing: Any) -> None:
    error = errors.BackupLocked(file="a.zip")
    assert 'href="/log/?x=1"' in failing(error, Referer="http://127.0.0.1:8765/log/?x=1").text
    for theirs in ("http://evil.example/log", "javascript:alert(1)", "//evil.example"):
        html = failing(error, Referer=theirs).text
        assert "evil" not in html
        assert "javascript:" not in html
