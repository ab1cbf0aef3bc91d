"""Backups that other programs made: of a .bacpac the rows of its tables, of others nothing.

The rule of all of them together has its own name, so that the proof of a backup opens what can be
checked among them once more.
"""

from bewaar.counting import bacpac
from bewaar.counting.base import Copy, Tally
from bewaar.progress import Progress


def read(copy: Copy, progress: Progress) -> Tally:
    """Return the rows where the file tells them."""
    if copy.name.casefold().endswith(".bacpac"):
        return bacpac.read(copy, progress)
    return Tally()
