"""Bewaar's window, seen from the process that opens it.

The window is a child process: closing it frees its memory, and its crash stops nothing. The
entry address goes over its standard input, never on a command line; when that input ends, because
this process did, the window closes. Where no web view can be had, the default browser opens the
same address.
"""

import json
import logging
import os
import subprocess
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from bewaar_tray.command import TOLD, bewaar
from bewaar_tray.pane import NO_WEB_VIEW

LOG = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds for a window to close by itself

Said = Mapping[str, object]


class Window:
    """At most one window; its methods may be called from every thread."""

    def __init__(
        self,
        address: Callable[[], str],
        *,
        words: Callable[[], Said],
        closed: Callable[[], None],
        log: Path,
    ) -> None:
        """Prepare; `address` gives a new entry address, `words` the texts of the window itself.

        `closed` is called when the user closed it, or it crashed; `log` takes its last output.
        """
        self._address, self._words, self._when_closed, self._log = address, words, closed, log
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def show(self, page: str = "") -> None:
        """Open the window at a page, or bring the open one to the front."""
        with self._lock:
            if self._child is not None and _tell(self._child, {"show": page}):
                return
            self._open({"address": self._address(), "page": page, **self._words()})

    def close(self) -> None:
        """Close the window and wait until its process is gone."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            with suppress(OSError):
                _input(child).close()
            with suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE)
                return
            child.kill()
            child.wait()

    def _open(self, first: Said) -> None:
        with _opened(self._log) as log:
            self._child = _start(first, log)
        threading.Thread(
            target=self._await, args=(self._child,), name="window", daemon=True
        ).start()

    def _await(self, child: subprocess.Popen[bytes]) -> None:
        code = child.wait()
        with self._lock:
            ours = self._child is child
            self._child = None if ours else self._child
        with suppress(OSError):
            _input(child).close()
        if not ours:
            return
        if code == NO_WEB_VIEW:
            self._browse()
        else:
            LOG.info("the window was closed (%s)", code)
            self._when_closed()

    def _browse(self) -> None:
        LOG.info("no web view here: the default browser shows the pages")
        with suppress(OSError):
            if not webbrowser.open(self._address()):
                LOG.warning("no browser either")


def _opened(log: Path) -> IO[bytes]:
    try:
        return log.open("wb")
    except OSError:  # no room for it is no reason to show nothing
        return Path(os.devnull).open("wb")


def show_text(title: str, paragraphs: Sequence[str]) -> None:
    """Show a few sentences in a window and wait until it is closed."""
    with suppress(OSError):
        _start({"title": title, "text": list(paragraphs)}, subprocess.DEVNULL).wait()


def _start(first: Said, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        bewaar(*TOLD),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        start_new_session=os.name != "nt",  # Ctrl-C is for us; we close the window
    )
    _tell(child, first)
    return child


def _tell(child: subprocess.Popen[bytes], what: Said) -> bool:
    """Send a line; False when the window is no longer there to read it."""
    try:
        _input(child).write(json.dumps(what).encode() + b"\n")
        _input(child).flush()
    except (OSError, ValueError):
        return False
    return child.poll() is None


def _input(child: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", child.stdin)
