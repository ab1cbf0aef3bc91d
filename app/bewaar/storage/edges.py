"""Where the operating system's errors become ours.

The two sides are kept apart: reading somebody's books, and writing a copy among our own files.
"""

import os
from errno import EDQUOT, ENAMETOOLONG, ENOSPC
from pathlib import Path

from bewaar.errors import (
    BewaarError,
    HomeFull,
    HomeUnwritable,
    SourceBusy,
    SourceTooDeep,
    SourceUnreadable,
)
from bewaar.files import free_space

_SHARING_VIOLATIONS = (32, 33)  # Windows: another program keeps the file, or a part, to itself
_SIGHT = 120  # characters of a path that nobody could read whole


def shown(path: Path | str) -> str:
    """Return a path as text that can be written anywhere, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def unreadable(path: Path, error: OSError) -> BewaarError:
    """Return what it means that something of an administration cannot be read."""
    if getattr(error, "winerror", None) in _SHARING_VIOLATIONS:
        return SourceBusy(place=shown(path), path=shown(path))
    if error.errno == ENAMETOOLONG:
        return SourceTooDeep(path=os.path.dirname(shown(path)[:_SIGHT]))  # noqa: PTH120 - text
    return SourceUnreadable(path=shown(path), reason=error.strerror or type(error).__name__)


def unwritable(copy: Path, error: OSError, *, needed: int | None = None) -> BewaarError:
    """Return what it means that a copy cannot be written among Bewaar's own files."""
    folder = copy.parent
    if error.errno in {ENOSPC, EDQUOT}:
        return HomeFull(folder=str(folder), needed=needed, free=free_space(folder))
    return HomeUnwritable(folder=str(folder), reason=error.strerror or type(error).__name__)
