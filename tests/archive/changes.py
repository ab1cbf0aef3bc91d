"""Changes to a backup: some to its bytes, some so that its sums and sizes fit again.

A change that leaves everything consistent gets past the first checks, to those behind them.
"""

import json
import re
import struct
from collections.abc import Callable
from random import Random

from blake3 import blake3

from bewaar.archive.names import MANIFEST
from bewaar.archive.records import CENTRAL_SIGN, END_SIGN, LOCAL_SIGN, STREAMED
from tests.archive.layout import Layout, Piece, stored, taken_apart

NAMES = (
    "../evil",
    "/evil",
    "JANSEN/../../evil",
    "JANSEN//evil",
    "",
    "JANSEN/",
    "JANSEN/a.txt",
    "JANSEN/A.TXT",
    "JANSEN/a.txt/b",
    "jansen/a.txt",
    "JANSEN/CON",
    "JANSEN/x.",
    "JANSEN/x:y",
    "JANSEN\\x",
    "C:/x",
    "JANSEN/\0",
    "JANSEN/caf\u00e9",
    "JANSEN/cafe\u0301",
    "JANSEN/\u202etxt",
    "README.TXT",
    "backup.zip",
    MANIFEST,
    "x" * 300,
    "JANSEN/" + "y/" * 200,
)
NUMBERS = (0, 1, 8, 99, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 1.5, float("nan"), float("inf")),
    *("", "x", "\0", "\x1b[2J", "a" * 3000, "../x", "/x", "\ud800", "0" * 64, "é"),
    *([], {}, [[]], {"a": 1}, ["x"], "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
)
SIGNS = (LOCAL_SIGN, CENTRAL_SIGN, END_SIGN, b"PK\7\x08", b"PK\6\6", b"PK\6\7")


# ── Bytes ───────────────────────────────────────────────────────────────────────────────────


def flip(data: bytes, r: Random) -> bytes:
    place = r.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << r.randrange(8)]) + data[place + 1 :]


def set_number(data: bytes, r: Random) -> bytes:
    width = r.choice((1, 2, 4, 8))
    place = r.randrange(len(data))
    number = (r.choice(NUMBERS) + r.randrange(-2, 3)) % (1 << 8 * width)
    return data[:place] + number.to_bytes(width, "little") + data[place + width :]


def remove(data: bytes, r: Random) -> bytes:
    start, end = _stretch(data, r)
    return data[:start] + data[end:]


def insert(data: bytes, r: Random) -> bytes:
    place = r.randrange(len(data) + 1)
    length = r.choice((1, 2, 4, 16, 22, 46, 300))
    more = r.choice((bytes(length), r.randbytes(length), r.choice(SIGNS)))
    return data[:place] + more + data[place:]


def double(data: bytes, r: Random) -> bytes:
    start, end = _stretch(data, r)
    return data[:end] + data[start:]


def swap(data: bytes, r: Random) -> bytes:
    a, b, c, d = sorted(r.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def blank(data: bytes, r: Random) -> bytes:
    start, end = _stretch(data, r)
    return data[:start] + bytes(end - start) + data[end:]


def cut(data: bytes, r: Random) -> bytes:
    return data[: r.randrange(len(data))]


def set_in_record(data: bytes, r: Random) -> bytes:
    """Change a field of some record and of nothing else."""
    sign = r.choice((LOCAL_SIGN, CENTRAL_SIGN, END_SIGN, b"PK\7\x08"))
    places = [found.start() for found in re.finditer(re.escape(sign), data[:-50])]
    if not places:
        return flip(data, r)
    place = r.choice(places) + r.randrange(4, 46, 2)
    return data[:place] + r.choice(NUMBERS).to_bytes(4, "little")[:2] + data[place + 2 :]


def _stretch(data: bytes, r: Random) -> tuple[int, int]:
    start = r.randrange(len(data))
    return start, min(len(data), start + r.choice((1, 2, 4, 30, 100, 1000)))


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(flip, set_number, remove, insert, double, swap, blank, cut, set_in_record),
)


# ── Whole members ───────────────────────────────────────────────────────────────────────────


def other_content(layout: Layout, r: Random) -> None:
    piece = r.choice(layout.pieces)
    piece.fill(_other(piece.content, r))


def other_content_as_told(layout: Layout, r: Random) -> None:
    """Change a file and what the manifest tells of it: a backup of other books."""
    piece = r.choice(layout.pieces)
    piece.fill(_other(piece.content, r))
    told = _manifest(layout)
    for inside in _list(told, "administrations"):
        for file in _list(inside, "files"):
            path = file.get("path")
            if f"{inside.get('code')}/{path}".encode(errors="replace") == piece.name:
                file["blake3"] = blake3(piece.content).hexdigest()
                file["size"] = piece.size
        sizes = [file.get("size") for file in _list(inside, "files")]
        inside["size"] = sum(size for size in sizes if isinstance(size, int))
    _tell(layout, told)


def other_body(layout: Layout, r: Random) -> None:
    """Change the packed bytes, which then unpack to something else or to nothing."""
    piece = r.choice(layout.pieces)
    piece.body = _other(piece.body, r)


def other_name(layout: Layout, r: Random) -> None:
    r.choice(layout.pieces).name = r.choice(NAMES).encode()


