"""One Bewaar per user: the first holds a lock, and answers those that start later.

The lock is the operating system's own, so it goes with its process, however that ends. A later
start finds port and secret of the first in a file that only this user can read, and may ask it to
come to the front, to hand out an entry address or to quit.
"""

import hmac
import json
import logging
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bewaar.files import replace_atomically
from bewaar.paths import Home

if TYPE_CHECKING:
    from filelock import FileLock

LOG = logging.getLogger(__name__)
HOST = "127.0.0.1"
PATIENCE = 5.0  # seconds for one question and its answer
LONGEST = 4096  # bytes of a question or an answer


class Request(StrEnum):
    """What a later start may ask the first."""

    SHOW = "show"  # bring the window to the front
    ADDRESS = "address"  # a new entry address
    QUIT = "quit"


Answer = Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class _Address:
    port: int
    secret: str


class Instance:
    """The claim of this process to be the one Bewaar of its user."""

    def __init__(self, home: Home) -> None:
        """Prepare the claim; nothing is taken yet."""
        self._lock_file = home.locks / "instance.lock"
        self._address_file = home.locks / "instance.json"
        self._lock: FileLock | None = None
        self._door: _Door | None = None

    def claim(self) -> bool:
        """Take the lock; False when another process holds it."""
        from filelock import FileLock, Timeout

        self._lock_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self._lock_file)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        self._lock = lock
        return True

    def listen(self, answer: Answer) -> None:
        """Answer later starts; without a network or a disk they only learn that we run."""
        try:
            self._door = _Door(answer)
            known = {"port": self._door.port, "secret": self._door.secret}
            replace_atomically(self._address_file, json.dumps(known).encode())
        except OSError as error:
            LOG.warning("later starts cannot be answered: %s", error)

    def ask(self, request: Request) -> str | None:
        """Ask the one that holds the lock; None when it does not answer."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads(self._address_file.read_bytes())
            return _ask(_Address(int(known["port"]), str(known["secret"])), request)
        return None

    def release(self) -> None:
        """Stop answering and give the lock back."""
        if self._door is not None:
            self._door.close()
            with suppress(OSError):
                self._address_file.unlink()
        if self._lock is not None:
            self._lock.release()


class _Door:
    """A port on the loopback network that answers whoever knows the secret."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.secret = secrets.token_urlsafe(32)
        self._server = socket.create_server((HOST, 0))
        self.port = int(self._server.getsockname()[1])
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="instance", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):  # wakes `accept` on every system
            socket.create_connection((HOST, self.port), PATIENCE).close()
        self._thread.join(PATIENCE)
        self._server.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            with suppress(OSError):
                visitor, _ = self._server.accept()
                with visitor:
                    visitor.settimeout(PATIENCE)
                    self._serve_one(visitor)

    def _serve_one(self, visitor: socket.socket) -> None:
        secret, _, request = _line(visitor).partition(" ")
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return
        with suppress(ValueError):
            visitor.sendall(f"{self._answer(Request(request))}\n".encode())


def _ask(address: _Address, request: Request) -> str:
    with socket.create_connection((HOST, address.port), PATIENCE) as first:
        first.sendall(f"{address.secret} {request}\n".encode())
        answer = _line(first)
    if not answer:
        raise ConnectionResetError
    return answer


def _line(connection: socket.socket) -> str:
    """Return what is sent up to the first line end, without it."""
    received = b""
    while b"\n" not in received and len(received) < LONGEST:
        more = connection.recv(LONGEST)
        if not more:
            break
        received += more
    return received.partition(b"\n")[0].decode(errors="replace")
