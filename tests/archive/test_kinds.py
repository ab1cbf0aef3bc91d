"""A zip whose records lie about each other is refused for exactly that."""

import struct
import zlib
from pathlib import Path

import pytest

from bewaar.archive.records import (
    CENTRAL,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_SIGN,
    END,
    END64,
    END64_SIGN,
    FULL32,
    LOCAL,
    LOCATOR,
    LOCATOR_SIGN,
    STREAMED,
)
from bewaar.errors import BackupDamaged, BackupHostile, BewaarError
from tests.archive.books import tree
from tests.archive.forge import BOOKS, CRC, OFFSET, PACKED, SIZE, patched
from tests.archive.layout import Layout, Piece, stored, taken_apart
from tests.archive.refusing import FILE, GOOD, failure, piece, prove, reason, take_out

# ── The end of the directory ────────────────────────────────────────────────────────────────


def with_wide_end(**lies: int) -> bytes:
    """Return a good backup with a ZIP64 ending, in which some numbers are others."""
    narrow = END.unpack(GOOD[-END.size :])
    count, size, start = narrow[4], narrow[5], narrow[6]
    place = len(GOOD) - END.size
    told = {"disk": 0, "of": 0, "count": count, "total": count, "size": size, "start": start}
    told |= {"length": END64.size - 12, "place": place, "disks": 1, "sign": 0} | lies
    names = ("disk", "of", "count", "total", "size", "start")
    sign = b"PK\6\x00" if told["sign"] else END64_SIGN
    wide = END64.pack(sign, told["length"], 45, 45, *(told[name] for name in names))
    locator = LOCATOR.pack(LOCATOR_SIGN, 0, told["place"], told["disks"])
    return GOOD[:place] + wide + locator + GOOD[place:]


def test_a_true_wide_end_is_fine(tmp_path: Path) -> None:
    take_out(with_wide_end(), tmp_path, None)
    assert tree(tmp_path) == BOOKS


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"count": 99, "total": 99}, "two directories"),
        ({"count": 3}, "ZIP64 directory"),
        ({"size": 1}, "two directories"),
        ({"start": 1 << 62}, "two directories"),
        ({"place": 0}, "ZIP64 directory"),
        ({"length": 1 << 63}, "ZIP64 directory"),
        ({"sign": 1}, "ZIP64 directory"),
        ({"disk": 1}, "several disks"),
        ({"of": 1}, "several disks"),
        ({"disks": 2}, "several disks"),
    ],
    ids=str,
)
def test_lies_in_the_wide_end(tmp_path: Path, lie: dict[str, int], why: str) -> None:
    assert reason(failure(with_wide_end(**lie), tmp_path)) == why


def _with_end(**lies: int) -> bytes:
    names = ("disk", "of", "here", "count", "size", "start", "comment")
    told = dict(zip(names, END.unpack(GOOD[-END.size :])[1:], strict=True)) | lies
    return GOOD[: -END.size] + END.pack(GOOD[-END.size :][:4], *told.values())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_with_end(disk=1), "several disks"),
        (_with_end(of=1), "several disks"),
        (_with_end(here=1), "several disks"),
        (_with_end(here=0xFFFF, count=0xFFFF), "number of entries"),
        (_with_end(here=0, count=0), "directory"),
        (_with_end(start=0), "something around the directory"),
        (_with_end(size=FULL32, start=FULL32), "something around the directory"),
        (_with_end(comment=1), "no zip directory"),
        (GOOD[:-2] + b"\x16\0" + GOOD[-END.size :], "something around the directory"),
        (GOOD + b"\0", "no zip directory"),
        (b"MZ" + GOOD, "something around the directory"),
        (GOOD + GOOD, "something around the directory"),
        (GOOD[: -END.size] + b"junk" + GOOD[-END.size :], "something around the directory"),
        (GOOD[: -END.size - 1], "no zip directory"),
    ],
    ids=range(14),
)
def test_lies_at_the_end_of_the_file(tmp_path: Path, data: bytes, why: str) -> None:
    assert reason(failure(data, tmp_path)) == why


def test_a_comment_that_holds_another_end_shows_no_other_directory(tmp_path: Path) -> None:
    """Some programs take the last end, some the first: they would show different files."""
    layout = taken_apart(GOOD)
    other = Layout(pieces=[stored(b"other.txt", b"other")]).joined()
    layout.comment = other + bytes(10)
    assert reason(failure(layout.joined(), tmp_path)) == "no zip directory"
    layout.comment = other
    assert reason(failure(layout.joined(), tmp_path)) == "something around the directory"


# ── Two headers and a descriptor ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "layout", "value", "why"),
    [
        (8, "<H", 0x800 | STREAMED, {"two headers"}),
        (10, "<H", 0, {"two sizes"}),
        (12, "<H", 77, {"two headers"}),
        (14, "<H", 77, {"two headers"}),
        (CRC, "<I", 77, {"two sizes"}),
        (PACKED, "<I", 1, {"two sizes", "ratio"}),
        (PACKED, "<I", FULL32, {"ZIP64 field"}),
        (SIZE, "<I", 1, {"two sizes"}),
        (SIZE, "<I", FULL32 - 1, {"ratio"}),
        (34, "<H", 1, {"flags"}),
        (OFFSET, "<I", FULL32, {"ZIP64 field"}),
        (OFFSET, "<I", 1, {"two headers", "overlap", "something between entries"}),
        (32, "<H", 1, {"directory"}),
        (30, "<H", 9999, {"directory"}),
        (28, "<H", 9999, {"directory"}),
    ],
)
def test_a_directory_that_tells_other_than_the_header(
    tmp_path: Path, place: int, layout: str, value: int, why: set[str]
) -> None:
    data = patched(GOOD, FILE.decode(), place, layout, value)
    assert reason(failure(data, tmp_path)) in why


