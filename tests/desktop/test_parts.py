"""Tray, window, server and notifications may each be missing, and the others go on."""

import signal
import socket
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from bewaar.paths import home
from tests import mounts
from tests.desktop.conftest import Office
from tests.desktop.running import Running, alive
from tests.desktop.stage import Notices, Stage, eventually

pytestmark = pytest.mark.desktop

BARE = Stage(display=False, tray=False, bus=False)
SIGNALS = [signal.SIGINT, signal.SIGTERM]


def fetch(address: str) -> str:
    """Return what a browser sees at an entry address."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(address, timeout=20) as entered:
        entered.read()
    origin = address.partition("/enter")[0]
    with browser.open(f"{origin}/today", timeout=20) as page:
        return str(page.read().decode())


# ── No tray ─────────────────────────────────────────────────────────────────────────────────


def test_without_a_tray_window_and_reminders_work(late_office: Office) -> None:
    with Stage(tray=False) as stage:
        notices = stage.start_notifications()
        with Running(stage, "tray"):
            eventually(lambda: stage.windows("Bewaar"), "the window")
            notices.press(notices.wait(), "Back up now", until=late_office.proven)


def knows_newer_trays() -> bool:
    try:
        import gi

        gi.require_version("AyatanaAppIndicator3", "0.1")
    except (ImportError, ValueError):
        return False
    return True


@pytest.mark.skipif(not knows_newer_trays(), reason="its library is not installed")
def test_in_the_newer_kind_of_tray_icon_and_menu_work(office: Office) -> None:
    with Stage(tray=False) as stage:
        tray = stage.start_newer_tray()
        with Running(stage, "tray", "--at-login", PYSTRAY_BACKEND=""):
            eventually(lambda: "Jansen Holding: never stored" in tray.look()["lines"], "the menu")
            picture = Path(tray.look()["icon"]).read_bytes()
            tray.click("Back up now")
            eventually(office.proven, "the backup")
            plain = ["Back up now", "Open Bewaar", "Quit"]
            eventually(lambda: list(tray.look()["lines"]) == plain, "the menu after it")
            assert Path(tray.look()["icon"]).read_bytes() != picture


def test_without_a_toolkit_for_the_tray_the_window_works(stage: Stage, office: Office) -> None:
    with Running(stage, "tray", PYSTRAY_BACKEND="nonsense", PYTHONPATH=no_pystray()) as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        bewaar.until("no icon in the tray")
        assert not stage.shows_icon()


def no_pystray() -> str:
    """Return a folder in which pystray cannot be imported."""
    folder = home().cache / "none"
    (folder / "pystray").mkdir(parents=True)
    (folder / "pystray" / "__init__.py").write_text("raise ValueError('no tray')")
    return str(folder)


# ── No notifications, no bus ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bus", [True, False], ids=["no service", "no bus"])
def test_without_notifications_the_icon_says_it_and_the_log_once(
    late_office: Office, bus: bool
) -> None:
    with Stage(bus=bus) as stage, Running(stage, "tray", "--at-login") as bewaar:
        eventually(lambda: stage.mark() == "red", "the mark")
        bewaar.until("no notifications here")
        stage.open_menu()
        stage.choose(1)
        eventually(late_office.proven, "the backup")
        assert bewaar.said().count("no notifications here") == 1
        assert "Traceback" not in bewaar.said()


def test_a_service_that_starts_after_bewaar_still_gets_the_reminder(late_office: Office) -> None:
    with Stage(tray=False) as stage, Running(stage, "tray", "--at-login") as bewaar:
        bewaar.until("no notifications here")
        notices = stage.start_notifications()
        assert notices.wait()["title"] == "Jansen Holding is not safely stored"


# ── No display ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["tray", "serve"])
@pytest.mark.parametrize("number", SIGNALS, ids=["Ctrl-C", "SIGTERM"])
def test_without_a_display_the_pages_are_served_at_an_address(
    office: Office, verb: str, number: signal.Signals
) -> None:
    with Running(BARE, verb) as bewaar:
        address = bewaar.until("http://")
        assert "Jansen Holding" in fetch(address)
        bewaar.child.send_signal(number)
        assert bewaar.ended() == 0


def test_a_second_start_without_a_display_gets_an_address_of_the_first(office: Office) -> None:
    with Running(BARE, "serve") as first:
        one = first.until("http://")
        words = [sys.executable, "-m", "bewaar_tray", "serve"]
        first.until_it_listens()
        other = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)
        assert other.stdout.strip() != one
        assert other.stdout.partition("/enter")[0] == one.partition("/enter")[0]
        assert "Jansen Holding" in fetch(other.stdout.strip())


def test_a_port_that_is_taken_is_said(office: Office) -> None:
    with Running(BARE, "serve") as first:
        port = first.until("http://").split(":")[2].partition("/")[0]
        first.kill()
    taken = socket.create_server(("127.0.0.1", int(port)))
    with taken, Running(BARE, "serve", "--port", port) as second:
        assert second.ended() == 2
        assert port in second.said()


# ── No facts ────────────────────────────────────────────────────────────────────────────────


def test_settings_that_break_while_bewaar_runs_are_told_and_nothing_stops(
    stage: Stage, office: Office, notices: Notices
) -> None:
    good = home().settings_file.read_bytes()
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        home().settings_file.write_text("this is = = no TOML")
        stage.open_menu()
        stage.choose(1)
        assert "settings.toml" in notices.wait()["title"]
        home().settings_file.write_bytes(good)
        stage.open_menu()
        stage.choose(1)
        eventually(office.proven, "the backup, now that they are whole again")


# ── No network ──────────────────────────────────────────────────────────────────────────────


ALL_PORTS_TAKEN = """
import os, socket, sys
with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
    file.write("60998 60999")
