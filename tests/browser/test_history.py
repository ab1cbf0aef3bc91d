"""The history in a real browser: looked into, compared, copied, removed, and each is told."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.scene import book


@pytest.fixture
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the system's opener; what it was given is written down."""
    shown = tmp_path / "shown"
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{shown}"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    return shown


def of_its_menu(page: Page, words: str) -> None:
    """Choose something from the menu of the newest backup."""
    page.locator("tr[id^=backup-] summary").first.click()
    page.locator("tr[id^=backup-] .menu > div").first.get_by_text(words, exact=True).click()


def test_a_document_is_found_and_opened_and_the_page_says_so(
    office: Any, window: Any, viewer: Path
) -> None:
    backup = office.proven(office.holding)
    page: Page = window.go(f"/peek/?backup={backup.id}&code={office.holding.code}")
    page.get_by_role("searchbox").or_(page.locator("input[name=search]")).fill("INDEX")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=INDEX*")  # and until its scripts run
    row = page.get_by_role("row", name=re.compile("index.txt"))
    row.get_by_role("button", name=re.compile("Open")).click()
    expect(page.locator("#told")).to_contain_text("A copy of index.txt was opened")
    assert Path(viewer.read_text(encoding="utf-8")).name == "index.txt"
    expect(page.locator("nav [aria-current]")).to_have_text("Restore")


def test_a_document_that_could_do_harm_is_refused_in_words(office: Any, window: Any) -> None:
    (office.folder_books / "rekening.pdf").write_bytes(b"MZ\x90\0 a program")
    backup = office.proven(office.holding)
    page: Page = window.go(f"/peek/?backup={backup.id}&code={office.holding.code}")
    page.get_by_role("row", name=re.compile("rekening")).get_by_role(
        "button", name=re.compile("Open")
    ).click()
    expect(page.locator("#told [role=alert]")).to_be_visible()


def test_comparing_with_today_shows_what_was_booked(office: Any, window: Any) -> None:
    office.proven(office.bakery)
    book(office.sqlite_books, rows=7)
    page: Page = window.go(f"/administrations/{office.bakery.code}")
    of_its_menu(page, "Compare…")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("cell", name="+7")).to_be_visible()
    expect(page.locator("nav [aria-current]")).to_have_text("Administrations")


def test_a_copy_is_saved_in_a_folder_that_is_made_on_the_way(
    office: Any, window: Any, tmp_path: Path
) -> None:
    backup, vault = office.proven(office.bakery), tmp_path / "vault"
    page: Page = window.go(f"/administrations/{office.bakery.code}")
    of_its_menu(page, "Save a copy elsewhere…")
    page.get_by_label("Folder", exact=True).fill(str(vault))
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Make the folder and go on").click()
    expect(page.locator(".result.is-done")).to_be_visible()
    expect(page.locator(".good-news")).to_contain_text(backup.file)
    assert (vault / backup.file).read_bytes() == (office.stick.folder / backup.file).read_bytes()


def test_a_file_from_elsewhere_is_put_among_the_others(
    office: Any, window: Any, tmp_path: Path
) -> None:
    backup = office.proven(office.bakery)
    elsewhere = tmp_path / "van de accountant.zip"
    (office.stick.folder / backup.file).rename(elsewhere)
    vault = office.engine.add_destination(tmp_path / "vault", name="Vault", make_folder=True)
    page: Page = window.go(f"/destinations/{vault.id}")
    page.get_by_role("link", name="Put a backup file here…").click()
    page.get_by_role("textbox", name="Backup file").fill(str(elsewhere))
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".result.is-done")).to_be_visible()
    page = window.go(f"/destinations/{vault.id}")
    expect(page.locator("tr[id^=backup-]")).to_have_count(1)


def test_a_removal_stays_in_the_history_with_its_reason(office: Any, window: Any) -> None:
    for _ in range(3):
        book(office.sqlite_books)
        oldest = office.proven(office.bakery)
    oldest = office.engine.history(office.bakery.code)[-1]
    page: Page = window.go(f"/administrations/{office.bakery.code}")
    page.locator("tr[id^=backup-] summary").last.click()
    page.locator("tr[id^=backup-] .menu > div").last.get_by_text("Remove…").click()
    page.get_by_label("Why (if you like)").fill("wrong year")
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("tr[id^=backup-]")).to_have_count(2)
    page = window.go(f"/destinations/{office.stick.id}")
    told = page.locator("section", has=page.get_by_role("heading", name="Removed by somebody"))
    expect(told).to_contain_text(oldest.file)
    expect(told).to_contain_text("wrong year")
    page = window.go("/log/")
    expect(page.locator(".log li").first).to_contain_text("reason: wrong year")
