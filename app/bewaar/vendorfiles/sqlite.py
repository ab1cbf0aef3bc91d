"""Backups that are SQLite databases, whatever their ending: as long as they say, and sound.

What SQLite keeps beside one belongs to it; such a one is in use, and only its storage can tell.
"""

import sqlite3
import struct
from pathlib import Path

from bewaar.databases import open_at_rest
from bewaar.errors import Cancelled
from bewaar.progress import Progress
from bewaar.vendorfiles.verdict import CUT, WHOLE, Verdict, damaged

MAGIC = b"SQLite format 3\0"

_PAGE_SIZE = struct.Struct(">16xH")  # sqlite.org/fileformat2.html; 1 stands for 65,536
_COUNTS = struct.Struct(">24xII")  # of changes; of pages
_VALID = struct.Struct(">92xI")  # the count of changes for which the number of pages is right
_HEADER = 100
_LOGS = ("-wal", "-journal")
_STEPS = 100_000  # of SQLite, between two looks whether to stop


def has_end(path: Path, size: int) -> bool | None:
    """Return whether it is as long as it says; None where it does not say."""
    with path.open("rb") as file:
        head = file.read(_HEADER)
    if len(head) < _HEADER:
        return False
    page, changes, pages = *_PAGE_SIZE.unpack_from(head), *_COUNTS.unpack_from(head)
    if not pages or _VALID.unpack_from(head) != (changes,):
        return None
    return bool(size >= pages * (65536 if page == 1 else page))


def check(path: Path, size: int, progress: Progress) -> Verdict:
    """Have SQLite read all of it. Raises Cancelled."""
    if has_end(path, size) is False:
        return CUT
    if any(path.with_name(path.name + ending).exists() for ending in _LOGS):
        return WHOLE  # its storage takes and checks it together with these
    stopped: list[Cancelled] = []
    try:
        connection = open_at_rest(path)
        try:
            connection.set_progress_handler(lambda: _stop(progress, stopped), _STEPS)
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        finally:
            connection.close()
    except sqlite3.Error:
        sound = False
    if stopped:
        raise stopped[0]
    return WHOLE if sound else damaged("checksum")


def _stop(progress: Progress, stopped: list[Cancelled]) -> bool:
    """Return whether to stop, and keep why: through SQLite no exception comes."""
    try:
        progress.check()
    except Cancelled as cancelled:
        stopped.append(cancelled)
    return bool(stopped)
