"""The door: who gets in, and that nobody else gets anything."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bewaar_web import Guard
from bewaar_web.guard import TOKEN_SECONDS, TOKENS

PLACES = [
    "/",
    "/today",
    "/static/style/tokens.css",
    "/static/scripts/desk.js",
    "/events",
    "/nowhere",
]
FORGED = "0" * 64


@pytest.fixture
def guard(lasting_app: Flask) -> Guard:
    found = lasting_app.extensions["bewaar.guard"]
    assert isinstance(found, Guard)
    return found


@pytest.fixture
def stranger(lasting_app: Flask) -> FlaskClient:
    return lasting_app.test_client()


@pytest.mark.parametrize("path", PLACES)
def test_without_the_cookie_nothing_is_served(
    path: str, stranger: FlaskClient, guard: Guard
) -> None:
    answer = stranger.get(path, base_url=guard.origin)
    assert answer.status_code == 403
    assert "icon" in answer.text
    assert "Jansen" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:8765", "127.0.0.1", "127.0.0.1:8766", "evil.example", "127.0.0.1:8765.", ""]
)
def test_another_host_is_refused_even_with_the_cookie(host: str, reader: Any) -> None:
    assert reader.get("/today", headers={"Host": host}).status_code == 403


def test_an_entry_address_opens_once(stranger: FlaskClient, guard: Guard) -> None:
    address = guard.new_entry_address()
    assert stranger.get(address, base_url=guard.origin).status_code == 200
    assert stranger.get("/today", base_url=guard.origin).status_code == 200
    other = stranger.application.test_client()
    assert other.get(address, base_url=guard.origin).status_code == 403


def test_an_entry_address_is_good_for_a_minute() -> None:
    now = [0.0]
    late = Guard(8765, seconds=lambda: now[0])
    token = late.new_entry_address().partition("token=")[2]
    now[0] = TOKEN_SECONDS + 1
    assert late.enter(token) is None


def test_entry_addresses_nobody_used_are_forgotten(guard: Guard) -> None:
    first = guard.new_entry_address().partition("token=")[2]
    for _ in range(TOKENS):
        guard.new_entry_address()
    assert guard.enter(first) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 50, "a" * 10_000])
def test_a_guessed_token_opens_nothing(token: str, stranger: FlaskClient, guard: Guard) -> None:
    guard.new_entry_address()
    answer = stranger.get("/enter", query_string={"token": token}, base_url=guard.origin)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_is_for_no_script_and_no_other_site(stranger: FlaskClient, guard: Guard) -> None:
    answer = stranger.get(guard.new_entry_address(), base_url=guard.origin)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("cookie", ["", "x", FORGED])
def test_a_forged_cookie_opens_nothing(cookie: str, stranger: FlaskClient, guard: Guard) -> None:
    stranger.set_cookie(guard.cookie, cookie, domain="127.0.0.1")
    assert stranger.get("/today", base_url=guard.origin).status_code == 403


def test_the_cookie_of_another_run_opens_nothing(reader: Any) -> None:
    other = Guard(8765)
    assert other.cookie == reader.guard.cookie
    value = reader.client.get_cookie(other.cookie, domain="127.0.0.1").value
    assert other.session(value) is None


CHANGES = {
    "from another site": {"Origin": "http://evil.example"},
    "from another port": {"Origin": "http://127.0.0.1:9999"},
    "from nowhere": {},
    "from a file": {"Origin": "null"},
    "as the browser calls it": {
        "Origin": "http://127.0.0.1:8765",
        "Sec-Fetch-Site": "cross-site",
    },
    "from a sister site": {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", CHANGES.values(), ids=CHANGES)
def test_a_change_from_elsewhere_is_refused(
    headers: dict[str, str], reader: Any, lasting_office: Any
) -> None:
    answer = reader.post(f"/administrations/{lasting_office.holding.code}/forget", headers=headers)
    assert answer.status_code == 403
    assert len(lasting_office.engine.overview().states) == 2


@pytest.mark.parametrize("token", ["", "x", FORGED, "é"])
def test_a_change_without_the_page_s_own_token_is_refused(
    token: str, reader: Any, lasting_office: Any
) -> None:
    answer = reader.post(f"/administrations/{lasting_office.holding.code}/forget", {"csrf": token})
    assert answer.status_code == 403
    assert len(lasting_office.engine.overview().states) == 2


def test_the_token_of_another_window_is_no_good(
    lasting_app: Flask, reader: Any, guard: Guard
) -> None:
    other = type(reader)(lasting_app, guard)
    assert reader.post("/remind-tomorrow", {"csrf": other.csrf}).status_code == 403


def test_scripts_may_send_the_token_in_a_header(reader: Any) -> None:
    headers = {"Origin": reader.guard.origin, "X-Bewaar-Csrf": reader.csrf}
    assert reader.post("/remind-tomorrow", {"csrf": ""}, headers=headers).status_code == 303


def test_a_page_of_another_site_cannot_read_anything(reader: Any) -> None:
    answer = reader.get("/events", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


@pytest.mark.parametrize("path", ["/today", "/static/style/tokens.css", "/nowhere", "/enter"])
def test_every_answer_carries_the_safe_headers(path: str, reader: Any) -> None:
    with reader.get(path) as answer:
        headers = answer.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_stay_within_their_folder(reader: Any) -> None:
    for path in ("/static/../guard.py", "/static/%2e%2e/guard.py", "/static/..%2fguard.py"):
        assert reader.get(path).status_code == 404


def test_methods_that_are_not_offered_answer_nothing(reader: Any) -> None:
    assert reader.client.open(
        "/today", method="TRACE", base_url=reader.guard.origin
    ).status_code in {403, 405}
