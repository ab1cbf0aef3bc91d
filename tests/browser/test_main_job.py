"""The main job in a real browser: from the first start to books that came back."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bewaar import messages
from bewaar.model import JobKind, JobState
from tests.samples import gnucash_book
from tests.scene import make_sqlite_books, rows_in

DONE = re.compile("/jobs/")
MANY = 3000  # files: enough for a backup to be seen while it runs


@pytest.fixture
def fresh(office: Any) -> Any:
    """Nothing set up yet, but books in the usual place."""
    for administration in (office.holding, office.bakery):
        office.engine.forget(administration.code)
    office.engine.forget_destination(office.stick.id)
    return office


@pytest.fixture
def large(office: Any) -> Any:
    """Books of so many files that their backup takes a moment."""
    for number in range(MANY):
        folder = office.folder_books / f"{number // 500:03}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number:05}.txt").write_bytes(b"%d booked " % number * 40)
    return office


@pytest.mark.parametrize("language", ["en", "nl", "de", "sv"])
def test_three_questions_end_in_a_proven_backup(
    language: str, fresh: Any, open_window: Any
) -> None:
    page: Page = open_window(locale=language).page
    expect(page).to_have_url(re.compile("/first/$"))
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.fill("#folder", str(fresh.sqlite_books))
    page.click("main .button.main")
    page.wait_for_url("**/first/destination")  # and until its scripts run
    page.check("#where-folder")
    page.fill("#folder", str(fresh.root / "copies"))
    page.click("main .button.main")
    page.click("dialog[open] .button.main")  # the folder does not exist: make it
    expect(page.locator("#phrase")).to_be_visible()
    phrase = page.inner_text("#phrase")
    page.click("main .button.main")
    page.wait_for_url(DONE)
    expect(page.locator(".result.is-done")).to_be_visible()
    assert fresh.secrets.get() == phrase
    job = fresh.latest()
    expect(page.locator("h1")).to_have_text(messages.text(language).job(job))
    page.click("main .button.main")
    truth = messages.text(language).truth(fresh.engine.overview())
    expect(page.locator("h1")).to_have_text(truth.sentence)
    assert len(list((fresh.root / "copies").glob("*.zip"))) == 1


def test_books_in_the_usual_places_are_found_and_ticked(fresh: Any, open_window: Any) -> None:
    place = gnucash_book(Path.home() / "Molen.gnucash", company="Stichting De Molen")
    page: Page = open_window().page
    expect(page.locator(".rows [type=checkbox]")).to_be_checked()
    expect(page.locator(".rows label")).to_contain_text("Stichting De Molen")
    page.click("main .button.main")
    expect(page.locator("#where-folder")).to_be_visible()
    assert [s.administration.place for s in fresh.engine.overview().states] == [place]


def test_a_backup_shows_how_far_it_is_and_what_was_proven(large: Any, window: Any) -> None:
    page: Page = window.go("/today")
    page.click("text=Back up the 2 now")
    page.wait_for_url(DONE)
    expect(page.locator("#bar")).to_be_visible()
    seen: set[str | None] = set()
    stage = "document.querySelector('.progress .line .grow')?.textContent"
    while page.locator("#bar").count():
        seen.add(page.evaluate(stage))
        page.wait_for_timeout(50)
    assert seen & {"Reading Jansen Holding", "Writing to Blue stick", "Reading it back to be sure"}
    expect(page.locator(".result.is-done")).to_be_visible()
    page.click("summary:has-text('The proof')")
    expect(page.locator("#proofs")).to_contain_text("BLAKE3")
    expect(page.locator("#proofs")).to_contain_text(f"{MANY + 7:,} files")


def test_a_cancelled_backup_leaves_nothing_behind(large: Any, window: Any) -> None:
    page: Page = window.go("/today")
    page.click("text=Back up the 2 now")
    page.wait_for_url(DONE)
    page.click("button:has-text('Cancel')")
    expect(page.locator("h1")).to_have_text("The backup was stopped; nothing was left behind.")
    assert large.latest().state is JobState.CANCELLED
    assert not list(large.stick.folder.glob("*.zip*"))


def test_the_trail_of_a_restore(office: Any, window: Any) -> None:
    office.proven(office.bakery)
    into = office.root / "restored"
    into.mkdir()
    page: Page = window.go("/restore/")
    page.click("main a.name:has-text('Bakkerij Jansen')")
    page.click("main a.button:has-text('Choose')")
    expect(page.locator(".trail [aria-current]")).to_contain_text("What is inside")
    page.click("text=Next: where it goes")
    page.fill("#new_name", "Bakkerij zoals toen")
    page.fill("#into", str(into))
    page.click("text=Next: what it means")
    expect(page.locator(".notice")).to_contain_text("Nothing is overwritten")
    page.click("button:has-text('Restore')")
    page.wait_for_url(DONE)
    expect(page.locator(".result.is-done")).to_be_visible()
    assert rows_in(into / "Bakkerij zoals toen.sqlite") == 120
    expect(page.locator(".good-news")).to_contain_text(str(into))


def test_overwriting_asks_for_the_typed_name(office: Any, window: Any) -> None:
    backup = office.proven(office.bakery)
    make_sqlite_books(office.root / "other.sqlite", rows=3).replace(office.sqlite_books)
    code = office.bakery.code
    page: Page = window.go(f"/restore/summary?backup={backup.id}&code={code}&mode=original")
    page.fill("#typed_name", "Bakkerij")
    page.click("button:has-text('Restore')")
    expect(page.locator(".answer .notice")).to_be_visible()
    expect(page.locator("#typed_name")).to_have_value("Bakkerij")
    assert rows_in(office.sqlite_books) == 3
    page.fill("#typed_name", "Bakkerij Jansen")
    page.click("button:has-text('Restore')")
    page.wait_for_url(DONE)
    expect(page.locator(".result.is-done")).to_be_visible()
    assert rows_in(office.sqlite_books) == 120


def test_a_wrong_password_can_be_typed_again(office: Any, window: Any) -> None:
    backup = office.proven(office.bakery, password="Brood & boter")
    page: Page = window.go(f"/restore/inside?backup={backup.id}")
    page.fill("#password", "Brood en boter")
    page.click("button:has-text('Open it')")
    expect(page.locator(".answer .notice")).to_be_visible()
    page.fill("#password", "Brood & boter")
    page.press("#password", "Enter")
    expect(page.locator("main")).to_contain_text("Bakkerij Jansen")
    page.wait_for_load_state("networkidle")  # the page of what is inside has come
    assert "boter" not in page.url
    assert "boter" not in page.content()


def test_a_failure_keeps_what_was_typed(office: Any, window: Any) -> None:
    page: Page = window.go("/backup/?what=all")
    page.check("#protect-given")
    page.fill("#password", "Brood")
    page.fill("#confirmation", "Boter")
    page.click("button.main:has-text('Back up')")
    expect(page.locator(".answer .notice")).to_be_visible()
    expect(page.locator("#password")).to_have_value("Brood")
    assert not [job for job in office.engine.jobs() if job.kind is JobKind.BACKUP]
