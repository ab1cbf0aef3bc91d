"""Which part of an administration each of its files belongs to, as its program's profile says.

What no rule names, or whose name could be mistaken, stays with the books themselves.
"""

import re
from functools import lru_cache

from bewaar.model import Layout
from bewaar.parts import BOOKS, DOCUMENTS, SHARED, fits_year
from bewaar.storage.patterns import matches


def part_of(path: str, layout: Layout) -> str:
    """Return the part of a file or folder, by its relative path."""
    if layout.documents and matches(path, layout.documents):
        return DOCUMENTS
    if layout.shared and matches(path, layout.shared):
        return SHARED
    return _year(path, layout.years) if layout.years else BOOKS


def _year(path: str, years: tuple[str, ...]) -> str:
    for pattern in years:
        found = _compiled(pattern).fullmatch(path)
        if found and fits_year(found[1] or ""):
            return found[1]
    return BOOKS


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A folder's name stands for all that is in it."""
    return re.compile(f"(?:{pattern})(?:/.*)?", re.IGNORECASE | re.DOTALL)
