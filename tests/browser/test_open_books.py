"""Books that somebody has open: the choice stays chosen, and waiting ends by itself."""

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
