"""Questions to disks and servers that may never answer.

Each is asked in a thread of its own and waited for only so long; while one hangs it is not asked
again, and nobody waits for it. So a server that is switched off stops no page and no menu.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
SECONDS = 1.5  # that an answer may take


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    answer: Future[Any]
    until: float


class Patience:
    """Asks, and gives up waiting."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Wait at most so long for an answer."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: dict[Hashable, _Asked] = {}

    def ask(self, key: Hashable, question: Callable[[], T]) -> Callable[[T], T]:
        """Ask now; the result waits for the answer and returns it, or what it is given instead.

        A question that is still open under the same key is not asked a second time.
        """
        with self._lock:
            asked = self._asked.get(key)
            if asked is None or asked.answer.done():
                asked = _Asked(answer=Future(), until=time.monotonic() + self._seconds)
                self._asked[key] = asked
                threading.Thread(
                    target=_answer, args=(question, asked.answer), name="asking", daemon=True
                ).start()
        answer, until = asked.answer, asked.until

        def wait(instead: T) -> T:
            try:
                found: T = answer.result(max(0.0, until - time.monotonic()))
            except TimeoutError:
                return instead
            return found

        return wait


def _answer(question: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(question())
    except BaseException as error:  # noqa: BLE001 - told to the one who asked
        answer.set_exception(error)
