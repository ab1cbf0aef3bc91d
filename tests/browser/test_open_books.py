"""Books that somebody has open: the choice stays chosen, and waiting ends by itself."""

import re
import sys
from typing import Any

import pytest
from playwright.sync_api import expect

from bewaar.jobs import closing
from tests.holding import held_open
from tests.scene import Office
from tests.unkind.promises import rest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")


def test_waiting_is_chosen_with_the_keyboard_and_ends_by_itself(
    window: Any, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "LOOK_SECONDS", 0.2)
    rest(office.root / "books")
    with held_open(office.folder_books / "index.txt"):
        page = window.go(f"/backup/?code={office.holding.code}")
        expect(page.locator("#open-books")).to_contain_text("Jansen Holding")
        page.locator("#when-now").focus()
        page.keyboard.press("ArrowDown")
        expect(page.locator("#when-closed")).to_be_checked()
        page.wait_for_load_state("networkidle")  # the plan is made anew
        expect(page.locator("#when-closed")).to_be_checked()
        expect(page.locator("#when-closed")).to_be_focused()
        page.get_by_role("button", name="Back up", exact=True).click()
        expect(page.locator("h1")).to_contain_text("waits until its program is closed")
    expect(page.locator("body")).to_contain_text("Safely stored and proven: Jansen Holding")


def test_the_page_of_the_books_says_who_has_them_open(window: Any, office: Office) -> None:
    page = window.go(f"/administrations/{office.holding.code}")
    expect(page.locator("#users")).to_contain_text("Nobody has it open.")
    with held_open(office.folder_books / "index.txt") as pid:
        page.reload()
        expect(page.locator("#users")).to_contain_text(f"({pid})")


def test_a_countdown_runs_without_being_asked_and_later_gives_an_hour(
    window: Any, office: Office
) -> None:
    rest(office.root / "books")
    with held_open(office.folder_books / "index.txt"):
        page = window.go(f"/backup/?code={office.holding.code}")
        page.locator("#when-closed").check()
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="Back up", exact=True).click()
        left = page.locator("main [data-seconds]")
        expect(left).to_have_text(re.compile(r"^[45]:\d\d$"))
        before = left.text_content()
        expect(left).not_to_have_text(before)
        page.get_by_role("button", name="Later: in an hour").click()
        expect(left).to_have_text(re.compile(r"^(60:00|59:\d\d)$"))
        page.get_by_role("button", name="Start now").click()
        expect(page.locator("main")).to_contain_text("Jansen Holding is still open in its program.")
        page.go_back()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("h1")).to_contain_text("The backup was stopped")
