"""What people see: nothing cut off, nothing too faint, in every size, light and language."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from bewaar.model import JobKind
from tests.samples import gnucash_book
from tests.scene import Office, book, make_sqlite_books

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenkasse Obermenzing e. V."

SCREENS = [
    "/today",
    "/administrations/",
    "/programs/",
    "/administrations/{code}",
    "/administrations/{code}/rules",
    "/backup/?what=all",
    "/jobs/{job}",
    "/restore/",
    "/restore/?code={code}",
    "/restore/inside?backup={backup}",
    "/restore/where?backup={backup}&code={code}",
    "/restore/summary?backup={backup}&code={code}&mode=original",
    "/restore/salvage/?backup={backup}",
    "/destinations/",
    "/destinations/{destination}",
    "/destinations/{destination}/take",
    "/destinations/add",
    "/backups/{backup}/copy",
    "/backups/{backup}/remove",
    "/compare/{code}?one={backup}",
    "/compare/{code}?one={backup}&other={older}",
    "/peek/?backup={backup}",
    "/jobs/{removal}",
    "/settings/",
    "/settings/password",
    "/log/",
    "/first/",
    "/first/destination",
    "/first/password",
]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office where there is something to see on every screen, one for all tests here."""
    root = tmp_path_factory.mktemp("gallery")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BEWAAR_HOME", str(root / "home"))
        office = Office(root)
    file = make_sqlite_books(office.root / "books" / "Molen.sqlite")
    office.proven(office.engine.add(file, name="Stichting De Molen"))
    file = gnucash_book(office.root / "books" / "Donau.gnucash", transactions=9)
    kept = office.engine.add(file, name=LONG)
    for transactions in (9, 10, 12, 8):
        file.unlink()
        gnucash_book(file, transactions=transactions)
        office.proven(kept)
    oldest = office.engine.history(kept.code)[-1]
    office.engine.remove_backup(oldest.id, reason=LONG)
    office.proven(office.bakery)
    book(office.sqlite_books)
    office.engine.scan()
    yield office
    office.engine.close()


@pytest.fixture
def office(gallery: Office) -> Office:
    return gallery


@pytest.fixture
def screens(office: Office) -> list[str]:
    code = next(
        s.administration.code
        for s in office.engine.overview().states
        if s.administration.name == LONG
    )
    facts = {
        "code": code,
        "backup": office.engine.history(code)[0].id,
        "older": office.engine.history(code)[1].id,
        "removal": office.engine.removals(office.stick.id)[0].id,
        "destination": office.stick.id,
        "job": next(j.id for j in office.engine.jobs() if j.kind is JobKind.BACKUP),
    }
    return [screen.format(**facts) for screen in SCREENS]


TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => `${part.tagName}.${part.className} ${part.textContent.trim().slice(0, 40)}`)
    .slice(-3)
"""


TOO_FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !element.checkVisibility() || element.closest(":disabled, noscript")) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${words}: ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


def walk(window: Any, screens: list[str], *questions: str, text: str = "") -> dict[str, list[str]]:
    """Return what is wrong, by screen."""
    found = {}
    for path in screens:
        page: Page = window.go(path)
        if text:
            page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        found[path] = [answer for question in questions for answer in page.evaluate(question)]
    return {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("nl", "dark"), ("de", "light"), ("sv", "dark")]
)
def test_nothing_is_cut_off_or_too_faint_to_read(
    language: str, scheme: str, screens: list[str], open_window: Any
) -> None:
    window = open_window(locale=language, color_scheme=scheme)
    assert walk(window, screens, TOO_WIDE, TOO_FAINT) == {}


def test_nothing_is_cut_off_in_a_small_window_at_200_percent(
    screens: list[str], open_window: Any
) -> None:
    window = open_window(locale="de", viewport={"width": 512, "height": 350})
    assert walk(window, screens, TOO_WIDE) == {}


def test_nothing_is_cut_off_with_text_twice_as_large(screens: list[str], open_window: Any) -> None:
    assert walk(open_window(locale="de"), screens, TOO_WIDE, text="181.25%") == {}


def test_today_fits_a_small_screen(screens: list[str], window: Any) -> None:
    page: Page = window.go("/today")
    for part in ("h1", ".truth .buttons", ".rows > li:last-child", ".days", "#running"):
        box = page.locator(part).last.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 700, part


def test_every_state_has_a_shape_of_its_own(screens: list[str], window: Any) -> None:
    page: Page = window.go("/today")
    drawn = page.locator(".rows .shape").evaluate_all(
        "shapes => shapes.map(shape => [shape.classList[1], shape.innerHTML])"
    )
    states = dict(drawn)
    assert len(states) >= 2
    assert len(set(states.values())) == len(states)


def test_nothing_moves_for_who_wants_no_motion(screens: list[str], open_window: Any) -> None:
    page: Page = open_window(reduced_motion="reduce").go("/backup/?what=all")
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0
