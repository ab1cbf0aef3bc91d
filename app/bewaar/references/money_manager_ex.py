"""Money Manager Ex: attachments, in a folder that the book names for each kind of computer.

Below it lies a folder called after the book, and in that one for each kind of entry. A folder that
is written with a placeholder of the program's own counts as not told.
"""

import sqlite3
import sys
from pathlib import Path

from bewaar.counting.base import Copy, Uncountable
from bewaar.counting.database import Book, opened
from bewaar.progress import Progress
from bewaar.references.base import Named

_SYSTEM = {"win32": "Win", "darwin": "Mac"}.get(sys.platform, "Unix")
_SETTING = f"ATTACHMENTSFOLDER:{_SYSTEM}"


def read(copy: Copy, place: Path, progress: Progress) -> Named:
    """Return the attached files."""
    with opened(copy, progress, "INFOTABLE_V1") as connection:
        if not Book(connection=connection).has("ATTACHMENT_V1", "REFTYPE", "FILENAME"):
            return Named()
        try:
            attached = connection.execute("SELECT REFTYPE, FILENAME FROM ATTACHMENT_V1").fetchall()
            told = connection.execute(
                "SELECT INFOVALUE FROM INFOTABLE_V1 WHERE INFONAME = ?", [_SETTING]
            ).fetchone()
        except sqlite3.Error as error:
            raise Uncountable(str(error)) from error
    folder = _folder(str(told[0]) if told else "", place)
    if folder is None:
        return Named(unclear=len(attached))
    files = {folder / str(kind) / str(name) for kind, name in attached}
    return Named(files=tuple(sorted(files)))


def _folder(told: str, place: Path) -> Path | None:
    if not told or "\0" in told or not Path(told).is_absolute():
        return None
    below = Path(told) / f"MMEX_{place.stem}_Attachments"
    return below if below.is_dir() else Path(told)
