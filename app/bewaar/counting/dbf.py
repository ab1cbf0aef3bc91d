"""Tables of dBASE and FoxPro: their rows, without those marked as deleted.

A table counts only when its size is what its header says, and every row begins as a row does. The
header also says which files a table cannot do without.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bewaar.counting.base import Copies, Copy, Finding, Tally, Uncountable, finding
from bewaar.progress import Progress

_KINDS = frozenset(bytes.fromhex("03 04 05 07 30 31 32 43 63 83 8b 8c cb f5 fb"))  # first byte
_WITH_MEMO = frozenset(bytes.fromhex("83 8b 8c cb f5 fb"))
_INDEX, _MEMO = 0x01, 0x02  # flags
_INDEXES, _MEMOS = (".cdx", ".mdx"), (".fpt", ".dbt", ".smt")
_CONTAINER, _ITS_INDEX, _ITS_MEMO = ".dbc", (".dcx",), (".dct",)
_DELETED, _ROWS_BEGIN = b"*", b" *\0"
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    kind: int
    rows: int
    length: int  # of the header
    width: int  # of a row
    flags: int


def read(copies: Copies) -> Tally:
    """Count each table; one that is not whole is named and left out."""
    names = {copy.path.casefold() for copy in copies.all}
    tables: dict[str, int] = {}
    findings: list[Finding] = []
    for copy in copies.mine:
        try:
            header = _header(copy)
            tables[copy.path] = _rows(copy, header, copies.progress)
        except Uncountable as error:
            findings.append(finding("counts.unknown", path=copy.path, reason=str(error)))
            continue
        findings += [
            finding("counts.incomplete", path=copy.path, missing=missing)
            for missing in _missing(copy, header, names)
        ]
    return Tally(tables=tables, findings=tuple(findings))


def _header(copy: Copy) -> _Header:
    with copy.local.open("rb") as file:
        start = file.read(32)
        size = file.seek(0, 2)
    if len(start) < 32 or start[0] not in _KINDS:
        raise Uncountable("no dBASE header")
    rows, length, width = struct.unpack_from("<IHH", start, 4)
    if length <= 32 or not width or size - (length + rows * width) not in {0, 1}:
        raise Uncountable("not the size that its header says")
    return _Header(kind=start[0], rows=rows, length=length, width=width, flags=start[28])


def _rows(copy: Copy, header: _Header, progress: Progress) -> int:
    """Return the rows that are not deleted."""
    deleted = 0
    for marks in _marks(copy, header, progress):
        if marks.translate(None, _ROWS_BEGIN):
            raise Uncountable("a row begins with neither a blank nor an asterisk")
        deleted += marks.count(_DELETED)
    return header.rows - deleted


def _marks(copy: Copy, header: _Header, progress: Progress) -> Iterator[bytes]:
    """Yield the first bytes of the rows, many at a time."""
    at_once = max(1, _BLOCK // header.width)
    with copy.local.open("rb") as file:
        file.seek(header.length)
        for first in range(0, header.rows, at_once):
            progress.check()
            count = min(at_once, header.rows - first)
            yield file.read(count * header.width)[:: header.width]


def _missing(copy: Copy, header: _Header, names: set[str]) -> Iterator[str]:
    """Yield the companions a table should have and has not."""
    stem, dot, ending = copy.path.casefold().rpartition(".")
    container = dot + ending == _CONTAINER
    wanted: list[tuple[str, ...]] = []
    if header.flags & _INDEX:
        wanted.append(_ITS_INDEX if container else _INDEXES)
    if header.flags & _MEMO or header.kind in _WITH_MEMO:
        wanted.append(_ITS_MEMO if container else _MEMOS)
    for endings in wanted:
        if not any(stem + each in names for each in endings):
            yield copy.name.rpartition(".")[0] + _usual(header, endings)


def _usual(header: _Header, endings: tuple[str, ...]) -> str:
    """Return which of several endings the table's program uses."""
    fox = header.kind >= 0xF0 or 0x30 <= header.kind <= 0x32
    return endings[0] if fox or endings is not _MEMOS else ".dbt"
