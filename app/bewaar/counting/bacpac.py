"""A SQL Server database as a .bacpac: the rows of all its tables, as it says itself.

It is a zip whose Origin.xml has the total and a checksum of the model; a total is believed only
when the checksum is right. Rows of single tables would have to be read from their own format.
"""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from bewaar.counting.base import Copy, OtherKind, Tally, Uncountable
from bewaar.counting.elements import Walk, walk
from bewaar.progress import Progress

_LONGEST = 1 << 20  # bytes of an Origin.xml
_DIGITS = 15  # of a number of rows
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a .bacpac tells of itself."""

    right: bool | None  # whether its model is what was packed; None: it has no checksum we know
    rows: int | None  # of all tables; None: it does not tell
    data: bool  # whether there are any


def read(copy: Copy, progress: Progress) -> Tally:
    """Return the rows of all tables together, as one table called "*"."""
    if not zipfile.is_zipfile(copy.local):
        raise OtherKind("no zip")
    found = look(copy.local, progress)
    if not found.right:
        raise Uncountable("model.xml is not what was packed")
    if found.rows is None:
        raise Uncountable("no total of rows")
    return Tally(tables={f"{copy.path}/*": found.rows})


def look(path: Path, progress: Progress) -> Told:
    """Return what it tells of itself. Raises as reading a zip and XML does, Cancelled."""
    with zipfile.ZipFile(path) as package:
        origin = _origin(package)
        digest = hashlib.sha256()
        with package.open("model.xml") as model:
            while block := model.read(_BLOCK):
                progress.check()
                digest.update(block)
        data = any(name.startswith("Data/") for name in package.namelist())
    known = len(origin.checksum) == 2 * digest.digest_size
    counted = origin.rows.isdecimal() and len(origin.rows) <= _DIGITS
    return Told(
        right=digest.hexdigest() == origin.checksum.lower() if known else None,
        rows=int(origin.rows) if counted else None,
        data=data,
    )


def _origin(package: zipfile.ZipFile) -> "_Origin":
    with package.open("Origin.xml") as file:
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise Uncountable("Origin.xml is too long")
    origin = _Origin()
    walk([data], origin)
    return origin


class _Origin(Walk):
    root = "DacOrigin"
    texts = frozenset({"TableRowCountTotalTag", "Checksum"})

    def __init__(self) -> None:
        super().__init__()
        self.rows = self.checksum = ""
        self._about = ""

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        self._about = attributes.get("Uri", "")

    def closes(self, name: str, text: str) -> None:
        if name == "TableRowCountTotalTag":
            self.rows = text.strip()
        elif name == "Checksum" and self._about == "/model.xml":
            self.checksum = text.strip()
