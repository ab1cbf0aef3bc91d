"""pystray and the main loop it needs, as far as systems and toolkits differ.

pystray looks for a display when it is imported, so it is imported as late as can be. With GTK we
run the loop ourselves: pystray's own takes Ctrl-C away, and wants a session bus for notifications
that are not used here.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Protocol

PATIENCE = 2000  # milliseconds for an answer on the bus
GLIB = {"pystray._gtk", "pystray._appindicator"}


class NoTray(Exception):
    """There is no tray here that an icon with a menu could live in."""


class Loop(Protocol):
    """The main loop of a toolkit."""

    def run(self, on_signal: Callable[[], None]) -> None:
        """Show the icon until `stop`; Ctrl-C and SIGTERM become calls of `on_signal`."""
        ...

    def stop(self) -> None:
        """Let `run` return; from any thread."""
        ...

    def later(self, action: Callable[[], None]) -> None:
        """Call `action` soon on the toolkit's thread; from any thread."""
        ...


def load() -> Any:
    """Return pystray on a tray that works here. Raises NoTray."""
    if not has_display():
        raise NoTray("no display")
    # Only to look at it, GTK would load a software renderer of 30 MB; the window may need it.
    told = os.environ.get("GDK_GL")
    os.environ["GDK_GL"] = "disable"
    try:
        pystray = _import()
    finally:
        os.environ.pop("GDK_GL") if told is None else os.environ.update(GDK_GL=told)
    if not pystray.Icon.HAS_MENU:
        raise NoTray("an icon without a menu")
    return pystray


def loop_for(icon: Any) -> Loop:
    """Return the main loop that an icon of pystray needs."""
    return _GlibLoop(icon) if type(icon).__module__ in GLIB else _OwnLoop(icon)


def has_display() -> bool:
    """Return whether a window could appear somewhere."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _import() -> Any:
    """Import pystray with the toolkit that fits this desktop, or else with plain GTK."""
    reasons = []
    for backend in _backends():
        os.environ["PYSTRAY_BACKEND"] = backend
        try:
            import pystray
        except Exception as error:  # noqa: BLE001 - each toolkit has its own way to say no
            reasons.append(f"{type(error).__name__}: {error}")
        else:
            return pystray
    raise NoTray("; ".join(reasons))


def _backends() -> list[str]:
    """Return what to try; "" leaves the choice to pystray.

    Linux has two kinds of trays. The newer is asked for over the session bus; its library does
    not fall back on the older one, which only X has.
    """
    if not sys.platform.startswith("linux"):
        return [""]
    if told := os.environ.get("PYSTRAY_BACKEND"):
        return [told, "gtk"]
    newer = "WAYLAND_DISPLAY" in os.environ or _has_owner("org.kde.StatusNotifierWatcher")
    return ["appindicator", "gtk"] if newer else ["gtk"]


def _has_owner(name: str) -> bool:
    """Return whether somebody on the session bus answers to a name."""
    try:
        from gi.repository import Gio, GLib

        bus = "org.freedesktop.DBus"
        asked = GLib.Variant("(s)", (name,))
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        answer = session.call_sync(
            bus, "/", bus, "NameHasOwner", asked, None, Gio.DBusCallFlags.NONE, PATIENCE, None
        )
        return bool(answer.unpack()[0])
    except Exception:  # noqa: BLE001 - no library, no bus, no answer
        return False


class _GlibLoop:
    """GLib's loop, for both ways in which GTK puts icons into trays."""

    def __init__(self, icon: Any) -> None:
        from gi.repository import GLib
        from pystray._util import notify_dbus

        notify_dbus.Notifier = _NoNotifier
        self._icon, self._glib, self._loop = icon, GLib, GLib.MainLoop()

    def run(self, on_signal: Callable[[], None]) -> None:
        self._icon.run_detached(_make_visible)
        hear_signals(on_signal)
        self._loop.run()

    def stop(self) -> None:
        self._glib.idle_add(self._loop.quit)

    def later(self, action: Callable[[], None]) -> None:
        self._glib.idle_add(action)


class _OwnLoop:
    """The loop that pystray itself has for Windows and macOS."""

    def __init__(self, icon: Any) -> None:
        self._icon = icon

    def run(self, on_signal: Callable[[], None]) -> None:
        hear_signals(on_signal)
        self._icon.run(_make_visible)

    def stop(self) -> None:
        self._icon.stop()

    def later(self, action: Callable[[], None]) -> None:
        if sys.platform == "darwin":
            from PyObjCTools import AppHelper

            AppHelper.callAfter(action)
        else:
            action()


class _NoNotifier:
    """Stands where pystray has its own notifications."""

    def notify(self, title: str, message: str, icon: str) -> None: ...

    def hide(self) -> None: ...


def _make_visible(icon: Any) -> None:
    icon.visible = True


def hear_signals(on_signal: Callable[[], None]) -> None:
    """Make Ctrl-C and SIGTERM calls of `on_signal`; from the main thread only."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: on_signal())
