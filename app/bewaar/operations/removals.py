"""What is kept of a backup that somebody removed: which one it was, who did it, and why."""

import getpass

from bewaar.errors import InvalidValue, Value
from bewaar.model import Backup

LONGEST_REASON = 300  # characters


def check_reason(reason: str) -> None:
    """Raise InvalidValue for a reason that is no short text."""
    if len(reason) > LONGEST_REASON:
        raise InvalidValue(field="reason", value=f"{reason[:40]}…")


def removal(backup: Backup, reason: str) -> dict[str, Value]:
    """Return what the history tells of a removal."""
    return {
        "made_at": backup.made_at.isoformat(),
        "size": backup.size,
        "proven": backup.proof is not None,
        "by": _who(),
        "reason": reason.strip(),
    }


def _who() -> str:
    """Return the name of the user of this computer; "" when the system does not say."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
