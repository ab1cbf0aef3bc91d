"""The pictures of the README, taken from the running demonstration.

`python3 installer screenshots [--language de] [--to FOLDER]`: the pages in Chromium, the icon and
its menu on a desktop of its own. What is shown is what the app does; nothing is drawn.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from installer.terminal import say

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "web" / "pictures"
BEWAAR = Path(sys.executable).with_name("bewaar")
CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1024, "height": 700}
SCALE = 1.5  # device pixels per pixel
SLOW_BOOKS = 1_500_000_000  # bytes: enough for a backup to be caught while it runs
SHOWN = "bakkerij"  # the administration whose restore is shown


def main(arguments: Sequence[str]) -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(prog="python3 installer screenshots")
    parser.add_argument("--language", default="en")
    parser.add_argument("--to", type=Path, default=PICTURES)
    wishes = parser.parse_args(arguments)
    wishes.to.mkdir(parents=True, exist_ok=True)
    take_pages(wishes.to, wishes.language)
    take_tray(wishes.to, wishes.language)
    return 0


def take_pages(folder: Path, language: str) -> None:
    """Take Today, a backup before and while it runs, and a restore."""
    with _serving() as (address, home), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE, locale=language)
        page.goto(address)
        page.wait_for_url(re.compile(r":\d+/(today.*)?$"))
        _keep(page, folder / "today.png")
        _restore(page, folder / "restore.png")
        _backup(page, home, folder)
        browser.close()


def take_tray(folder: Path, language: str) -> None:
    """Take the icon with its open menu."""
    from tests.desktop.stage import Stage

    with Stage() as stage:
        tray = subprocess.Popen(
            [BEWAAR, "tray", "--demo", "--at-login"], env=stage.env | _speaking(language)
        )
        try:
            _until(stage.shows_icon)
            menu = stage.open_menu().get_geometry()
            time.sleep(0.5)
            screen = stage.picture()
            left = menu.x - 40
            screen.crop((left, 0, screen.width, menu.y + menu.height + 24)).save(
                folder / "tray.png"
            )
            stage.do("key", "Escape")
        finally:
            tray.terminate()
            tray.wait()
    say(f"{folder / 'tray.png'}")


# ── The pages ───────────────────────────────────────────────────────────────────────────────


def _restore(page: Page, file: Path) -> None:
    """Go as far as what it would mean to put a backup back over the books."""
    page.goto(_path(page, f"/restore/?code={SHOWN}"))
    page.locator("main a[href*='backup=']").last.click()
    page.click("main .button.main")
    page.check("input[value=original]")
    page.click("main .button.main")
    page.wait_for_load_state()
    _keep(page, file)


def _backup(page: Page, home: Path, folder: Path) -> None:
    page.goto(_path(page, "/backup/"))
    _keep(page, folder / "backup.png")
    books = next(home.rglob("Jansen Holding"))
    (books / "scans.tif").write_bytes(os.urandom(1 << 20) * (SLOW_BOOKS >> 20))
    page.reload()
    for box in page.locator("input[name=code]").all():
        box.check()
    page.click("main .button.main")
    page.wait_for_selector("#bar")
    _until(lambda: float(page.get_attribute("#bar", "value") or 0) > 0)
    page.wait_for_timeout(1200)
    _keep(page, folder / "progress.png")


def _path(page: Page, path: str) -> str:
    return re.sub(r"^(https?://[^/]+).*", r"\1", page.url) + path


def _keep(page: Page, file: Path) -> None:
    page.screenshot(path=file, animations="disabled")
    say(f"{file}")


# ── What runs ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def _serving() -> Iterator[tuple[str, Path]]:
    """Serve the demonstration; give the address and the home it is in."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [BEWAAR, "serve", "--demo"],
            env=os.environ | {"TMPDIR": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            told = server.stdout.readline() if server.stdout else ""
            yield told.split()[-1], Path(folder)
        finally:
            server.terminate()
            server.wait()


def _speaking(language: str) -> dict[str, str]:
    return {"LANGUAGE": language, "LC_ALL": "C.UTF-8"}


def _until(look: object, *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not look():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
