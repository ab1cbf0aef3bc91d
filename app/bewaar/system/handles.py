"""Which programs have a file open.

Each system has its own module that fulfils `Handles`; `current` chooses. No system shows a user
everything: a sighting says whether it was whole.
"""

import sys
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


def current() -> Handles:
    """Return this computer's system."""
    if sys.platform == "win32":
        from bewaar.system import handles_windows

        return handles_windows
    if sys.platform == "darwin":
        from bewaar.system import handles_macos

        return handles_macos
    from bewaar.system import handles_linux

    return handles_linux
