"""How many bytes of a snapshot are through."""

from dataclasses import dataclass, field
from threading import Lock

from bewaar.progress import SILENT, Progress


@dataclass(slots=True, kw_only=True)
class Meter:
    """Counts bytes and passes them on; stops where the user asked to."""

    progress: Progress = SILENT
    total: int = 0  # bytes; grows when more had to be read than was planned
    done: int = 0
    item: str = ""  # the file at hand
    lock: Lock = field(default_factory=Lock)  # databases are copied side by side

    def begin(self, item: str) -> None:
        """Say which file comes next. Raises Cancelled."""
        self.item = item
        self.progress.check()

    def add(self, count: int) -> None:
        """Say that so many bytes more are through. Raises Cancelled."""
        with self.lock:
            self.done += count
            self.total = max(self.total, self.done)
            self.progress.step(self.done, self.total, self.item)
        self.progress.check()
