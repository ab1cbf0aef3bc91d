"""Drives that are plugged in and out: a glance every two seconds that costs next to nothing.

Where the system keeps a list of mounts, the engine is asked to look only when that list changed,
and now and then all the same.
"""

import time
from collections.abc import Callable
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")  # only Linux has it
LONGEST = 60.0  # seconds between two real looks


class Drives:
    """Glances at the mounts; used by one thread."""

    def __init__(self, look: Callable[[], None], mounts: Path = MOUNTS) -> None:
        """Call `look` when something may have been plugged in or out."""
        self._look, self._file = look, mounts
        self._mounts: bytes | None = None
        self._looked_at = float("-inf")

    def glance(self) -> None:
        """Look when the mounts changed, when they cannot be read, or when it was long ago."""
        mounts, now = self._read(), time.monotonic()
        if mounts is None or mounts != self._mounts or now - self._looked_at >= LONGEST:
            self._look()
            self._mounts, self._looked_at = mounts, now

    def _read(self) -> bytes | None:
        try:
            return self._file.read_bytes()
        except OSError:
            return None
