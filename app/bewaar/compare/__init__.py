"""Two states of the same books held against each other: two backups, or one and today's books.

All that is needed stands in the manifests: counts, rows of tables, the BLAKE3 of every file. So
no backup is unpacked, and one that is encrypted needs its password only.
"""

from bewaar.compare.difference import Difference, FileChange, TableChange, difference
from bewaar.compare.side import Mark, Side, backed_up, today

__all__ = [
    "Difference",
    "FileChange",
    "Mark",
    "Side",
    "TableChange",
    "backed_up",
    "difference",
    "today",
]
