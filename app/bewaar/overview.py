"""What Today shows: how each administration stands, what runs, what is plugged in.

Only facts; the sentence of truth is made from them in `messages`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from bewaar.model import (
    Code,
    Destination,
    Drop,
    Failure,
    Job,
    OpenState,
    Recovery,
    Room,
    Standing,
    State,
)


class DayMark(StrEnum):
    """One square of the calendar."""

    PROVEN = "proven"  # a proven backup was made that day
    MISSED = "missed"  # something was overdue and nothing was proven
    QUIET = "quiet"  # nothing was due


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the last thirty."""

    day: date
    mark: DayMark
    backups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationState:
    """A destination and whether it can be used now."""

    destination: Destination
    here: bool  # plugged in, mounted, reachable and its identity checked
    room: Room | None  # None when it is not here
    default: bool
    problem: str = ""  # code of the error when it is there but cannot be used
    unfinished: tuple[str, ...] = ()  # files that an interrupted backup left: never a backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plugged-in drive that is no destination yet."""

    mount: Path
    label: str
    free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the first page and the tray icon need, at one instant."""

    at: datetime
    states: tuple[State, ...]
    destinations: tuple[DestinationState, ...]
    candidates: tuple[Candidate, ...]
    running: tuple[Job, ...]
    failures: tuple[Failure, ...]  # unread
    recoveries: tuple[Recovery, ...]  # unread
    days: tuple[Day, ...]  # the last thirty, oldest first
    clock_doubt: bool  # the computer's clock went back: times cannot be trusted
    held: tuple[Job, ...] = ()  # they wait until the books are closed
    postponed: Mapping[Code, OpenState] = field(default_factory=dict)  # due, but open (B07)
    fewer: Mapping[Code, Drop] = field(default_factory=dict)  # transactions than before (Z06)

    def having(self, *standings: Standing) -> Sequence[State]:
        """Return the administrations that stand so."""
        return [state for state in self.states if state.standing in standings]

    @property
    def waiting(self) -> Sequence[State]:
        """Those that are not safely stored as they are now."""
        found = self.having(Standing.CHANGED, Standing.OVERDUE, Standing.FAILED)
        return [state for state in found if not state.awaits_program]

    @property
    def worst(self) -> Standing:
        """The worst standing of all: what the icon shows."""
        order = [Standing.FAILED, Standing.OVERDUE, Standing.UNKNOWN, Standing.CHANGED]
        present = {state.standing for state in self.states}
        return next((standing for standing in order if standing in present), Standing.PROVEN)
