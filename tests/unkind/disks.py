"""Disks to do harm on, and the moment to do it."""

import os
from collections.abc import Callable

from bewaar.model import Destination
from bewaar.progress import Stage
from tests.mounts import Mounts
from tests.scene import Office
from tests.unkind.promises import (
    rest,
)


def disk(office: Office, mounts: Mounts, size: str = "8m") -> Destination:
    """Set up a destination on a small disk of its own."""
    return office.engine.add_destination(mounts.tmpfs(office.root / "disk", size=size), name="Disk")


def swell(office: Office, megabytes: int) -> None:
    """Let the books hold what cannot be packed."""
    (office.folder_books / "scans.bin").write_bytes(os.urandom(megabytes << 20))
    rest(office.folder_books)


class At:
    """Progress that does something once, when a stage is so far."""

    def __init__(self, stage: Stage, action: Callable[[], object], *, share: float = 0) -> None:
        self.stage_wanted, self.action, self.share = stage, action, share
        self.now: Stage | None = None
        self.done = False

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.now = stage
        self._act(0)

    def step(self, done: int, total: int, item: str = "") -> None:
        self._act(done / total if total else 1)

    def _act(self, share: float) -> None:
        if not self.done and self.now is self.stage_wanted and share >= self.share:
            self.done = True
            self.action()

    def note(self, code: str, /, **params: str | int) -> None:
        """Keep nothing."""

    def check(self) -> None:
        """Never stop."""