@pytest.mark.parametrize("number", [0x7075, 0x6375, 0x000D, 0x756E, 0x0017, 0x9901, 0x7742])
@pytest.mark.parametrize("where", ["near", "far"])
def test_fields_by_which_other_programs_see_another_file(
    tmp_path: Path, number: int, where: str
) -> None:
    layout = taken_apart(GOOD)
    more = struct.pack("<2H", number, 9) + b"\x01\0\0\0\0evil"
    setattr(piece(layout), where, getattr(piece(layout), where) + more)
    assert reason(failure(layout.joined(), tmp_path)) == "extra field"


@pytest.mark.parametrize(
    "field",
    [b"\x01", b"UT\xff\xff", b"UT\x01\0\0UT\x01\0\0", b"\x01\0\x08\0" + bytes(8), b"UT\0\0\x01"],
    ids=["half a head", "too long", "twice", "sizes nobody asked for", "more than fields"],
)
def test_extra_fields_that_do_not_add_up(tmp_path: Path, field: bytes) -> None:
    layout = taken_apart(GOOD)
    piece(layout).near = piece(layout).far = field
    assert reason(failure(layout.joined(), tmp_path)) in {"extra field", "ZIP64 field"}


def _streamed() -> tuple[Layout, Piece]:
    layout = taken_apart(GOOD)
    found = piece(layout)
    found.flags |= STREAMED
    return layout, found


def test_a_true_descriptor_is_fine(tmp_path: Path) -> None:
    take_out(_streamed()[0].joined(), tmp_path, None)
    assert tree(tmp_path) == BOOKS


@pytest.mark.parametrize(
    "lie", ["sum", "packed", "size", "no sign", "none", "wide", "twice", "also before"]
)
def test_lies_in_the_descriptor(tmp_path: Path, lie: str) -> None:
    layout, found = _streamed()
    data = layout.joined()
    numbers = (found.crc, len(found.body), found.size)
    true = DESCRIPTOR.pack(DESCRIPTOR_SIGN, *numbers)
    other = {
        "sum": DESCRIPTOR.pack(DESCRIPTOR_SIGN, numbers[0] ^ 1, *numbers[1:]),
        "packed": DESCRIPTOR.pack(DESCRIPTOR_SIGN, numbers[0], numbers[1] + 1, numbers[2]),
        "size": DESCRIPTOR.pack(DESCRIPTOR_SIGN, *numbers[:2], numbers[2] - 1),
        "no sign": true[4:],
        "none": b"",
        "wide": DESCRIPTOR64.pack(DESCRIPTOR_SIGN, *numbers),
        "twice": true + true,
        "also before": true,
    }[lie]
    assert data.count(true) == 1
    if lie == "also before":
        head = data.index(FILE) - LOCAL.size
        data = data[: head + 14] + struct.pack("<3I", *numbers) + data[head + 26 :]
    elif len(other) == len(true):
        data = data.replace(true, other)
    else:
        found.flags &= ~STREAMED
        found.behind = other
        data = layout.joined()
        head = data.index(FILE) - LOCAL.size
        for place in (head + 6, data.rindex(FILE) - CENTRAL.size + 8):
            data = data[:place] + struct.pack("<H", 0x800 | STREAMED) + data[place + 2 :]
        data = data[: head + 14] + bytes(12) + data[head + 26 :]
    why = {"two sizes", "something between entries", "overlap"}
    assert reason(failure(data, tmp_path)) in why


# ── Bodies ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\x07", "deflate stream"),
        (b"\x05\xe0\xff\xff\xff\xff", "deflate stream"),
        (b"\xed\xbd\x07\x60\x1c\x49", "end of the deflate stream"),
        (b"\x03\x02", "deflate stream"),
        (b"\x00\x05\x00\x00\x00hello", "deflate stream"),
        (b"", "end of the deflate stream"),
        (zlib.compress(b"a" * 500, wbits=-15) + b"more", "end of the deflate stream"),
        (zlib.compress(b"a" * 499, wbits=-15), "content size"),
        (zlib.compress(b"a" * 501, wbits=-15), "content size"),
        (zlib.compress(b"a" * 500, wbits=15), "deflate stream"),
        (zlib.compress(b"b" * 500, wbits=-15), "checksum"),
    ],
    ids=range(11),
)
def test_bodies_that_do_not_unpack_to_what_was_told(tmp_path: Path, body: bytes, why: str) -> None:
    layout = taken_apart(GOOD)
    piece(layout).body = body
    assert piece(layout).method == 8
    error = _proof_failure(layout.joined(), tmp_path)
    assert reason(error) in {why, "end of the deflate stream", "ratio"}


def _proof_failure(data: bytes, to: Path) -> BewaarError:
    """Like `failure`; found while unpacking, it leaves files that are worth nothing."""
    with pytest.raises((BackupDamaged, BackupHostile)) as caught:
        prove(data, to, None)
    with pytest.raises((BackupDamaged, BackupHostile)):
        take_out(data, to, None)
    return caught.value
