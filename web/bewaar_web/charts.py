"""The geometry of the pictures; the templates draw it, the words stay with the templates."""

from collections.abc import Sequence
from dataclasses import dataclass

from bewaar.model import Backup

WIDTH, HEIGHT = 640, 72
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One backup in the chart of sizes."""

    backup: Backup
    x: float
    y: float
    width: float
    height: float


def sizes(history: Sequence[Backup]) -> list[Bar]:
    """Return one bar per backup, oldest left; the largest one fills the height."""
    shown = list(reversed(history[:MOST_BARS]))
    largest = max((backup.size for backup in shown), default=0) or 1
    step = WIDTH / max(len(shown), 8)
    start = WIDTH - step * len(shown) + step * 0.28  # the newest at the right edge
    return [
        Bar(backup, start + i * step, HEIGHT - tall, step * 0.72, tall)
        for i, backup in enumerate(shown)
        for tall in [max(2.0, HEIGHT * backup.size / largest)]
    ]
