"""The pages of an Access database: what describes a table, and where its records lie.

Every number in a page is only a claim: what points outside raises Uncountable.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bewaar.counting.base import OtherKind, Uncountable
from bewaar.progress import Progress

_SIGNS = (b"Standard Jet DB\0", b"Standard ACE DB\0")
_DATA, _DESCRIPTION, _USED = b"\x01\x01", b"\x02\x01", b"\x05\x01"  # how pages begin
_DELETED, _MOVED, _OFFSET = 0x8000, 0x4000, 0x1FFF  # in a record's position
_FIXED = 0x01  # flag of a column
_MOST_PAGES = 1000  # that describe one table
_UNICODE = b"\xff\xfe"  # a text in which every second byte is left out
_HEAD, _KEY = 66, 62  # bytes of the file's header that are read; where the key of its pages is
_NO_KEY = bytes.fromhex("fb8abc4e")  # the header is scrambled, always in the same way


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where things are in a page, in bytes."""

    size: int
    rows: int  # of a description: the number of rows
    columns: int  # … the number of columns
    indexes: int  # … the number of real indexes
    used: int  # … where the list of used pages is
    head: int  # … where its lists begin
    index: int  # bytes of each index
    column: int  # bytes of each column
    number: int  # in a column: its number
    variable: int  # … its place among those of variable length
    flags: int
    fixed: int  # … its place among those of fixed length
    length: int
    name: int  # bytes of a name's length
    records: int  # in a page of records: how many
    count: int  # bytes of a record's number of columns


_JET3 = _Layout(
    size=2048,
    rows=12,
    columns=25,
    indexes=31,
    used=35,
    head=43,
    index=8,
    column=18,
    number=1,
    variable=3,
    flags=13,
    fixed=14,
    length=16,
    name=1,
    records=8,
    count=1,
)
_JET4 = _Layout(
    size=4096,
    rows=16,
    columns=45,
    indexes=51,
    used=55,
    head=63,
    index=12,
    column=25,
    number=5,
    variable=7,
    flags=15,
    fixed=21,
    length=23,
    name=2,
    records=12,
    count=2,
)
_LAYOUTS = {0: _JET3} | dict.fromkeys(range(1, 7), _JET4)  # by the version in the file's header


