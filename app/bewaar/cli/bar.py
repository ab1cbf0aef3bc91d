"""The progress bar of a terminal: the stage in words, how far, how fast, how long still."""

import contextlib
import shutil
import sys
import time

from bewaar.cli.desk import visible
from bewaar.cli.stopping import Stop
from bewaar.errors import Cancelled
from bewaar.messages import Text
from bewaar.progress import Stage

REDRAWN = 0.1  # seconds between two drawings
SETTLED = 1.0  # seconds before a speed means something
WIDTH = 24  # characters of the bar
IN_BYTES = frozenset(
    {Stage.SNAPSHOT, Stage.WRITING, Stage.CONFIRMING, Stage.PROVING, Stage.CHECKING}
)


class Unseen:
    """Progress that nobody watches, but that can be stopped."""

    def __init__(self, stop: Stop) -> None:
        """Stop when `stop` says so."""
        self._stop = stop

    def stage(self, stage: Stage, subject: str = "") -> None:
        """Show nothing."""

    def step(self, done: int, total: int, item: str = "") -> None:
        """Show nothing."""

    def note(self, code: str, /, **params: str | int) -> None:
        """Show nothing; the job keeps its notes."""

    def check(self) -> None:
        """Raise Cancelled when somebody asked to stop."""
        if self._stop.asked:
            raise Cancelled


class Bar(Unseen):
    """One line on standard error that is written over and over, and wiped at the end."""

    def __init__(self, stop: Stop, text: Text) -> None:
        """Speak this language."""
        super().__init__(stop)
        self._text = text
        self._stage = Stage.WAITING
        self._words = ""
        self._began = self._drawn = 0.0

    def stage(self, stage: Stage, subject: str = "") -> None:
        """Show what is done now."""
        self._stage, self._words = stage, self._text.stage(stage, subject)
        self._began = time.monotonic()
        self._draw(self._words)
        self._drawn = 0.0  # the first step shows at once

    def step(self, done: int, total: int, item: str = "") -> None:
        """Show how far it is, not more often than an eye can follow."""
        now = time.monotonic()
        if now - self._drawn < REDRAWN or not total:
            return
        share = min(1.0, done / total)
        filled = round(share * WIDTH)
        bar = "#" * filled + "-" * (WIDTH - filled)
        parts = [self._words, f"[{bar}]", self._text.percent(share)]
        spent = now - self._began
        if self._stage in IN_BYTES and spent > SETTLED and done:
            parts += self._pace(done, total, spent)
        if self._stage is Stage.CLOSING:  # counted in seconds
            parts.append(self._left(total - done))
        self._draw("  ".join(parts))

    def wipe(self) -> None:
        """Leave an empty line."""
        self._draw("")

    def _pace(self, done: int, total: int, spent: float) -> list[str]:
        speed = self._text.gettext("%(size)s/s", size=self._text.size(int(done / spent)))
        return [speed, self._left((total - done) * spent / done)]

    def _left(self, seconds: float) -> str:
        return self._text.gettext("%(duration)s left", duration=self._text.duration(seconds))

    def _draw(self, line: str) -> None:
        self._drawn = time.monotonic()
        line = visible(line)
        room = shutil.get_terminal_size().columns - 1
        with contextlib.suppress(OSError, ValueError):  # the terminal is gone, the work goes on
            sys.stderr.write(f"\r{line[:room].ljust(room)}\r{line[:room]}")
            sys.stderr.flush()
