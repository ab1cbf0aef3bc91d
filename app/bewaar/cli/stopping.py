"""How a verb is stopped: Ctrl-C, a closed terminal, a polite `kill`.

Before and after a job all three end the verb at once. A job is asked to stop at its next safe
point; only a second Ctrl-C does not wait for that.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]


class Stop:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        """Nobody did yet."""
        self.asked = False


@contextmanager
def leaving() -> Iterator[None]:
    """Let all of them end the block as Ctrl-C does, so that everything is closed."""
    with _handled(_leave):
        yield


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Let all of them ask the job of the block to stop."""
    stop = Stop()

    def ask(number: int) -> None:
        if stop.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.asked = True

    with _handled(ask):
        yield stop


def _leave(_: int) -> None:
    raise KeyboardInterrupt


@contextmanager
def _handled(handle: Callable[[int], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread only
        return

    def handler(number: int, _: FrameType | None) -> None:
        handle(number)

    before = {number: signal.signal(number, handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
