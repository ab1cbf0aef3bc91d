"""The icon in the tray: hands pictures and menus to pystray, and clicks to whoever acts on them.

A click only hands an action over; nothing is done on the main thread, which belongs to the tray.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bewaar_tray.drawing import draw
from bewaar_tray.face import Face
from bewaar_tray.menu import RULE, Action, Line, shortened
from bewaar_tray.toolkit import load, loop_for

NAME = "Bewaar"
LONGEST_TITLE = 120  # Windows knows no longer ones
SIZES = {"win32": 32, "darwin": 22}
SIZE = 48  # pixels, where nobody says what the tray wants


@dataclass(frozen=True, slots=True)
class Shown:
    """All that can be seen of the icon."""

    face: Face = field(default_factory=Face)
    lines: tuple[Line, ...] = ()
    title: str = NAME


class TrayIcon:
    """One icon; `show` and `stop` may be called from every thread, the rest from the main one."""

    def __init__(self, act: Callable[[Action], None]) -> None:
        """Prepare the icon; clicks become calls of `act`. Raises NoTray."""
        self._act = act
        self._wanted = self._shown = Shown()
        self._drawn = Face(), SIZE
        self._pystray = load()
        menu = self._pystray.Menu(lambda: list(self._items(self._shown.lines)))
        self._icon = self._pystray.Icon(NAME, draw(*self._drawn), NAME, menu)
        self._loop = loop_for(self._icon)

    def show(self, face: Face, lines: tuple[Line, ...], title: str) -> None:
        """Show this from now on."""
        self._wanted = Shown(face, lines, shortened(title, LONGEST_TITLE))
        self._loop.later(self._catch_up)

    def show_face(self, face: Face) -> None:
        """Show another face from now on, with the menu as it is."""
        self.show(face, self._wanted.lines, self._wanted.title)

    def run(self, *, on_signal: Callable[[], None]) -> None:
        """Be there until `stop`; Ctrl-C and SIGTERM become calls of `on_signal`."""
        self._loop.run(on_signal)

    def stop(self) -> None:
        """Let `run` return."""
        self._loop.stop()

    def _catch_up(self) -> None:
        """Show what is wanted; a menu that is open stays open as it is."""
        wanted, shown = self._wanted, self._shown
        self._shown = wanted
        if wanted.title != shown.title:
            self._icon.title = wanted.title
        if self._drawn != (wanted.face, self._size()):
            self._drawn = wanted.face, self._size()
            self._icon.icon = draw(*self._drawn)
        if wanted.lines != shown.lines:
            self._icon.update_menu()

    def _size(self) -> int:
        """Return how many pixels the tray gives an icon, as far as it says so."""
        status_icon = getattr(self._icon, "_status_icon", None)
        told = int(status_icon.get_size()) if status_icon is not None else 0
        return told if told >= 16 else SIZES.get(sys.platform, SIZE)

    def _items(self, lines: tuple[Line, ...]) -> Iterator[Any]:
        for line in lines:
            yield self._pystray.Menu.SEPARATOR if line is RULE else self._item(line)

    def _item(self, line: Line) -> Any:
        text = line.text.replace("&", "&&") if sys.platform == "win32" else line.text
        submenu = self._pystray.Menu(*self._items(line.lines)) if line.lines else None
        enabled = bool(line.action or line.lines)
        return self._pystray.MenuItem(
            text, submenu or self._click(line.action), default=line.default, enabled=enabled
        )

    def _click(self, action: Action | None) -> Callable[[], None]:
        def click() -> None:
            if action is not None:
                self._act(action)

        return click
