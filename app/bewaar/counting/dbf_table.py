"""One table of dBASE or FoxPro, as its header describes it.

Every number in a header is only a claim; what cannot be a table raises Uncountable. Layouts as
the dBASE and Visual FoxPro manuals give them.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bewaar.counting.base import Copy, Encrypted, OtherKind, Uncountable
from bewaar.progress import SILENT, Progress

_KINDS = frozenset(bytes.fromhex("03 04 05 07 30 31 32 43 63 83 8b 8c cb f5 fb"))  # first byte
_WITH_MEMO = frozenset(bytes.fromhex("83 8b 8c cb f5 fb"))
_LEVEL_4 = frozenset(bytes.fromhex("04 43 63 8b 8c cb"))  # dBASE IV: may be encrypted
_VISUAL = frozenset(bytes.fromhex("30 31 32"))  # Visual FoxPro: may belong to a container
_INDEX, _MEMO = 0x01, 0x02  # flags
_HEAD, _COLUMN, _LINK = 32, 32, 263  # bytes: what leads, of each column, of a container's name
_COLUMNS_END = 0x0D
_DELETED, _ROWS_BEGIN = b"*", b" *\0"
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a header says, and how long the file is."""

    local: Path
    kind: int
    rows: int
    length: int  # bytes of the header
    width: int  # bytes of a row
    flags: int
    size: int  # bytes of the file
    encrypted: bool = False

    @property
    def needed(self) -> int:
        """The bytes that header and rows take; a byte that marks the end may follow."""
        return self.length + self.rows * self.width

    @property
    def is_whole(self) -> bool:
        """Whether the file is as long as its header says."""
        return self.size - self.needed in {0, 1}

    @property
    def has_index(self) -> bool:
        return bool(self.flags & _INDEX)

    @property
    def has_memo(self) -> bool:
        return bool(self.flags & _MEMO) or self.kind in _WITH_MEMO

    @property
    def is_fox(self) -> bool:
        """Whether FoxPro wrote it, and not dBASE."""
        return self.kind >= 0xF0 or self.kind in _VISUAL

    def undeleted(self, progress: Progress = SILENT) -> int:
        """Return how many rows are not deleted. Raises Uncountable for what is no row."""
        if self.encrypted:
            raise Encrypted("encrypted")
        deleted = 0
        for rows in self._blocks(progress):
            marks = rows[:: self.width]
            if marks.translate(None, _ROWS_BEGIN):
                raise Uncountable("a row begins with neither a blank nor an asterisk")
            if any(not self._row(rows, place).strip(b"\0") for place in _zeros(marks)):
                raise Uncountable("a row that was never written")
            deleted += marks.count(_DELETED)
        return self.rows - deleted

    def container(self) -> str:
        """Return the container that a table of Visual FoxPro belongs to, "" for a free one."""
        if self.kind not in _VISUAL or self.length < _HEAD + _COLUMN + _LINK:
            return ""
        with self.local.open("rb") as file:
            file.seek(self.length - _LINK)
            link = file.read(_LINK)
        return _file_name(link.split(b"\0")[0])

    def columns(self) -> dict[str, slice]:
        """Return where in a row each column lies."""
        found: dict[str, slice] = {}
        at = 1
        with self.local.open("rb") as file:
            columns = file.read(self.length)[_HEAD:]
        for start in range(0, len(columns) - _COLUMN, _COLUMN):
            if columns[start] == _COLUMNS_END:
                break
            name, width = struct.unpack_from("<11s5xB", columns, start)
            found[name.split(b"\0")[0].decode("latin-1").casefold()] = slice(at, at + width)
            at += width
        return found

    def values(self, *names: str) -> Iterator[list[bytes]]:
        """Yield these columns of every row that is not deleted. Raises LookupError for others."""
        columns = self.columns()
        with self.local.open("rb") as file:
            file.seek(self.length)
            for _ in range(self.rows):
                row = file.read(self.width)
                if not row.startswith(_DELETED):
                    yield [row[columns[name]] for name in names]

    def _row(self, rows: bytes, place: int) -> bytes:
        return rows[place * self.width : (place + 1) * self.width]

    def _blocks(self, progress: Progress) -> Iterator[bytes]:
        """Yield the rows, many at a time."""
        at_once = max(1, _BLOCK // self.width)
        with self.local.open("rb") as file:
            file.seek(self.length)
            for first in range(0, self.rows, at_once):
                progress.check()
                count = min(at_once, self.rows - first)
                yield file.read(count * self.width)


def _zeros(marks: bytes) -> Iterator[int]:
    """Yield the places of the rows that begin with a zero byte, as few programs write them."""
    place = marks.find(0)
    while place >= 0:
        yield place
        place = marks.find(0, place + 1)


def table(copy: Copy) -> Table:
    """Return what a file's header says. Raises OtherKind, Uncountable when it makes no sense."""
    with copy.local.open("rb") as file:
        start = file.read(_HEAD)
        size = file.seek(0, 2)
    if len(start) < _HEAD or start[0] not in _KINDS:
        raise OtherKind("no dBASE header")
    rows, length, width = struct.unpack_from("<IHH", start, 4)
    if length <= _HEAD or not width or length > size:
        raise Uncountable("not the size that its header says")
    return Table(
        local=copy.local,
        kind=start[0],
        rows=rows,
        length=length,
        width=width,
        flags=start[28],
        size=size,
        encrypted=start[0] in _LEVEL_4 and start[15] == 1,
    )


def memos_promised(memo: Path) -> int:
    """Return how many bytes a file of FoxPro's memos has at least, as its header tells.

    It says where the next memo will begin: in the block after the last one, which may be short.
    """
    with memo.open("rb") as file:
        head = file.read(8)
    if len(head) < 8 or head[4:6] != bytes(2):
        return 0  # no such file
    following, block = struct.unpack(">I2xH", head)
    return (following - 1) * block + 1 if following and block else 0


def file_in_memo(memo: Path, pointer: bytes) -> str:
    """Return the table's file that a container's memo names for it; "" when it names none.

    A memo file says at 6 how large its blocks are; each memo begins with its kind and length.
    """
    with memo.open("rb") as file:
        block = int.from_bytes(file.read(8)[6:], "big")
        file.seek(block * int.from_bytes(pointer, "little"))
        head = file.read(8)
        data = file.read(int.from_bytes(head[4:], "big") & 0xFFFF)
    found = re.search(rb"[^\x00-\x1f]+\.dbf", data, re.IGNORECASE)
    return _file_name(found[0]) if found else ""


def _file_name(path: bytes) -> str:
    return path.decode("cp1252", "replace").replace("\\", "/").rpartition("/")[2].strip()