for port in (60998, 60999):
    os.set_inheritable(socket.create_server(("127.0.0.1", port)).detach(), True)
os.execv(sys.argv[1], sys.argv[1:])
"""


@mounts.needs("unshare")
def test_without_a_free_port_the_icon_still_backs_up(
    stage: Stage, office: Office, notices: Notices
) -> None:
    alone = ["unshare", "--net", sys.executable, "-c", ALL_PORTS_TAKEN]
    with Running(stage, "tray", before=alone) as bewaar:
        eventually(lambda: stage.mark() == "amber", "the mark")
        assert notices.wait()["title"]  # that there can be no window
        stage.open_menu()
        stage.choose(1)
        eventually(office.proven, "the backup")
        assert not stage.windows("Bewaar")
        bewaar.until("Address already in use")


# ── The end ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", SIGNALS, ids=["Ctrl-C", "SIGTERM"])
def test_signals_end_icon_window_and_children(
    stage: Stage, office: Office, number: signal.Signals
) -> None:
    with Running(stage, "tray") as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        eventually(stage.shows_icon, "the icon")
        children = bewaar.children()
        assert children
        bewaar.child.send_signal(number)
        assert bewaar.ended() == 0
        eventually(lambda: not any(map(alive, children)), "its children are gone", seconds=5)
    eventually(stage.is_empty, "icon and window are gone")
    assert "Traceback" not in bewaar.said()


def test_bewaar_can_be_asked_to_quit(stage: Stage, office: Office) -> None:
    with Running(stage, "tray", "--at-login") as first:
        first.until_it_listens()
        with Running(stage, "tray", "--quit") as second:
            assert second.ended() == 0
        assert first.ended() == 0


def test_what_keeps_bewaar_from_starting_is_said_in_a_window(stage: Stage, office: Office) -> None:
    home().settings_file.write_text("this is = = no TOML")
    with Running(stage, "tray") as bewaar:
        window = eventually(lambda: stage.windows("Bewaar"), "the window")[0]
        stage.close(window)
        assert bewaar.ended() == 1
        assert "settings.toml" in bewaar.said()
        assert "Traceback" not in bewaar.said()
