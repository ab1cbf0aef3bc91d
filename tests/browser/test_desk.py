"""The desk in a real browser: alive, by keyboard, without scripts, and when Bewaar is closed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bewaar.model import JobState
from tests.scene import book

PATIENCE = 10_000  # milliseconds: a calm page asks every five seconds


def test_today_follows_what_happens_without_a_reload(office: Any, window: Any) -> None:
    page: Page = window.go("/today")
    page.evaluate("window.still = true")
    office.back_up(office.holding, office.bakery)
    expect(page.locator(".rows .shape.is-proven")).to_have_count(2, timeout=PATIENCE)
    book(office.sqlite_books)
    office.engine.scan()
    changed = page.locator("#row-bakkerij-jansen .shape.is-changed")
    expect(changed).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("window.still") is True


def test_an_open_menu_stays_open_while_the_page_lives(office: Any, window: Any) -> None:
    page: Page = window.go("/today")
    page.click("#row-jansen-holding summary")
    office.back_up(office.bakery)
    proven = page.locator("#row-bakkerij-jansen .shape.is-proven")
    expect(proven).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#row-jansen-holding .menu > div")).to_be_visible()


def test_when_bewaar_is_closed_the_page_says_so(desk: Any, window: Any) -> None:
    page: Page = window.go("/today")
    expect(page.locator("#lost")).to_be_hidden()
    desk.close()
    expect(page.locator("#lost")).to_be_visible(timeout=15_000)
    window.wrong.clear()  # the browser tells that the server is gone


def test_a_backup_by_keyboard_alone(office: Any, window: Any) -> None:
    page: Page = window.go("/today")
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused.startswith("Back up the 2 now"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".result.is-done")).to_be_visible()
    assert office.latest().state is JobState.DONE


def test_the_first_tab_leads_past_the_screens(window: Any) -> None:
    page: Page = window.go("/today")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_a_menu_and_its_dialog_by_keyboard(office: Any, window: Any) -> None:
    page: Page = window.go("/administrations/")
    page.focus("#row-jansen-holding summary")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#row-jansen-holding .menu a:has-text('rules')")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] #name")).to_be_focused()
    page.fill("dialog[open] #name", "Jansen Beheer")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Jansen Beheer")
    page.wait_for_load_state()
    page.click("a:has-text('Name and rules')")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_quick_picks_and_the_plan(office: Any, window: Any) -> None:
    office.back_up(office.holding)
    page: Page = window.go("/backup/?what=changed")
    expect(page.locator("#plan")).to_contain_text("1 administration")
    page.click("[data-pick-set=all]")
    expect(page.locator("#plan")).to_contain_text("not changed")
    page.check("#even_unchanged")
    expect(page.locator("#plan")).to_contain_text("2 administrations")


def test_a_folder_that_does_not_exist_is_made_when_the_user_says_so(
    office: Any, window: Any
) -> None:
    folder = office.root / "elsewhere"
    page: Page = window.go("/backup/?what=all&where=other")
    page.fill("#folder", str(folder))
    page.click("button.main:has-text('Back up')")
    page.click("dialog[open] button:has-text('Cancel')")
    assert not folder.exists()
    page.click("button.main:has-text('Back up')")
    page.click("dialog[open] button:has-text('Make the folder')")
    expect(page.locator(".result.is-done")).to_be_visible()
    assert len(list(folder.glob("*.zip"))) == 2


def test_a_folder_is_chosen_from_the_list(office: Any, window: Any) -> None:
    page: Page = window.go("/backup/?what=all&where=other")
    page.fill("#folder", str(office.root))
    page.click("[data-pick=folder]")
    page.click("dialog[open] .folders >> text=books")
    page.click("dialog[open] button:has-text('Take this folder')")
    expect(page.locator("#folder")).to_have_value(str(office.root / "books"))
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_click_while_the_next_folder_is_read_takes_no_folder(office: Any, window: Any) -> None:
    held: list[Route] = []
    page: Page = window.go("/backup/?what=all&where=other")
    page.fill("#folder", str(office.root))
    page.click("[data-pick=folder]")
    take = page.locator("dialog[open] button:has-text('Take this folder')")
    expect(take).to_be_visible()
    box = take.bounding_box()
    assert box
    page.route(re.compile("/folders/"), lambda route: held.append(route))  # noqa: PLW0108
    page.click("dialog[open] .folders >> text=books")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(take).to_be_visible()
    held[0].fallback()
    take.click()
    expect(page.locator("#folder")).to_have_value(str(office.root / "books"))


def test_a_list_of_folders_opens_on_top_of_a_dialog(office: Any, window: Any) -> None:
    page: Page = window.go("/administrations/")
    page.click("a:has-text('Add books')")
    page.fill("dialog[open] #place", str(office.root))
    page.click("dialog[open] [data-pick=folder]")
    page.click("#picker button:has-text('Take this folder')")
    expect(page.locator("dialog[open] #place")).to_have_value(str(office.root))


def test_the_window_s_own_picker_is_used_where_there_is_one(office: Any, open_window: Any) -> None:
    window = open_window()
    window.page.add_init_script(
        "window.pywebview = {api: {pick_folder: async (start) => start + '/picked',"
        " pick_file: async () => null}};"
    )
    page: Page = window.go("/backup/?what=all&where=other")
    page.fill("#folder", "/somewhere")
    page.click("[data-pick=folder]")
    expect(page.locator("#folder")).to_have_value("/somewhere/picked")
    page = window.go("/restore/")
    page.fill("#path", "/keep/this.zip")
    page.click("[data-pick=file]")
    expect(page.locator("#path")).to_have_value("/keep/this.zip")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_language_and_colours_change_at_once(window: Any) -> None:
    page: Page = window.go("/settings/")
    page.select_option("#language", "de")
    page.check("#theme-dark")
    page.click("#look ~ form .button")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(28, 30, 34)"


def test_the_name_of_a_file_is_shown_while_it_is_typed(window: Any) -> None:
    page: Page = window.go("/settings/")
    page.fill("#name_template", "{date} van {name}")
    page.press("#name_template", "End")
    page.keyboard.type("!")
    expect(page.locator("#preview")).to_contain_text("van Bakkerij Jansen!.zip")


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.mark.parametrize("path", ["/today", "/administrations/", "/backup/?what=all", "/log/"])
def test_a_hostile_name_runs_nothing(path: str, office: Any, window: Any) -> None:
    office.engine.change_administration(office.bakery.code, name=HOSTILE)
    page: Page = window.go(path)
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("img").count() == 0


# ── Without scripts ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def plain(open_window: Any) -> Any:
    return open_window(java_script_enabled=False)


def test_a_backup_without_scripts(office: Any, plain: Any) -> None:
    page: Page = plain.go("/backup/?what=all")
    page.check("#to-other")
    page.fill("#folder", str(office.root / "elsewhere"))
    page.check("#make_folder")
    page.check("#protect-given")
    page.fill("#password", "Brood")
    page.fill("#confirmation", "Brood")
    page.click("button.main")
    job = office.engine.wait(office.latest().id, timeout=20)
    page.reload()
    assert job.state is JobState.DONE
    expect(page.locator(".result.is-done")).to_be_visible()


def test_questions_are_pages_without_scripts(office: Any, plain: Any) -> None:
    page: Page = plain.go(f"/administrations/{office.holding.code}")
    page.click("a:has-text('Stop watching')")
    expect(page.locator("h1")).to_contain_text("Jansen Holding")
    page.click("button.grave")
    expect(page.locator("main")).not_to_contain_text("Jansen Holding")


def test_a_restore_without_scripts(office: Any, plain: Any) -> None:
    backup = office.proven(office.bakery, password="Brood")
    page: Page = plain.go(f"/restore/inside?backup={backup.id}")
    page.fill("#password", "Boter")
    page.click("button.main")
    expect(page.locator(".notice.bad")).to_be_visible()
    page = plain.go(f"/restore/inside?backup={backup.id}")
    page.fill("#password", "Brood")
    page.click("button.main")
    page.click("button.main")
    page.fill("#into", str(office.root))
    page.click("button.main")
    page.click("button.main")
    job = office.engine.wait(office.latest().id, timeout=20)
    assert job.state is JobState.DONE
