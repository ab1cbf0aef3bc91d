"""Passwords: kept in the computer's own password store, or for this session, never in a file.

The password store may be missing, locked or waiting for somebody who is not there: all of that is
KeyringUnavailable, after a while at the latest. Stores that keep passwords readable are refused.
No password shows in a repr, a log or an error.
"""

import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from bewaar.errors import InvalidValue, KeyringUnavailable, PasswordEmpty, PasswordMismatch
from bewaar.model import Account, DestinationId

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Bewaar"
DEADLINE = 30.0  # seconds: enough to answer the system's question for the store's own password

_GENERAL = "default"  # the entry of the password for every destination without its own

# Stores of the operating systems that encrypt; the first that is there is used.
_TRUSTED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.libsecret.Keyring",
)

Entry = DestinationId | Account  # what a password is kept for

T = TypeVar("T")


# ── Passwords ───────────────────────────────────────────────────────────────────────────────


def normalised(password: str) -> str:
    """Return the password in the one form that counts (S6). Raises PasswordEmpty, InvalidValue."""
    if not password:
        raise PasswordEmpty
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise InvalidValue(field="password", value="")  # bytes that are no text; never shown
    return unicodedata.normalize("NFC", password)


def confirmed(password: str, confirmation: str) -> str:
    """Return the normalised password. Raises PasswordMismatch unless it was confirmed."""
    chosen = normalised(password)
    if unicodedata.normalize("NFC", confirmation) != chosen:
        raise PasswordMismatch
    return chosen


# ── Where they are kept ─────────────────────────────────────────────────────────────────────


class Secrets(Protocol):
    """What keeps a password for each destination and each server, and a general one (None)."""

    def get(self, entry: Entry | None = None) -> str | None:
        """Return the password kept for exactly that. Raises KeyringUnavailable."""
        ...

    def set(self, password: str, entry: Entry | None = None) -> None:
        """Keep a password, normalised, in the place of an older one; it was read back.

        Raises PasswordEmpty, InvalidValue, KeyringUnavailable.
        """
        ...

    def forget(self, entry: Entry | None = None) -> None:
        """Keep none any more; none before is fine. Raises KeyringUnavailable."""
        ...


def password_for(secrets: Secrets, destination: DestinationId) -> str | None:
    """Return the destination's own password, or else the general one."""
    own = secrets.get(destination)
    return secrets.get() if own is None else own


class MemorySecrets:
    """Keeps passwords until the process ends."""

    def __init__(self) -> None:
        """Start with none."""
        self._kept: dict[Entry | None, str] = {}

    def get(self, entry: Entry | None = None) -> str | None:
        """Return the password kept for exactly that."""
        return self._kept.get(entry)

    def set(self, password: str, entry: Entry | None = None) -> None:
        """Keep a password, normalised, in the place of an older one."""
        self._kept[entry] = normalised(password)

    def forget(self, entry: Entry | None = None) -> None:
        """Keep none any more."""
        self._kept.pop(entry, None)


class KeyringSecrets:
    """Keeps passwords in the operating system's password store."""

    def __init__(self, *, service: str = SERVICE, deadline: float = DEADLINE) -> None:
        """Keep them under the name `service`; wait at most `deadline` seconds for the store."""
        self._service = service
        self._deadline = deadline
        self._turn = threading.Lock()

    def get(self, entry: Entry | None = None) -> str | None:
        """Return the password kept for exactly that. Raises KeyringUnavailable."""
        name = entry or _GENERAL
        return self._ask(lambda store: store.get_password(self._service, name))

    def set(self, password: str, entry: Entry | None = None) -> None:
        """Keep a password, normalised, in the place of an older one; it was read back."""
        chosen, name = normalised(password), entry or _GENERAL

        def keep(store: "KeyringBackend") -> str | None:
            store.set_password(self._service, name, chosen)
            return store.get_password(self._service, name)

        if self._ask(keep) != chosen:
            raise KeyringUnavailable(reason="not kept")

    def forget(self, entry: Entry | None = None) -> None:
        """Keep none any more; none before is fine. Raises KeyringUnavailable."""
        name = entry or _GENERAL

        def remove(store: "KeyringBackend") -> None:
            if store.get_password(self._service, name) is not None:
                store.delete_password(self._service, name)

        self._ask(remove)

    def _ask(self, question: "Callable[[KeyringBackend], T]") -> T:
        """Ask the store in a thread of its own, one question at a time, and wait for the answer.

        A store that never answers keeps its thread; later questions then end at the deadline.
        """
        end = time.monotonic() + self._deadline
        if not self._turn.acquire(timeout=self._deadline):
            raise KeyringUnavailable(reason="busy")
        answer: Future[T] = Future()
        worker = threading.Thread(
            target=self._answer, args=(question, answer), name="bewaar-keyring", daemon=True
        )
        worker.start()
        try:
            return answer.result(timeout=max(0.0, end - time.monotonic()))
        except KeyringUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - every store has its own ways to fail
            raise KeyringUnavailable(reason=type(error).__name__) from None

    def _answer(self, question: "Callable[[KeyringBackend], T]", answer: Future[T]) -> None:
        try:
            answer.set_result(question(_store()))
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            answer.set_exception(error)
        finally:
            self._turn.release()


def _store() -> "KeyringBackend":
    """Return the store the user configured for `keyring`, or the first there is.

    Loaded by name: keyring's own search remembers for ever what was missing at login.
    """
    from keyring import core

    configured = core.load_env() or core.load_config()
    if configured is not None:
        kind = type(configured)
        if f"{kind.__module__}.{kind.__qualname__}" not in _TRUSTED:
            raise KeyringUnavailable(reason="refused")
        return configured
    for name in _TRUSTED:
        with suppress(Exception):
            return core.load_keyring(name)
    raise KeyringUnavailable(reason="none")
