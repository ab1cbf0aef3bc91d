"""Databases of Microsoft Access for tests: written page by page, small, and readable by mdbtools.

Only what reading rows needs is in them: a header, the table of objects, and tables with one number
and one text. Layouts as mdbtools and Jackcess document them (of Jet 4 and ACE).
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = 4096
UNENCRYPTED = bytes.fromhex("fb8abc4e")  # at KEY
KEY = 62

_LONG, _INTEGER, _TEXT, _OLE = 4, 3, 10, 11  # kinds of columns
_WIDTH = {_LONG: 4, _INTEGER: 2}
_OBJECTS = (
    *(("Id", _LONG), ("ParentId", _LONG), ("Name", _TEXT), ("Type", _INTEGER)),
    *(("Flags", _LONG), ("LvProp", _OLE)),
)
_OWN = (("Nr", _LONG), ("Omschrijving", _TEXT))
_SYSTEM = -0x80000000

Column = tuple[str, int]
Value = int | str | None


def access_book(
    file: Path, tables: Mapping[str, int] | None = None, *, sign: str = "Jet", text: str = "boeking"
) -> Path:
    """Write a database with so many rows in each table; `sign` is "Jet" (.mdb) or "ACE"."""
    rows = {
        name: [(number, f"{text} {number} é") for number in range(count)]
        for name, count in (tables or {"Boekingen": 120, "Relaties": 7}).items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(_pages(rows, sign)))
    return file


def _pages(tables: Mapping[str, Sequence[tuple[Value, ...]]], sign: str) -> list[bytes]:
    objects: list[tuple[Value, ...]] = [(2, 0, "MSysObjects", 1, _SYSTEM, None)]
    bodies, first = [], 4
    for name, rows in tables.items():
        objects.append((first, 0, name, 1, 0, None))
        bodies.append((first, rows, _data(first, _OWN, rows)))
        first += 1 + len(bodies[-1][2])
    catalogue = _data(2, _OBJECTS, objects)
    assert len(catalogue) == 1
    owned = [(3, 1), *((first + 1, len(data)) for first, _, data in bodies)]
    pages = [_header(sign), _page(0, [_map(*each) for each in owned])]
    pages += [_description(_OBJECTS, len(objects), 0), *catalogue]
    for number, (_, rows, data) in enumerate(bodies, 1):
        pages += [_description(_OWN, len(rows), number), *data]
    return pages


def _header(sign: str) -> bytes:
    head = b"\0\1\0\0" + f"Standard {sign} DB\0".encode() + struct.pack("<I", 1 + (sign == "ACE"))
    return (head.ljust(KEY, b"\0") + UNENCRYPTED).ljust(PAGE, b"\0")


def _map(first: int, count: int) -> bytes:
    """Return a map of used pages: the first, and a bit for each from there."""
    return b"\0" + struct.pack("<I", first) + ((1 << count) - 1).to_bytes(64, "little")


def _description(columns: Sequence[Column], rows: int, used: int) -> bytes:
    variable = [name for name, kind in columns if kind not in _WIDTH]
    head = bytearray(63)
    head[:2] = b"\2\1"
    struct.pack_into("<I", head, 16, rows)
    struct.pack_into("<BHHHII", head, 40, 0x4E, len(columns), len(variable), len(columns), 0, 0)
    struct.pack_into("<II", head, 55, 1 << 8 | used, 1 << 8 | used)
    body, fixed = b"", 0
    for number, (name, kind) in enumerate(columns):
        width, at = _WIDTH.get(kind, 0), variable.index(name) if name in variable else 0
        flags = 1 if width else 0
        column = struct.pack("<B4xHHH4xBB4xHH", kind, number, at, number, flags, 0, fixed, width)
        body += column if width else column[:-2] + struct.pack("<H", 510)
        fixed += width
    names = [name.encode("utf-16-le") for name, _ in columns]
    text = head + body + b"".join(struct.pack("<H", len(each)) + each for each in names)
    struct.pack_into("<I", text, 8, len(text))
    return bytes(text.ljust(PAGE, b"\0"))


def _data(owner: int, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]]) -> list[bytes]:
    """Return the pages with the records of a table, as many on each as there is room for."""
    pages: list[bytes] = []
    waiting: list[bytes] = []
    for row in rows:
        record = _record(columns, row)
        if 14 + 2 * len(waiting) + sum(map(len, waiting)) + len(record) + 2 > PAGE:
            pages.append(_page(owner, waiting))
            waiting = []
        waiting.append(record)
    return [*pages, _page(owner, waiting)]


def _page(owner: int, records: Sequence[bytes]) -> bytes:
    positions, end = [], PAGE
    for record in records:
        end -= len(record)
        positions.append(end)
    free = end - 14 - 2 * len(records)
    head = struct.pack("<2sHI4xH", b"\1\1", free, owner, len(records))
    head += struct.pack(f"<{len(records)}H", *positions)
    return head.ljust(end, b"\0") + b"".join(reversed(records))


def _record(columns: Sequence[Column], row: Sequence[Value]) -> bytes:
    fixed, variable, mask = b"", [], 0
    for number, ((_, kind), value) in enumerate(zip(columns, row, strict=True)):
        mask |= (value is not None) << number
        if isinstance(value, int):
            fixed += value.to_bytes(_WIDTH[kind], "little", signed=True)
        else:
            variable.append((value or "").encode("utf-16-le"))
    data, ends = struct.pack("<H", len(columns)) + fixed, []
    for each in variable:
        ends.append(len(data))
        data += each
    ends.append(len(data))
    data += struct.pack(f"<{len(ends)}H", *reversed(ends)) + struct.pack("<H", len(variable))
    return data + mask.to_bytes((len(columns) + 7) // 8, "little")
