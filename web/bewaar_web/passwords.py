"""Passwords typed for a backup being restored or a server: in memory only, half an hour at most.

They are asked once at the start of the trail and needed at its later steps; in between they never
travel back into a page. Each belongs to one session, and to one backup or one login.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bewaar.model import Account
from bewaar.requests import BackupFile

Opened = BackupFile | Account  # a backup, or a login on a server

KEPT_SECONDS = 1800.0
MOST = 32


@dataclass(frozen=True, slots=True)
class _Typed:
    password: str = field(repr=False)
    until: float


class Passwords:
    """The passwords of the trails that are under way."""

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Forget by `seconds`, a clock that never goes back."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._typed: OrderedDict[tuple[str, Opened], _Typed] = OrderedDict()

    def keep(self, session: str, file: Opened, password: str) -> None:
        """Keep a password that opened `file`."""
        with self._lock:
            self._typed[session, file] = _Typed(password, self._seconds() + KEPT_SECONDS)
            while len(self._typed) > MOST:
                self._typed.popitem(last=False)

    def of(self, session: str, file: Opened) -> str | None:
        """Return the password typed for `file`, or None."""
        with self._lock:
            typed = self._typed.get((session, file))
            if typed and typed.until < self._seconds():
                del self._typed[session, file]
                return None
            return typed.password if typed else None
