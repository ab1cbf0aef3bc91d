"""Files that books name and that lie outside them: linked documents, attachments (C12).

Told only where it is certain how a program writes it. The readers see a copy at rest; whether a
file is there is asked of the disk. What cannot be told is counted, never guessed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from bewaar.counting.base import Copy, Uncountable, about
from bewaar.progress import SILENT, Progress
from bewaar.references import gnucash, money_manager_ex
from bewaar.references.base import Named

__all__ = ["RULES", "Named", "named_in"]

Reader = Callable[[Copy, Path, Progress], Named]  # the copy, and where its books lie

RULES: Mapping[str, Reader] = {
    "gnucash": gnucash.read,
    "money-manager-ex": money_manager_ex.read,
}


def named_in(rule: str, copy: Copy, place: Path, progress: Progress = SILENT) -> Named | None:
    """Return the files that books name; None when these cannot be read. Raises Cancelled."""
    try:
        with about(copy):
            return RULES[rule](copy, place, progress)
    except Uncountable:
        return None
