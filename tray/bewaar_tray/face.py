"""What the tray icon says: which mark, and how many administrations wait.

Pure: an overview goes in. How it is painted is for `drawing`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bewaar.model import Standing
from bewaar.overview import Overview


class Mark(StrEnum):
    """What stands before the safe door; nothing when all is well."""

    RUNNING = "running"  # something is being stored or given back
    CHANGED = "changed"
    OVERDUE = "overdue"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it cannot be looked at, so nothing may be claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """All that the picture depends on."""

    mark: Mark | None = None
    waiting: int = 0  # administrations not safely stored as they are now


_MARKS = {
    Standing.FAILED: Mark.FAILED,
    Standing.OVERDUE: Mark.OVERDUE,
    Standing.UNKNOWN: Mark.UNKNOWN,
    Standing.CHANGED: Mark.CHANGED,
}


def face(overview: Overview) -> Face:
    """Return what the icon shows for an overview."""
    return Face(mark=_mark(overview), waiting=len(overview.waiting))


def _mark(overview: Overview) -> Mark | None:
    if overview.running:
        return Mark.RUNNING
    if overview.failures or overview.fewer:
        return Mark.FAILED
    return _MARKS.get(overview.worst)
