"""The process put together: engine, icon, window, server, notices and the beat.

Each part but the engine may be missing or fail, and the others go on: no tray, and window and
reminders still work; no display, and the pages are served at an address; no network, and the icon
still backs up.
"""

import logging
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bewaar.engine import Engine
from bewaar.errors import BewaarError, Fault
from bewaar.messages import Text, text
from bewaar.overview import Overview
from bewaar.paths import Home
from bewaar_tray import notices
from bewaar_tray.actions import Actions
from bewaar_tray.autostart import Autostart, follow
from bewaar_tray.drawing import draw
from bewaar_tray.drives import Drives
from bewaar_tray.face import Face, Mark, face
from bewaar_tray.icon import NAME, TrayIcon
from bewaar_tray.instance import Instance, Request
from bewaar_tray.menu import OPEN, menu
from bewaar_tray.notifier import Notifier
from bewaar_tray.reactions import Reactions
from bewaar_tray.rhythm import Rhythm
from bewaar_tray.server import Server
from bewaar_tray.toolkit import hear_signals
from bewaar_tray.window import Window

LOG = logging.getLogger(__name__)
BEAT = 30.0  # seconds between two ticks of the engine
DRIVES = 2.0  # seconds between two glances at the drives
PICTURE = 128  # pixels of the picture on notices and on the window's frame


@contextmanager
def _going_on() -> Iterator[None]:
    """Log what goes wrong with a part, and let the others go on."""
    try:
        yield
    except Exception:
        LOG.exception("a part of Bewaar failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What of Bewaar should be seen."""

    icon: bool = True
    window: bool = True  # open it at once
    alone: bool = False  # end with the window
    address: Callable[[str], None] | None = None  # told an address that opens the pages
    port: int = 0  # of the pages; 0 = any free one
    autostart: Autostart | None = None  # None: leave what starts at login as it is


class Process:
    """A running Bewaar, from `run` until somebody quits."""

    def __init__(self, home: Home, instance: Instance, wishes: Wishes) -> None:
        """Open the engine. Raises BewaarError when it cannot be had."""
        self._home, self._instance, self._wishes = home, instance, wishes
        self._engine = Engine(home)
        # Not an Event: a signal may come while the main thread holds its lock.
        self._quitting: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._server = Server(self._engine, port=wishes.port)
        log = home.logs / "window.log"
        self._window = Window(
            self._server.new_entry_address,
            words=self._words_for_window,
            closed=self.quit if wishes.alone else lambda: None,
            log=log,
        )
        self._actions = Actions(
            self._engine,
            open_window=self._open_window,
            tell=self._tell,
            hush=lambda: self._notifier.clear(notices.OVERDUE),
            leave=self.quit,
        )
        self._notifier = Notifier(self._actions.do, self._picture)
        self._reactions = Reactions(
            self._engine,
            self._actions,
            self._notifier,
            show=self._show,
            show_unknown=self._show_unknown,
            settings_changed=self._follow_settings,
        )
        self._drives = Drives(self._engine.look_at_drives)
        self._beats = [
            Rhythm("beat", BEAT, self._engine.tick),
            Rhythm("drives", DRIVES, self._drives.glance),
        ]
        self._icon = self._make_icon() if wishes.icon else None
        self._starts_at_login: bool | None = None
        self._drawn = False  # by this version, in this run

    # ── living ──────────────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Be there until somebody quits; to be called from the main thread.

        Raises OSError when an address is wished for and cannot be had.
        """
        hear_signals(self.quit)
        try:
            self._begin()
            self._run_icon()
            self._quitting.get()
        finally:
            self._end()

    def quit(self) -> None:
        """Let `run` return; from any thread, and more than once."""
        self._quitting.put(None)
        if self._icon is not None:
            self._icon.stop()

    def _begin(self) -> None:
        if self._wishes.address is not None:
            self._wishes.address(self._server.new_entry_address())
        self._engine.start()
        with _going_on():
            self._drives.glance()  # what is plugged in already is no news
        with _going_on():
            self._follow_settings()
        self._actions.start()
        self._reactions.start()
        for beat in self._beats:
            beat.start()
        self._instance.listen(self._answer)
        if self._wishes.window:
            self._actions.do(OPEN)

    def _end(self) -> None:
        """End every part, the engine last."""
        for end in (
            self._window.close,
            self._reactions.stop,
            self._actions.stop,
            *(beat.stop for beat in self._beats),
            self._notifier.close,
            self._server.close,
            self._engine.close,
            self._instance.release,
        ):
            with _going_on():
                end()

    def _run_icon(self) -> None:
        if self._icon is not None:
            with _going_on():
                self._icon.run(on_signal=self.quit)

    # ── what the parts ask of each other ────────────────────────────────────────────────────

    def _answer(self, request: Request) -> str:
        """Answer a later start."""
        match request:
            case Request.SHOW:
                self._actions.do(OPEN)
            case Request.ADDRESS:
                return self._server.new_entry_address()
            case Request.QUIT:
                self.quit()
        return "yes"

    def _show(self, overview: Overview, words: Text) -> None:
        if self._icon is not None:
            sentence = words.truth(overview).sentence
            self._icon.show(face(overview), menu(overview, words), sentence)

    def _show_unknown(self) -> None:
        if self._icon is not None:
            self._icon.show_face(Face(mark=Mark.UNKNOWN))

    def _open_window(self, page: str) -> None:
        try:
            self._window.show(page)
        except OSError as error:
            raise Fault(kind=type(error).__name__, detail=str(error)) from error

    def _tell(self, error: BewaarError) -> None:
        LOG.warning("%s", error)
        self._notifier.show(notices.failed(error.code, error.params, self._words()))

    def _follow_settings(self) -> None:
        wanted = self._engine.settings().start_at_login
        if self._wishes.autostart is None or wanted == self._starts_at_login:
            return
        self._starts_at_login = wanted
        try:
            follow(self._wishes.autostart, wanted=wanted)
        except OSError as error:
            LOG.warning("what starts at login could not be changed: %s", error)

    def _words(self) -> Text:
        try:
            return text(self._engine.settings().language)
        except BewaarError:
            return text()

    def _words_for_window(self) -> dict[str, object]:
        words = self._words()
        dialogs = {
            "linux.openFolder": words.gettext("Choose a folder"),
            "linux.openFile": words.gettext("Choose a file"),
        }
        return {"title": NAME, "words": dialogs, "icon": str(self._picture() or "")}

    def _make_icon(self) -> TrayIcon | None:
        try:
            return TrayIcon(self._actions.do)
        except Exception as error:  # noqa: BLE001 - each toolkit fails in its own way
            LOG.warning("no icon in the tray: %r", error)
            return None

    def _picture(self) -> Path | None:
        """Return the file of the picture on notices and on the window's frame."""
        file = self._home.cache / "icon.png"
        try:
            if not self._drawn or not file.exists():
                draw(Face(), PICTURE).save(file)
                self._drawn = True
        except OSError:
            return None
        return file
