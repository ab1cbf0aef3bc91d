"""A desktop to test on: a display, a bus, a window manager, a tray, a notification service.

All of them are real programs of their own, private to the tests, and end with them. Only the
notification service is played, by `notifications.py`.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest
from PIL import Image
from Xlib import X  # type: ignore[import-untyped]
from Xlib.display import Display  # type: ignore[import-untyped]
from Xlib.error import BadDrawable, BadWindow  # type: ignore[import-untyped]

PROGRAMS = ("Xvfb", "dbus-daemon", "openbox", "trayer", "xdotool")
WIDTH, HEIGHT, BAR = 1280, 800, 32
SECONDS = 45.0  # for anything to happen, on a busy computer too
MARKS = {  # white is the sign on the mark of what runs, which has the colour of the door
    "amber": (0xB8, 0x6E, 0x00),
    "red": (0xDC, 0x3F, 0x2D),
    "grey": (0x77, 0x7F, 0x8A),
    "white": (0xFF, 0xFF, 0xFF),
}
ENOUGH = 6  # pixels of a mark's colour

T = TypeVar("T")


def missing() -> list[str]:
    """Return the programs that are not installed here."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def eventually(look: Callable[[], T], what: str, *, seconds: float = SECONDS) -> T:
    """Return the first answer that is true; fail when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"not in {seconds:.0f} seconds: {what}")
        time.sleep(0.02)
    return seen


def _alike(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 8 for a, b in zip(pixel, colour, strict=True))


def end(child: subprocess.Popen[Any]) -> None:
    """End a program, and wait until it is gone."""
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()


class Stage:
    """A desktop; what was not wished for is not there."""

    def __init__(self, *, display: bool = True, tray: bool = True, bus: bool = True) -> None:
        self._ends = ExitStack()
        self._wishes = display, tray, bus
        self._own: dict[str, str] = {}

    def __enter__(self) -> Self:
        display, tray, bus = self._wishes
        with ExitStack() as undo:
            undo.callback(self._ends.close)
            if bus:
                self._start_bus()
            if display:
                self._start_display()
            if tray:
                self._start_tray()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    @property
    def env(self) -> dict[str, str]:
        """Return the environment of a program on this desktop."""
        return os.environ | self._own

    # ── the programs ────────────────────────────────────────────────────────────────────────

    def _start(self, *words: str, **extra: Any) -> subprocess.Popen[str]:
        told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **extra}
        child = subprocess.Popen(words, env=self.env, text=True, **told)
        self._ends.callback(end, child)
        return child

    def _start_bus(self) -> None:
        bus = self._start(
            "dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        self._own["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def _start_display(self) -> None:
        reading, writing = os.pipe()
        screen = ("-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp")
        self._start("Xvfb", "-displayfd", str(writing), *screen, pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as answer:
            self._own["DISPLAY"] = f":{answer.readline().strip()}"
        self._own |= {"NO_AT_BRIDGE": "1", "PYSTRAY_BACKEND": "gtk", "PYWEBVIEW_GUI": "gtk"}
        self._display = Display(self._own["DISPLAY"])
        self._ends.callback(self._display.close)
        self._start("openbox")
        eventually(self._is_managed, "the window manager")

    def _start_tray(self) -> None:
        edges = ("--edge", "top", "--align", "right", "--widthtype", "pixel", "--width", "200")
        for _ in range(5):
            tray = self._start("trayer", *edges, "--height", str(BAR))
            with suppress(pytest.fail.Exception):
                eventually(lambda: self.windows("panel"), "the tray", seconds=3)
                return
            end(tray)  # a window manager that is still starting may lose its window
        pytest.fail("the tray never came")

    def start_newer_tray(self) -> "NewerTray":
        """Start a tray that is used over the bus."""
        return NewerTray(self._start_service("newer_tray.py"))

    def start_notifications(self) -> "Notices":
        """Start the notification service; the desktop has none before."""
        return Notices(self._start_service("notifications.py"))

    def _start_service(self, script: str) -> subprocess.Popen[str]:
        words = [sys.executable, str(Path(__file__).parent / script)]
        return self._start(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    # ── what can be seen ────────────────────────────────────────────────────────────────────

    def picture(self) -> Image.Image:
        """Return what is on the screen."""
        root = self._display.screen().root
        raw = root.get_image(0, 0, WIDTH, HEIGHT, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (WIDTH, HEIGHT), raw.data, "raw", "BGRX")

    def icon(self) -> Image.Image:
        """Return the place in the tray where an only icon is."""
        return self.picture().crop((WIDTH - BAR, 0, WIDTH, BAR))

    def mark(self) -> str:
        """Return the colour of the icon's mark, "" for the plain door, "none" without an icon."""
        pixels = list(self.icon().get_flattened_data())
        if len(set(pixels)) <= 3:
            return "none"
        for name, colour in MARKS.items():
            if sum(_alike(pixel, colour) for pixel in pixels) >= ENOUGH:
                return name
        return ""

    def _is_managed(self) -> bool:
        sign = self._display.intern_atom("_NET_CLIENT_LIST")
        return self._display.screen().root.get_full_property(sign, X.AnyPropertyType) is not None

    def shows_icon(self) -> bool:
        """Return whether there is something in the tray."""
        return self.mark() != "none"

    def is_empty(self) -> bool:
        """Return whether nothing is in the tray and no window is open."""
        return not self.shows_icon() and not self.windows("Bewaar")

    def windows(self, name: str) -> list[Any]:
        """Return the windows to be seen whose title or class has `name` in it."""
        found = []
        for window in self._below(self._display.screen().root):
            with suppress(BadWindow):  # gone in between
                told = (window.get_wm_name(), *(window.get_wm_class() or ()))
                if any(name in str(word) for word in told if word):
                    found.append(window)
        return found

    def _below(self, window: Any) -> Iterator[Any]:
        with suppress(BadWindow):
            for child in window.query_tree().children:
                with suppress(BadWindow):
                    if child.get_attributes().map_state == X.IsViewable:
                        yield child
                        yield from self._below(child)

    # ── hands ───────────────────────────────────────────────────────────────────────────────

    def do(self, *words: str) -> None:
        """Move the mouse, click, press keys."""
        subprocess.run(["xdotool", *words], env=self.env, check=True, timeout=SECONDS)

    def click_icon(self) -> None:
        """Click on the icon with the left button."""
        self.do("mousemove", str(WIDTH - BAR // 2), str(BAR // 2), "click", "1")

    def close(self, window: Any) -> None:
        """Close a window with the button of its frame."""
        self.do("windowclose", str(window.id))

    def open_menu(self) -> Any:
        """Click on the icon with the right button; return the menu's window."""
        self.do("mousemove", str(WIDTH - BAR // 2), str(BAR // 2), "click", "3")
        return eventually(self._menu, "the menu")

    def menu_height(self) -> int:
        """Open the menu, return how high it is, and close it again."""
        height = int(self.open_menu().get_geometry().height)
        self.do("key", "Escape")
        eventually(lambda: not self._menu(), "the menu is closed")
        return height

    def _menu(self) -> Any:
        for window in self._display.screen().root.query_tree().children:
            with suppress(BadWindow):
                seen = window.get_attributes()
                if seen.override_redirect and seen.map_state == X.IsViewable:
                    shape = window.get_geometry()
                    if shape.width > BAR and shape.height > 2 * BAR:
                        return window
        return None

    def active(self) -> int:
        """Return the window that has the focus, by its number."""
        words = ["xdotool", "getactivewindow"]
        asked = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False)
        return int(asked.stdout or 0)

    def is_seen(self, window: Any) -> bool:
        """Return whether a window is still there to be seen."""
        with suppress(BadWindow, BadDrawable):
            return bool(window.get_attributes().map_state == X.IsViewable)
        return False

    def choose(self, *downs: int) -> None:
        """Choose in the open menu: so many lines down that are not greyed, deeper for each."""
        for depth, down in enumerate(downs):
            self.do("key", *(["Right"] if depth else []), *["Down"] * (down - bool(depth)))
        self.do("key", "Return")


class NewerTray:
    """The newer kind of tray, as the one who uses it sees it."""

    def __init__(self, service: subprocess.Popen[str]) -> None:
        self._service = service
        assert self._answer() == "ready"

    def look(self) -> dict[str, Any]:
        """Return the picture's file and the menu's lines of the one icon."""
        self._say("look")
        return dict(self._answer())

    def click(self, line: str) -> None:
        """Choose a line of the menu."""
        self._say(f"click {line}")
        self._answer()

    def _say(self, words: str) -> None:
        assert self._service.stdin is not None
        self._service.stdin.write(f"{words}\n")
        self._service.stdin.flush()

    def _answer(self) -> Any:
        assert self._service.stdout is not None
        return json.loads(self._service.stdout.readline())


class Notices:
    """The notification service, as the one who reads notifications sees it."""

    def __init__(self, service: subprocess.Popen[str]) -> None:
        self._service = service
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._told.get(timeout=SECONDS) == {"ready": True}

    def wait(self, *, seconds: float = SECONDS) -> dict[str, Any]:
        """Return the next notification."""
        while True:
            try:
                told = self._told.get(timeout=seconds)
            except queue.Empty:
                pytest.fail(f"no notification in {seconds:.0f} seconds")
            if "title" in told:
                return told

    def closed(self) -> int:
        """Return which notification was taken back next."""
        while "closed" not in (told := self._told.get(timeout=SECONDS)):
            pass
        return int(told["closed"])

    def forget(self) -> None:
        """Take no note of what came so far."""
        with suppress(queue.Empty):
            while True:
                self._told.get_nowait()

    def none_within(self, seconds: float) -> bool:
        """Return whether none comes for so long."""
        with suppress(queue.Empty):
            while "title" not in self._told.get(timeout=seconds):
                pass
            return False
        return True

    def press(self, notice: dict[str, Any], button: str, *, until: Callable[[], object]) -> None:
        """Press a button of a notification until something comes of it.

        Faster than any hand, the first press may come before Bewaar knows its notice's number.
        """
        assert self._service.stdin is not None
        deadline = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < deadline, f"nothing came of “{button}”"
            self._service.stdin.write(f"press {notice['id']} {notice['buttons'][button]}\n")
            self._service.stdin.flush()
            time.sleep(0.05)

    def _read(self) -> None:
        assert self._service.stdout is not None
        for line in self._service.stdout:
            self._told.put(json.loads(line))