def other_flags(layout: Layout, r: Random) -> None:
    r.choice(layout.pieces).flags ^= r.choice((1, STREAMED, 0x800, 0x40, 0x20, 0x2000))


def other_method(layout: Layout, r: Random) -> None:
    r.choice(layout.pieces).method = r.choice((0, 8, 9, 12, 14, 93, 95, 99))


def other_rights(layout: Layout, r: Random) -> None:
    mode = r.choice((0o120777, 0o060644, 0o010644, 0o104755, 0o40755, 0))
    r.choice(layout.pieces).outside = mode << 16


def other_size(layout: Layout, r: Random) -> None:
    piece = r.choice(layout.pieces)
    piece.size = (piece.size + r.choice((-1, 1, 1 << 20, 1 << 30))) % (1 << 32)


def other_sum(layout: Layout, r: Random) -> None:
    r.choice(layout.pieces).crc ^= 1 << r.randrange(32)


def extra_field(layout: Layout, r: Random) -> None:
    piece, length = r.choice(layout.pieces), r.choice((0, 2, 8, 16, 24))
    number = r.choice((1, 0x5455, 0x9901, 0x7742, 0x7075, 0xCAFE))
    more = struct.pack("<2H", number, length) + r.randbytes(max(0, length - r.randrange(2)))
    if r.random() < 0.7:
        piece.near += more
    if r.random() < 0.7:
        piece.far += more


def one_more(layout: Layout, r: Random) -> None:
    layout.pieces.insert(
        r.randrange(len(layout.pieces) + 1), stored(r.choice(NAMES).encode(), b"more")
    )


def one_less(layout: Layout, r: Random) -> None:
    if len(layout.pieces) > 1:
        layout.pieces.remove(r.choice(layout.pieces))


def two_swapped(layout: Layout, r: Random) -> None:
    """Swap two members' content, names and all, or only their bodies."""
    a, b = r.choice(layout.pieces), r.choice(layout.pieces)
    if r.random() < 0.5:
        a.name, b.name = b.name, a.name
    else:
        first, second = a.content, b.content
        a.fill(second)
        b.fill(first)


def shuffled(layout: Layout, r: Random) -> None:
    r.shuffle(layout.pieces)


def junk(layout: Layout, r: Random) -> None:
    if r.random() < 0.5:
        r.choice(layout.pieces).behind = r.randbytes(4)
    else:
        layout.comment = r.choice((b"x", END_SIGN + bytes(18), layout.joined()[-22:]))


def other_manifest(layout: Layout, r: Random) -> None:
    """Replace, add, remove or double some value anywhere in the manifest."""
    told: object = _manifest(layout)
    place = told
    while isinstance(place, dict | list) and place and r.random() < 0.85:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = r.choice(keys)
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or r.random() < 0.2:
            _change_value(place, key, r)
            break
        place = inner
    _tell(layout, told)


def _change_value(place: dict[object, object] | list[object], key: object, r: Random) -> None:
    if isinstance(place, list):
        assert isinstance(key, int)
        r.choice(
            (
                lambda: place.__setitem__(key, r.choice(VALUES)),
                lambda: place.pop(key),
                lambda: place.append(place[key]),
            )
        )()
    elif r.random() < 0.8:
        place[key] = r.choice((*VALUES, *NAMES))
    else:
        place[r.choice(NAMES)] = place.pop(key)


MEMBERS: tuple[Callable[[Layout, Random], None], ...] = (
    *(other_content, other_content_as_told, other_body, other_name, other_flags, other_method),
    *(other_rights, other_size, other_sum, extra_field, one_more, one_less, two_swapped),
    *(shuffled, junk, other_manifest, other_manifest),
)


def _other(data: bytes, r: Random) -> bytes:
    return r.choice(BYTES)(data, r) if data else b"x"


def _manifest(layout: Layout) -> dict[str, object]:
    try:
        told = json.loads(_manifest_piece(layout).content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _tell(layout: Layout, told: object) -> None:
    text = json.dumps(told, ensure_ascii=False)
    _manifest_piece(layout).fill(text.encode("utf-8", "backslashreplace"))


def _manifest_piece(layout: Layout) -> Piece:
    named = [piece for piece in layout.pieces if piece.name == MANIFEST.encode()]
    return named[-1] if named else layout.pieces[-1]


def _list(values: dict[str, object], name: str) -> list[dict[str, object]]:
    found = values.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


# ── All of them ─────────────────────────────────────────────────────────────────────────────


def changed(data: bytes, r: Random, *, other: bytes = b"") -> bytes:
    """Return a backup that something happened to; `other` is one it may be spliced with."""
    if other and r.random() < 0.05:
        return data[: r.randrange(len(data) + 1)] + other[r.randrange(len(other) + 1) :]
    if r.random() < 0.6:
        data = consistently_changed(data, r)
    for _ in range(r.choice((0, 1, 1, 2, 5))):
        data = r.choice(BYTES)(data or b"PK", r)
    return data


def consistently_changed(data: bytes, r: Random) -> bytes:
    """Change members and put the zip together again; what is no zip stays as it is."""
    try:
        layout = taken_apart(data)
    except ValueError:
        return data
    try:
        for _ in range(r.choice((1, 1, 2, 3))):
            if layout.pieces:
                r.choice(MEMBERS)(layout, r)
        return layout.joined()
    except struct.error:  # a number that has no room in its field
        return data
