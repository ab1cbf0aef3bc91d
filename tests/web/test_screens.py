"""Every screen: it is there, whole, in the right language, and safe to show."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from bewaar.model import DestinationId
from bewaar.overview import Overview
from tests.scene import Office, book

SCREENS = [
    "/today",
    "/administrations/",
    "/administrations/add",
    "/administrations/find",
    "/administrations/find?look=1",
    "/administrations/{code}",
    "/administrations/{code}/rules",
    "/administrations/{code}/forget",
    "/administrations/{code}/undo",
    "/backup/",
    "/backup/?what=changed",
    "/backup/?what=marked",
    "/backup/?what=all&where=other",
    "/backup/?code={code}",
    "/backup/?again={job}",
    "/backups/{backup}",
    "/backups/{backup}/remove",
    "/jobs/{job}",
    "/log/",
    "/programs/",
    "/restore/",
    "/restore/?code={code}",
    "/restore/inside?backup={backup}",
    "/restore/where?backup={backup}&code={code}",
    "/restore/summary?backup={backup}&code={code}&mode=original",
    "/restore/salvage/?backup={backup}",
    "/destinations/",
    "/destinations/add",
    "/destinations/{destination}",
    "/destinations/{destination}/change",
    "/destinations/{destination}/forget",
    "/settings/",
    "/settings/password",
    "/settings/password/forget",
    "/first/",
    "/first/?look=1",
    "/first/destination",
    "/first/password",
    "/folders/folder",
    "/folders/file",
]


@pytest.fixture(scope="module")
def known(lasting_office: Office) -> dict[str, str]:
    """What the addresses are filled in with: an office with a first backup."""
    office = lasting_office
    job = office.back_up(office.holding, office.bakery)
    return {
        "code": office.holding.code,
        "backup": office.engine.history(office.holding.code)[0].id,
        "destination": office.stick.id,
        "job": job.id,
    }


@pytest.fixture(scope="module")
def pages(reader: Any, known: dict[str, str]) -> dict[str, "Page"]:
    return {address: Page(reader.read(address.format(**known))) for address in SCREENS}


class Page(HTMLParser):
    """What is on a page that must not be there, or must."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("address", SCREENS)
def test_a_screen_is_whole_by_itself(address: str, pages: dict[str, Page]) -> None:
    page = pages[address]
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", SCREENS)
def test_a_screen_holds_no_inline_script_or_style(address: str, pages: dict[str, Page]) -> None:
    page = pages[address]
    assert all(attrs.get("src") for attrs in page.all("script"))
    assert not page.all("style")
    for _, attrs in page.tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith(("on", "hx-on"))]


@pytest.mark.parametrize("address", SCREENS)
def test_every_form_that_changes_something_carries_the_token(
    address: str, pages: dict[str, Page], reader: Any
) -> None:
    page = pages[address]
    changing = [form for form in page.all("form") if form.get("method") == "post"]
    tokens = [i for i in page.all("input") if i.get("name") == "csrf"]
    assert len(tokens) == len(changing)
    assert all(token["value"] == reader.csrf for token in tokens)


@pytest.mark.parametrize("address", SCREENS)
def test_every_field_has_a_label(address: str, pages: dict[str, Page]) -> None:
    page = pages[address]
    labelled = {label.get("for") for label in page.all("label")}
    fields = [f for f in page.all("input") if f.get("type") != "hidden"] + page.all("select")
    for field in fields:
        assert field.get("aria-label") or field.get("id") in labelled, field


@pytest.mark.parametrize("language", ["nl", "de", "sv"])
def test_a_screen_speaks_the_browser_s_language_when_none_was_chosen(
    language: str, visitor: Any
) -> None:
    html = visitor.get("/today", headers={"Accept-Language": f"{language}-XX,en;q=0.5"}).text
    assert f'<html lang="{language}"' in html


def test_the_chosen_language_wins(visitor: Any) -> None:
    form = {"language": "sv", "theme": "dark", "start_at_login": "on"}
    assert visitor.post("/settings/look", form).status_code == 303
    html = visitor.get("/today", headers={"Accept-Language": "de"}).text
    assert '<html lang="sv" data-theme="dark"' in html


HOSTILE = '<img src=x onerror="alert(1)">"\'&%(name)s{{7*7}}'


def test_a_name_never_becomes_markup(visitor: Any, office: Office) -> None:
    code = office.bakery.code
    office.engine.change_administration(code, name=HOSTILE)
    office.engine.change_destination(office.stick.id, name=HOSTILE)
    office.proven(office.engine.state(code).administration)
    book(office.sqlite_books)
    office.engine.scan()
    backup = office.engine.history(code)[0].id
    for address in SCREENS:
        filled = address.format(
            code=code, backup=backup, destination=office.stick.id, job=office.engine.jobs()[0].id
        )
        page = Page(visitor.read(filled))
        assert not page.all("img")
        assert not [attrs for _, attrs in page.tags if "onerror" in attrs]
        assert page.all("main")


def test_a_file_name_never_becomes_markup(visitor: Any, office: Office) -> None:
    office.back_up(office.bakery, name="<b>{name}</b> {date} {time}")
    assert "<b>" not in visitor.read(f"/administrations/{office.bakery.code}")
    assert "<b>" not in visitor.read(f"/destinations/{office.stick.id}")


def test_today_says_the_truth_in_one_sentence(visitor: Any, office: Office) -> None:
    seen: Overview = office.engine.overview()
    assert len(seen.waiting) == 2
    html = visitor.read("/today")
    assert "Jansen Holding" in html
    assert "Bakkerij Jansen" in html
    assert "never stored" in html
    assert "Back up the 2 now" in html


def test_what_is_not_there_is_said_in_three_parts(visitor: Any) -> None:
    for path in ("/jobs/nope", "/administrations/nope", f"/destinations/{DestinationId('nope')}"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert "notice bad" in answer.text


def test_an_address_that_was_never_there_says_so(visitor: Any) -> None:
    answer = visitor.get("/nowhere")
    assert answer.status_code == 404
    assert "untouched" in answer.text


def test_readers_learn_what_happened_since(visitor: Any, office: Office) -> None:
    first = visitor.get("/events?since=0").json
    office.engine.events.publish("drive.plugged", mount="/media/x", label="<X>")
    later = visitor.get(f"/events?since={first['cursor']}").json
    assert [event["code"] for event in later["events"]] == ["drive.plugged"]
    assert later["busy"] is False
    assert visitor.get("/events?since=99999").json["gap"] is True
    assert visitor.get("/events?since=x").json["gap"] in (False, True)


def test_what_happens_while_a_screen_is_made_is_news_to_it(
    visitor: Any, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = office.engine.overview
    happened = []

    def interrupted() -> Any:
        seen = look()
        happened.append(office.engine.events.publish("job.over").number)
        return seen

    monkeypatch.setattr(office.engine, "overview", interrupted)
    shown = re.search(r'data-cursor="(\d+)"', visitor.read("/today"))
    assert shown
    assert int(shown[1]) < happened[0]
