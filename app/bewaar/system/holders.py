"""What a system can tell about who has a file open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A program that has a file open."""

    pid: int
    program: str  # as the system calls it: "gnucash"
    path: Path  # what it has open


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What could be seen."""

    holders: tuple[Holder, ...]
    whole: bool  # whether a program that has it open would have been seen


class Handles(Protocol):
    """What one operating system tells about open files; never raises."""

    def holders(self, places: Sequence[Path]) -> Sighting:
        """Return who has one of the files open, or a file below one of the folders; not us."""
        ...

    def alive(self, pid: int, /) -> bool:
        """Return whether a process with that number runs on this computer."""
        ...
