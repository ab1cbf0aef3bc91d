"""The window itself: a web view in a process of its own.

What to show comes line by line over standard input, as JSON; when that ends, the window closes.
It knows no engine, only addresses and the texts it was told.
"""

import html
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO
from urllib.parse import urljoin, urlsplit

NO_WEB_VIEW = 3  # exit code: nothing here can show a page
WIDTH, HEIGHT = 1100, 760
SMALLEST = (720, 520)
PATIENCE = 5.0  # seconds for the web view to close by itself

LOG = logging.getLogger(__name__)


def run(told: TextIO) -> int:
    """Show the window until it is closed; return the exit code."""
    said = _lines(told)
    first = next(said, None)
    if first is None:
        return 0
    try:
        import webview
    except ImportError:
        return NO_WEB_VIEW
    pane = Pane(webview, first)
    threading.Thread(target=pane.listen, args=(said,), name="told", daemon=True).start()
    try:
        webview.start(localization=first.get("words", {}), icon=first.get("icon") or None)
    except webview.WebViewException as error:
        LOG.warning("no web view: %s", error)
        return NO_WEB_VIEW
    return 0


class Pane:
    """The window and what it is told."""

    def __init__(self, webview: Any, first: dict[str, Any]) -> None:
        """Make the window; it appears when the web view starts."""
        webview.settings["ALLOW_DOWNLOADS"] = True  # a sheet to print may be saved instead
        self._address = str(first.get("address", ""))
        self._page = str(first.get("page", ""))
        text = [] if self._address else [str(part) for part in first.get("text", [])]
        self._window = webview.create_window(
            str(first.get("title", "Bewaar")),
            url=self._address or None,
            html=_plain_page(text) if text else None,
            width=WIDTH,
            height=HEIGHT,
            min_size=SMALLEST,
            text_select=True,
        )
        self._window.events.loaded += self._on_loaded
        from bewaar_tray.pickers import Pickers

        self._pickers = Pickers(webview, self._window)

    def listen(self, said: Iterator[dict[str, Any]]) -> None:
        """Come to the front at each word, and close when there are no more."""
        for word in said:
            self._page = str(word.get("show", ""))
            self._go()
            self._raise()
        end = threading.Timer(PATIENCE, os._exit, (0,))
        end.daemon = True
        end.start()
        self._window.destroy()

    def _on_loaded(self) -> None:
        self._pickers.offer()
        self._go()

    def _go(self) -> None:
        """Turn to the page that was asked for, once the door was passed."""
        here = self._window.get_current_url() or ""
        if self._page and urlsplit(here).path not in {"", "/enter"}:
            page, self._page = self._page, ""
            self._window.load_url(urljoin(self._address, page))

    def _raise(self) -> None:
        self._window.restore()
        if sys.platform == "win32":
            self._window.on_top = True
            self._window.on_top = False


def _lines(told: TextIO) -> Iterator[dict[str, Any]]:
    for line in told:
        try:
            yield dict(json.loads(line))
        except ValueError:
            LOG.warning("a line that is no JSON")


def _plain_page(paragraphs: list[str]) -> str:
    """Return a page with nothing but sentences, light or dark as the system is."""
    first, *more = (html.escape(part) for part in paragraphs)
    rest = "".join(f"<p>{part}</p>" for part in more)
    return (
        '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        "<style>body{font:15px/1.5 system-ui;max-width:34em;margin:4em auto;padding:0 2em}"
        f"h1{{font-size:1.3em}}</style><h1>{first}</h1>{rest}"
    )
