"""A damaged backup in a real browser: from the refusal to the list of what is lost."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.scene import hurt, tree

HURT = "journaal 3 é.dat"


def test_a_damaged_backup_gives_back_what_is_left_of_it(office: Any, window: Any) -> None:
    backup = office.proven(office.holding)
    hurt(office.stick.folder / backup.file, HURT)
    page: Page = window.go(f"/backups/{backup.id}/verify")
    page.click("text=Read it back now")
    page.click("main >> text=Save what can be saved…")
    page.wait_for_url("**/restore/salvage/*")  # and until its scripts run
    into = office.root / "saved"
    page.fill("#into", str(office.stick.folder))
    page.click("button:has-text('Save what can be saved')")
    expect(page.locator(".answer .notice")).to_be_visible()
    page.fill("#into", str(into))
    page.click("button:has-text('Save what can be saved')")
    expect(page.locator(".result.is-partial h1")).to_contain_text("6 of 7 files came back")
    expect(page.locator("main")).to_contain_text(f"{HURT} is damaged")
    expect(page.locator(".result.is-done")).to_have_count(0)
    assert len(tree(into / office.holding.code)) == 6
    page.click("text=Show the older backups")
    expect(page.locator("h1")).to_contain_text("Jansen Holding")
