"""Books that nobody wrote to for an hour, and an ear for what is told of them."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from bewaar.progress import Silent

AN_HOUR = 3600  # seconds


@dataclass
class Hearing(Silent):
    """Keeps the notes."""

    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, code: str, /, **params: object) -> None:
        self.notes.append((code, params))


def rested(place: Path) -> Path:
    """Let all of it have been written an hour ago."""
    then = time.time() - AN_HOUR
    for path in [place, *place.rglob("*")]:
        os.utime(path, (then, then))
    return place
