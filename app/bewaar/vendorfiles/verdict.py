"""What can honestly be said of a file that another program made as its backup."""

from dataclasses import dataclass
from enum import StrEnum


class Wholeness(StrEnum):
    """Whether such a file is what its maker meant it to be."""

    WHOLE = "whole"  # everything its format lets anybody check is right
    UNKNOWN = "unknown"  # its format is its maker's own: nobody else can tell
    UNFINISHED = "unfinished"  # its end is missing: half-written, or cut off
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one file."""

    wholeness: Wholeness
    reason: str = ""  # a code: "page", "checksum"; "" when it is whole

    @property
    def usable(self) -> bool:
        """Whether nothing speaks against keeping it."""
        return self.wholeness in {Wholeness.WHOLE, Wholeness.UNKNOWN}


WHOLE = Verdict(wholeness=Wholeness.WHOLE)
CUT = Verdict(wholeness=Wholeness.UNFINISHED, reason="end")


def damaged(reason: str) -> Verdict:
    """Return that a file is damaged: "checksum", "empty", "kind", "page"."""
    return Verdict(wholeness=Wholeness.DAMAGED, reason=reason)


def unknown(reason: str) -> Verdict:
    """Return that a file cannot be checked here, and why.

    "maker", "packed", "password", "server", "tight", "volume".
    """
    return Verdict(wholeness=Wholeness.UNKNOWN, reason=reason)
