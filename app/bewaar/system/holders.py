"""What a system can tell about who has a file open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A program that has a file open."""

    pid: int
    program: str  # as the system calls it: "gnucash"
    path: Path  # what it has open


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A program that runs."""

    pid: int
    program: str


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

    def started(self, pid: int, /) -> datetime | None:
        """Return when a process was started; None when it is gone or nobody may know."""
        ...

    def running(self, programs: Sequence[str], /) -> tuple[Process, ...]:
        """Return the processes that run one of these programs, named without `.exe`."""
        ...


def named(program: str, wanted: Sequence[str], *, length: int | None = None) -> bool:
    """Return whether a process is one of the programs; its name may be cut to a `length`."""
    name = program.casefold().removesuffix(".exe")
    return name in {each.casefold()[:length] for each in wanted}