class Pages:
    """A database file, page by page."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        """Read the header. Raises OtherKind, Uncountable."""
        head = file.read(_HEAD)
        if head[4:20] not in _SIGNS:
            raise OtherKind("no Access database")
        if len(head) < _HEAD or head[20] not in _LAYOUTS:
            raise Uncountable("a version that is not known")
        self.layout = _LAYOUTS[head[20]]
        self.encrypted = head[_KEY:] != _NO_KEY
        self.cut = file.seek(0, 2) % self.layout.size != 0  # in the middle of a page
        self._file = file
        self._progress = progress

    def page(self, number: int, begins: bytes) -> bytes:
        """Return a page of that kind."""
        self._progress.check()
        self._file.seek(number * self.layout.size)
        page = self._file.read(self.layout.size)
        if len(page) < self.layout.size or not page.startswith(begins):
            raise Uncountable(f"page {number} is not what it should be: encrypted or damaged")
        return page

    def record(self, pointer: int) -> bytes:
        """Return the record that a pointer names: its page, and its number there."""
        page = self.page(pointer >> 8, _DATA)
        return _record(page, pointer & 0xFF, self.layout)

    def text(self, data: bytes) -> str:
        """Return a text as this version writes it."""
        if self.layout is _JET3:
            return data.decode("cp1252", "replace")
        if not data.startswith(_UNICODE):
            return data.decode("utf-16-le", "replace")
        return _expanded(data[len(_UNICODE) :]).decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    number: int
    variable: int
    fixed: int | None  # None: of variable length
    length: int


class Table:
    """One table, as its page describes it."""

    def __init__(self, pages: Pages, page: int) -> None:
        """Read the description. Raises Uncountable."""
        self.pages = pages
        self._at = pages.layout
        self._text = pages.page(page, _DESCRIPTION)  # its first page; `_columns` needs all
        self._number = page
        (self.rows,) = struct.unpack_from("<I", self._text, self._at.rows)

    def records(self, names: Sequence[str]) -> Iterator[list[bytes | None]]:
        """Yield these columns of every record; None where one is empty."""
        columns = self._columns()
        wanted = [columns[name] for name in names]
        for number in self._used_pages():
            for record in self._records_on(number):
                yield [_value(record, column, self._at) for column in wanted]

    def found(self) -> int:
        """Return how many records lie on its pages: `rows`, unless somebody is writing."""
        return sum(1 for number in self._used_pages() for _ in self._places_on(number))

    def _columns(self) -> dict[str, _Column]:
        at = self._at
        self._text = _description(self.pages, self._number)
        (count,) = struct.unpack_from("<H", self._text, at.columns)
        (indexes,) = struct.unpack_from("<I", self._text, at.indexes)
        first = at.head + indexes * at.index
        names = self._names(first + count * at.column, count)
        return {name: self._column(first + n * at.column) for n, name in enumerate(names)}

    def _column(self, start: int) -> _Column:
        at = self._at

        def number(offset: int) -> int:
            return int(struct.unpack_from("<H", self._text, start + offset)[0])

        fixed = self._text[start + at.flags] & _FIXED
        return _Column(
            number=number(at.number),
            variable=number(at.variable),
            fixed=number(at.fixed) if fixed else None,
            length=number(at.length),
        )

    def _names(self, position: int, count: int) -> Iterator[str]:
        for _ in range(count):
            length = int.from_bytes(self._text[position : position + self._at.name], "little")
            position += self._at.name
            data = self._text[position : position + length]
            yield data.decode("cp1252" if self._at is _JET3 else "utf-16-le", "replace")
            position += length

    def _used_pages(self) -> Iterator[int]:
        """Yield the pages with the table's records, from its map of used pages."""
        (pointer,) = struct.unpack_from("<I", self._text, self._at.used)
        record = self.pages.record(pointer)
        if record[:1] == b"\0":
            (first,) = struct.unpack_from("<I", record, 1)
            yield from _bits(record[5:], first)
        elif record[:1] == b"\1":
            for place, (number,) in enumerate(struct.iter_unpack("<I", record[1:69])):
                if number:
                    used = self.pages.page(number, _USED)[4:]
                    yield from _bits(used, place * len(used) * 8)
        else:
            raise Uncountable("a map of pages that is not known")

    def _records_on(self, number: int) -> Iterator[bytes]:
        for page, place, position in self._places_on(number):
            record = _record(page, place, self._at)
            if position & _MOVED:
                (pointer,) = struct.unpack_from("<I", record)
                record = self.pages.record(pointer)
            yield record

    def _places_on(self, number: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield the page with the place and the position, with its flags, of each record."""
        page = self.pages.page(number, _DATA)
        (owner,) = struct.unpack_from("<I", page, 4)
        if owner != self._number:
            return
        (count,) = struct.unpack_from("<H", page, self._at.records)
        positions = struct.unpack_from(f"<{count}H", page, self._at.records + 2)
        for place, position in enumerate(positions):
            if not position & _DELETED:
                yield page, place, position


def _description(pages: Pages, number: int) -> bytes:
    """Return a description, which may go on over several pages."""
    text = pages.page(number, _DESCRIPTION)
    (following,) = struct.unpack_from("<I", text, 4)
    for _ in range(_MOST_PAGES):
        if not following:
            return text
        page = pages.page(following, _DESCRIPTION)
        text += page[8:]
        (following,) = struct.unpack_from("<I", page, 4)
    raise Uncountable("a description without end")


def _record(page: bytes, place: int, at: _Layout) -> bytes:
    """Return a record; records fill a page from its end."""
    (position,) = struct.unpack_from("<H", page, at.records + 2 + 2 * place)
    end = at.size
    if place:
        (before,) = struct.unpack_from("<H", page, at.records + 2 * place)
        end = before & _OFFSET
    start = position & _OFFSET
    if start > end:
        raise Uncountable("a record without place")
    return page[start:end]


def _value(record: bytes, column: _Column, at: _Layout) -> bytes | None:
    """Return what a record has in a column; None when that is empty."""
    count = int.from_bytes(record[: at.count], "little")
    mask = (count + 7) // 8
    if column.number >= count:
        return None
    if not record[len(record) - mask + column.number // 8] >> column.number % 8 & 1:
        return None
    if column.fixed is not None:
        start = at.count + column.fixed
        return record[start : start + column.length]
    ends = (_ends3 if at is _JET3 else _ends4)(record, len(record) - mask)
    return record[ends[column.variable] : ends[column.variable + 1]]


def _ends4(record: bytes, end: int) -> list[int]:
    """Return where the columns of variable length begin, and where the last one ends."""
    (count,) = struct.unpack_from("<H", record, end - 2)
    return [struct.unpack_from("<H", record, end - 4 - 2 * n)[0] for n in range(count + 1)]


def _ends3(record: bytes, end: int) -> list[int]:
    """Return the same in Jet 3, which has one byte for each and a list of jumps over 256."""
    count = record[end - 1]
    jumps = (len(record) - 1) // 256
    last = end - 2 - jumps
    if (last - count) // 256 < jumps:
        jumps -= 1
    ends, used = [], 0
    for n in range(count + 1):
        while used < jumps and record[end - 2 - used] == n:
            used += 1
        ends.append(record[last - n] + 256 * used)
    return ends


def _bits(data: bytes, first: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set."""
    for place, byte in enumerate(data):
        for bit in range(8 if byte else 0):
            if byte >> bit & 1:
                yield first + place * 8 + bit


def _expanded(data: bytes) -> bytes:
    """Return a compressed text as UTF-16: a zero byte turns the compression off and on."""
    pieces = data.split(b"\0")
    return b"".join(
        piece if number % 2 else b"".join(bytes((byte, 0)) for byte in piece)
        for number, piece in enumerate(pieces)
    )
