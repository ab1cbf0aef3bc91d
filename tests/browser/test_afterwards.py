"""What is left to do after a restore is ticked off with one click each."""

from typing import Any

from playwright.sync_api import Page, expect

from bewaar.model import Code, JobState
from tests.scene import Office
from tests.vendorfiles import backups


def test_a_tick_is_kept_at_once_and_the_number_goes_down(office: Office, window: Any) -> None:
    place = office.root / "books" / "SnelStart"
    place.mkdir()
    backups.kept_by_maker(place / "Jansen.ssb", b"old backup")
    handel = office.engine.add(place, name="Jansen Handel", code=Code("handel"))
    job = office.restore_original(office.proven(handel), handel.code, typed="Jansen Handel")
    assert job.state is JobState.DONE
    page: Page = window.go("/administrations/handel")
    expect(page.locator(".checklist")).to_contain_text("10 things are left")
    page.get_by_label("Set up the mailbox again.").check()
    expect(page.locator(".checklist")).to_contain_text("9 things are left")
    expect(page.get_by_label("Set up the mailbox again.")).to_be_checked()
    page.get_by_label("Knab: link it again").check()
    expect(page.locator(".checklist")).to_contain_text("8 things are left")
    page.reload()
    expect(page.locator(".checklist input:checked")).to_have_count(2)
    page.get_by_role("button", name="Put this list away").click()
    expect(page.locator(".checklist")).to_have_count(0)
