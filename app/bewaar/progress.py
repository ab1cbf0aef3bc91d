"""What a long operation reports, and how it hears that it must stop.

The engine owns this interface and gives a silent one as default, so no code asks whether anyone
is looking. Reports carry codes and numbers, never sentences.
"""

from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """What a long operation is doing, in the order a user sees it."""

    WAITING = "waiting"
    CLOSING = "closing"  # until the program that has the books open is closed
    SNAPSHOT = "snapshot"  # taking a consistent copy of the books
    WRITING = "writing"  # the backup to its destination
    CONFIRMING = "confirming"  # looking again whether the books lay still meanwhile
    PROVING = "proving"  # reading it back
    FINISHING = "finishing"
    CHECKING = "checking"  # an existing backup, before a restore or on request
    EXTRACTING = "extracting"
    PLACING = "placing"  # swapping the restored folder into its place
    LISTING = "listing"  # what a destination holds


class Progress(Protocol):
    """Where a long operation tells how far it is."""

    def stage(self, stage: Stage, subject: str = "") -> None:
        """Enter a stage; `subject` is the administration's or destination's name."""

    def step(self, done: int, total: int, item: str = "") -> None:
        """Say that `done` of `total` bytes are through; `item` is the file at hand."""

    def note(self, code: str, /, **params: str | int) -> None:
        """Tell something worth keeping with the job, as a code with parameters."""

    def check(self) -> None:
        """Raise `errors.Cancelled` when asked to stop; call it only where stopping is safe."""


class Silent:
    """Reports nothing and never stops."""

    def stage(self, stage: Stage, subject: str = "") -> None:
        """Ignore the stage."""

    def step(self, done: int, total: int, item: str = "") -> None:
        """Ignore the step."""

    def note(self, code: str, /, **params: str | int) -> None:
        """Ignore the note."""

    def check(self) -> None:
        """Never stop."""


SILENT: Progress = Silent()


class Once:
    """Passes everything on, but each note only the first time: some work is done again."""

    def __init__(self, progress: Progress) -> None:
        self._told: set[tuple[object, ...]] = set()
        self._progress = progress
        self.stage = progress.stage
        self.step = progress.step
        self.check = progress.check

    def note(self, code: str, /, **params: str | int) -> None:
        """Tell something unless it was told already."""
        note = (code, *sorted(params.items()))
        if note not in self._told:
            self._told.add(note)
            self._progress.note(code, **params)
