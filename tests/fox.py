"""Tables of Visual FoxPro for tests: with memos, indexes and the container that lists them."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

INDEX, MEMO, CONTAINER = 1, 2, 4  # flags
_LINK = 263  # bytes for a container's name
_BLOCK = 64  # bytes of a memo's block
_FIRST = 512  # bytes before the first memo

Column = tuple[str, bytes, int]  # name, kind, bytes
_OWN: tuple[Column, ...] = (("NR", b"N", 8), ("NAAM", b"C", 30), ("NOTITIE", b"M", 4))
_LISTING: tuple[Column, ...] = (
    *(("OBJECTID", b"I", 4), ("PARENTID", b"I", 4), ("OBJECTTYPE", b"C", 10)),
    *(("OBJECTNAME", b"C", 128), ("PROPERTY", b"M", 4), ("CODE", b"M", 4)),
    *(("RIINFO", b"C", 6), ("USER", b"M", 4)),
)


def fox_books(
    folder: Path,
    tables: Mapping[str, int] | None = None,
    *,
    called: Mapping[str, str] | None = None,
) -> Path:
    """Write tables with so many rows, and BOEKEN.DBC which lists them.

    `called`: names by which the container knows files that are called otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = tables or {"KLANTEN": 60, "BOEKINGEN": 120}
    for name, count in names.items():
        fox_table(folder / f"{name}.DBF", count, container="BOEKEN.DBC")
    files = {(called or {}).get(name, name.lower()): f"{name.lower()}.dbf" for name in names}
    memos = [_property(file) for file in files.values()]
    pointers = memo_file(folder / "BOEKEN.DCT", memos)
    rows = [
        b" "
        + struct.pack("<II", number, 1)
        + b"Table".ljust(10)
        + name.encode("cp1252").ljust(128)
        + struct.pack("<II", pointer, 0)
        + bytes(6)
        + bytes(4)
        for number, (name, pointer) in enumerate(zip(files, pointers, strict=True), 2)
    ]
    _table(folder / "BOEKEN.DBC", _LISTING, rows, flags=INDEX | MEMO | CONTAINER)
    (folder / "BOEKEN.DCX").write_bytes(bytes(1024))
    return folder


def fox_table(
    file: Path, rows: int, *, container: str = "", deleted: Sequence[int] = (), beside: bool = True
) -> Path:
    """Write a table with so many rows, some of them deleted, its memos and its indexes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pointers = [0] * rows
    if beside:
        memos = [f"notitie {number} é".encode("cp1252") for number in range(rows)]
        pointers = memo_file(file.with_suffix(".FPT"), memos)
        file.with_suffix(".CDX").write_bytes(bytes(1024) + f"index of {rows}".encode())
    written = [
        fox_row(number, pointer, deleted=number in deleted)
        for number, pointer in enumerate(pointers)
    ]
    _table(file, _OWN, written, flags=INDEX | MEMO, container=container)
    return file


def fox_row(number: int, memo: int = 0, *, deleted: bool = False) -> bytes:
    """Return a row of such a table."""
    text = f"{number:8}".encode() + f"klant {number} é".encode("cp1252").ljust(30)
    return (b"*" if deleted else b" ") + text + struct.pack("<I", memo)


def memo_file(file: Path, memos: Sequence[bytes]) -> list[int]:
    """Write a file of memos, and return where each lies."""
    body, pointers = bytearray(_FIRST), []
    for memo in memos:
        pointers.append(len(body) // _BLOCK)
        body += struct.pack(">II", 1, len(memo)) + memo
        body += bytes(-len(body) % _BLOCK)
    struct.pack_into(">I2xH", body, 0, len(body) // _BLOCK, _BLOCK)
    file.write_bytes(bytes(body))
    return pointers


def _property(file: str) -> bytes:
    """Return what a container keeps of a table: among others, as 1, its file."""
    value = file.encode() + b"\0"
    return struct.pack("<IHB", 7 + len(value), 1, 1) + value


def _table(
    file: Path, columns: Sequence[Column], rows: Iterable[bytes], *, flags: int, container: str = ""
) -> None:
    body = [*rows]
    width = 1 + sum(width for _, _, width in columns)
    length = 32 + 32 * len(columns) + 1 + _LINK
    head = struct.pack("<4BIHH16xBxxx", 0x30, 26, 11, 20, len(body), length, width, flags)
    at = 1
    for name, kind, size in columns:
        head += struct.pack("<11scIB15x", name.encode(), kind, at, size)
        at += size
    link = container.encode().ljust(_LINK, b"\0")
    file.write_bytes(head + b"\r" + link + b"".join(body) + b"\x1a")
