"""A real browser before the real server; what the page may not do fails the test."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Route,
    expect,
    sync_playwright,
)
from waitress.server import create_server

from bewaar.model import Job, JobKind
from bewaar.progress import SILENT, Progress
from bewaar_web import Guard, create_app
from tests.scene import Office

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 20_000  # milliseconds: only what never happens should fail, not a busy machine

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason="Chromium is not here"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


class Desk:
    """An office with its server."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.guard = Guard(self._listener.getsockname()[1])
        app = create_app(office.engine, guard=self.guard)
        self._server = create_server(app, sockets=[self._listener], threads=8)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            self._server.run()

    def close(self) -> None:
        """Stop serving, as when Bewaar is closed."""
        self._server.close()
        self._server.task_dispatcher.shutdown(timeout=1)
        self._thread.join(5)


class LiveOffice(Office):
    """An office whose jobs are done by workers, as in the tray."""

    def finish(self, job: Job, progress: Progress = SILENT) -> Job:
        return self.engine.wait(job.id, timeout=30)

    def latest(self) -> Job:
        """Return the latest job that a person asked for."""
        return next(job for job in self.engine.jobs() if job.kind is not JobKind.REBUILD)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = LiveOffice(tmp_path)
    yield office
    office.engine.close()


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    desk = Desk(office)
    if isinstance(office, LiveOffice):
        office.engine.start()
    yield desk
    desk.close()


class Window:
    """A page that was let in, and everything wrong it did."""

    def __init__(self, context: BrowserContext, desk: Desk) -> None:
        self.wrong: list[str] = []
        self._origin = desk.guard.origin
        context.set_default_timeout(PATIENCE)
        context.route("**/*", self._only_ours)
        self.page: Page = context.new_page()
        self.page.on("console", lambda told: self._listen(told.type, told.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.goto(desk.guard.new_entry_address())
        self.page.wait_for_url(lambda address: "/enter" not in address)

    def go(self, path: str) -> Page:
        self.page.goto(self._origin + path)
        return self.page

    def _only_ours(self, route: Route) -> None:
        if route.request.url.startswith(self._origin + "/"):
            route.continue_()
        else:
            self.wrong.append(f"asked for {route.request.url}")
            route.abort()

    def _listen(self, kind: str, text: str) -> None:
        expected = "status of 4" in text  # a refusal that the page shows in words
        if kind in {"error", "warning"} and not expected:
            self.wrong.append(text)


Open = Callable[..., Window]


@pytest.fixture
def open_window(chromium: Browser, desk: Desk) -> Iterator[Open]:
    """Open windows as a test likes them; none may do what the guard forbids."""
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def open_(**options: Any) -> Window:
        options.setdefault("viewport", {"width": 1024, "height": 700})
        contexts.append(chromium.new_context(**options))
        windows.append(Window(contexts[-1], desk))
        return windows[-1]

    yield open_
    for context in contexts:
        with suppress(Error):
            context.close()
    assert [wrong for window in windows for wrong in window.wrong] == []


@pytest.fixture
def window(open_window: Open) -> Window:
    return open_window()
