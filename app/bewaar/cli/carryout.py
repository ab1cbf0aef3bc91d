"""Running a job in front of the person who asked for it.

Ctrl-C, a closed terminal and a polite `kill` ask the job to stop at its next safe point; a second
Ctrl-C does not wait for that.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from bewaar.cli.bar import Bar, Stop, Unseen
from bewaar.cli.desk import Desk
from bewaar.model import Job

if TYPE_CHECKING:
    from bewaar.engine import Engine

SIGNALS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]


def carry_out(desk: Desk, engine: "Engine", job: Job) -> Job:
    """Run a queued job here and return it when it is over."""
    with _stoppable() as stop:
        if not desk.watched:
            return engine.run(job.id, Unseen(stop))
        bar = Bar(stop, desk.text)
        try:
            return engine.run(job.id, bar)
        finally:
            bar.wipe()


@contextmanager
def _stoppable() -> Iterator[Stop]:
    stop = Stop()

    def ask(number: int, _: FrameType | None) -> None:
        if stop.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.asked = True

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
