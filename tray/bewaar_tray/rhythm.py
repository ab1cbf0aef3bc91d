"""Something that is done again and again, in a thread of its own.

A failure is told to the log and the next beat comes all the same. When the computer slept or its
clock was set, the next beat comes at once: what was due in the meantime is due now.
"""

import logging
import threading
import time
from collections.abc import Callable

LOG = logging.getLogger(__name__)
GLANCE = 5.0  # seconds between two looks at the clocks
PATIENCE = 2.0  # seconds for a beat that is under way at the end
LEAP = 5.0  # seconds by which the clock on the wall may run away before it counts as a jump


class Rhythm:
    """Calls `action` at once and then every `seconds`."""

    def __init__(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        """Prepare the thread; nothing happens before `start`."""
        self._seconds, self._action = seconds, action
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._last_fault = ""

    def start(self) -> None:
        """Begin with the first beat."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the beat that may be under way unless that takes long."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._beat()
            self._rest()

    def _beat(self) -> None:
        try:
            self._action()
        except Exception as fault:
            if repr(fault) != self._last_fault:
                LOG.warning("%s: %r", self._thread.name, fault, exc_info=True)
            self._last_fault = repr(fault)

    def _rest(self) -> None:
        """Wait for the next beat, or less when the clock on the wall jumps."""
        began = time.monotonic()
        drift = time.time() - began
        while (left := began + self._seconds - time.monotonic()) > 0:
            if self._stop.wait(min(left, GLANCE)):
                return
            if abs(time.time() - time.monotonic() - drift) > LEAP:
                return
