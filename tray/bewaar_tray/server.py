"""The local web server: Bewaar's pages on 127.0.0.1, behind one-time entry addresses.

The web framework is loaded with the first address that is asked for, so a tray that nobody
clicks on does without.
"""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any

from bewaar.engine import Engine

LOG = logging.getLogger(__name__)
HOST = "127.0.0.1"
THREADS = 8
PATIENCE = 5.0  # seconds for requests under way when the server ends
NAP = 30.0  # seconds of sleep while nobody asks anything


class Server:
    """Starts by itself with the first entry address; safe from every thread."""

    def __init__(self, engine: Engine, *, port: int = 0) -> None:
        """Prepare; `port` 0 is any free one."""
        self._engine, self._port = engine, port
        self._lock = threading.Lock()
        self._running: _Running | None = None

    def new_entry_address(self) -> str:
        """Return an address that opens the door once. Raises OSError without a network or port."""
        with self._lock:
            if self._running is None or not self._running.serves:
                self._running = _Running(self._engine, self._port)
            return self._running.guard.new_entry_address()

    def close(self) -> None:
        """Stop serving."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.close()


class _Running:
    """A server that listens."""

    def __init__(self, engine: Engine, port: int) -> None:
        from waitress.server import create_server

        from bewaar_web import Guard, create_app

        listener = socket.create_server((HOST, port))
        self.guard = Guard(listener.getsockname()[1])
        app = create_app(engine, guard=self.guard)
        self._sockets: dict[int, Any] = {}  # the loop's own list, so that we can end the loop
        self._server = create_server(
            app, map=self._sockets, sockets=[listener], threads=THREADS, ident="Bewaar"
        )
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="server", daemon=True)
        self._thread.start()

    @property
    def serves(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        self._closing = True
        self._server.pull_trigger()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        from waitress import wasyncore

        while not self._closing:
            wasyncore.loop(timeout=NAP, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown(timeout=PATIENCE)
        with suppress(OSError):
            wasyncore.close_all(self._sockets, ignore_all=True)
