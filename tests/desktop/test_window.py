"""The window: a process of its own that a second start raises, and that may crash."""

import os
import signal
from pathlib import Path

import pytest

from tests.desktop.conftest import Office
from tests.desktop.running import Running, alive, command
from tests.desktop.stage import Stage, eventually

pytestmark = pytest.mark.desktop

ADMINISTRATION = 3  # the line of the menu, while one administration changed


def test_a_second_start_brings_the_window_of_the_first_to_the_front(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray"):
        window = eventually(lambda: stage.windows("Bewaar"), "the window")[0]
        stage.do("windowminimize", str(window.id))
        eventually(lambda: not stage.is_seen(window), "the window is away")
        with Running(stage, "tray") as second:
            assert second.ended() == 0
        eventually(lambda: stage.is_seen(window), "the window is back")
        assert eventually(stage.active, "a window has the focus") == window.id
        assert len(stage.windows("Bewaar")) == 1


def test_a_second_start_opens_the_window_that_was_not_open(stage: Stage, office: Office) -> None:
    with Running(stage, "tray", "--at-login") as first:
        first.until_it_listens()
        for words in (["tray"], ["window"]):
            with Running(stage, *words) as second:
                assert second.ended() == 0
            stage.close(eventually(lambda: stage.windows("Bewaar"), "the window")[0])
            eventually(lambda: not first.children(), "the window is closed")


def test_a_killed_window_stops_nothing(stage: Stage, office: Office) -> None:
    with Running(stage, "tray") as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        os.kill(bewaar.window(), signal.SIGKILL)
        eventually(lambda: not bewaar.children(), "nothing of it is left")
        stage.open_menu()
        stage.choose(1)
        eventually(office.proven, "a backup all the same")
        stage.click_icon()
        eventually(lambda: stage.windows("Bewaar"), "a new window")


def test_a_killed_tray_takes_its_window_along_and_leaves_room_for_the_next(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray") as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        children = bewaar.children()
        bewaar.kill()
        eventually(lambda: not any(map(alive, children)), "the window's processes are gone")
    eventually(stage.is_empty, "icon and window are gone")
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the icon of the next")


def test_no_process_has_an_address_or_a_secret_on_its_command_line(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray") as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        lines = [" ".join(command(pid)) for pid in (bewaar.child.pid, *bewaar.children())]
        assert len(lines) > 1
        assert not [line for line in lines if "127.0.0.1" in line or "token" in line]
        assert "token" not in bewaar.said()


def test_the_line_of_an_administration_opens_its_page(stage: Stage, office: Office) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(ADMINISTRATION)
        eventually(lambda: stage.windows("Jansen Holding"), "the page")


def test_without_a_web_view_the_browser_opens_the_same_address(
    stage: Stage, office: Office, tmp_path: Path
) -> None:
    (tmp_path / "none" / "webview").mkdir(parents=True)
    (tmp_path / "none" / "webview" / "__init__.py").write_text("raise ImportError")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/address"\n')
    browser.chmod(0o755)
    env = {"PYTHONPATH": str(tmp_path / "none"), "BROWSER": str(browser)}
    with Running(stage, "tray", **env) as bewaar:
        told = tmp_path / "address"
        eventually(lambda: told.exists() and told.read_text(), "the browser")
        assert told.read_text().startswith("http://127.0.0.1:")
        eventually(stage.shows_icon, "the icon")
        assert bewaar.child.poll() is None


def test_the_window_alone_ends_with_it(stage: Stage, office: Office) -> None:
    with Running(stage, "window") as bewaar:
        window = eventually(lambda: stage.windows("Bewaar"), "the window")[0]
        assert not stage.shows_icon()
        stage.close(window)
        assert bewaar.ended() == 0
