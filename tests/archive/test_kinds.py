"""Every known way in which a zip lies, made here: each is refused for what it is.

tests/archive/test_hostile.py has the names, links and contradictions of single members; here are
the lies about the whole, about encryption, and the bombs. The collection of such files that other
projects gathered is tried too where it is at hand.
"""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive import needs_password, open_archive
from bewaar.archive.names import LOCKED, MANIFEST
from bewaar.archive.records import (
    CENTRAL,
    CENTRAL_SIGN,
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
    WINZIP,
)
from bewaar.errors import BackupDamaged, BackupHostile, BewaarError, NotABackup, PasswordNeeded
from tests.archive.books import CODE, PASSWORD, tree
from tests.archive.forge import BOOKS, CRC, OFFSET, PACKED, SIZE, Forge, encrypted, patched
from tests.archive.layout import Layout, Piece, stored, taken_apart

EVIL = Path(__file__).resolve().parents[3] / "shared" / "evilzips"
FILE = b"JANSEN/a.txt"
GOOD = Forge().closed()


def failure(data: bytes, to: Path, *, password: str | None = None) -> BewaarError:
    """Return why a file is refused by opening, proving and restoring; nothing comes out of it."""
    to.mkdir(exist_ok=True)
    found = []
    for verb in (_verify, _extract):
        with pytest.raises((BackupDamaged, BackupHostile, NotABackup)) as caught:
            verb(data, to, password)
        assert list(to.iterdir()) == []
        found.append(caught.value)
    assert found[0].code == found[1].code
    return found[0]


def _verify(data: bytes, to: Path, password: str | None) -> None:
    with open_archive(io.BytesIO(data), file="x.zip", password=password) as opened:
        opened.verify()


def _extract(data: bytes, to: Path, password: str | None) -> None:
    with open_archive(io.BytesIO(data), file="x.zip", password=password) as opened:
        opened.extract(to, code=CODE)


def reason(error: BewaarError) -> str:
    return str(error.params.get("reason") or error.params["detail"]).partition(":")[0]


def piece(layout: Layout, name: bytes = FILE) -> Piece:
    return next(each for each in layout.pieces if each.name == name)


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
    _extract(with_wide_end(), tmp_path, None)
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
    _extract(_streamed()[0].joined(), tmp_path, None)
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
        _verify(data, to, None)
    with pytest.raises((BackupDamaged, BackupHostile)):
        _extract(data, to, None)
    return caught.value


# ── Bombs ───────────────────────────────────────────────────────────────────────────────────


def test_a_member_that_quotes_the_next_one(tmp_path: Path) -> None:
    """The densest bombs: each member's data holds all those behind it, headers and all."""
    layout = taken_apart(GOOD)
    layout.pieces.insert(1, stored(b"JANSEN/quote", b""))
    data = layout.joined()
    behind = data.index(FILE) - LOCAL.size
    length = data.index(CENTRAL_SIGN) - behind
    for place, number in ((PACKED, length), (SIZE, length)):
        data = patched(data, "JANSEN/quote", place, "<I", number)
    assert reason(failure(data, tmp_path)) == "overlap"


def test_members_over_the_directory(tmp_path: Path) -> None:
    data = patched(GOOD, MANIFEST, PACKED, "<I", len(GOOD))
    assert reason(failure(data, tmp_path)) in {"overlap", "two sizes"}


def test_what_is_packed_within_a_file_stays_packed(tmp_path: Path) -> None:
    """A zip in a zip, an endless one too, is a file like any other."""
    inner = Forge({"bomb": zlib.compress(bytes(50 << 20))}).closed()
    books = {"inner.zip": Forge({"inner.zip": inner}).closed(), "again.zip": GOOD}
    _verify(Forge(books).closed(), tmp_path, None)
    _extract(Forge(books).closed(), tmp_path, None)
    assert tree(tmp_path) == books


ZEROS = """
import dataclasses, io, re, zlib
from pathlib import Path
from blake3 import blake3
from bewaar.archive import open_archive
from tests.archive.forge import Forge, manifest_of
from tests.archive.layout import stored, taken_apart

count, piece = 300, bytes(1 << 20)
packer, crc, digest = zlib.compressobj(9, zlib.DEFLATED, -15), 0, blake3()
body = b""
for _ in range(count):
    body, crc = body + packer.compress(piece), zlib.crc32(piece, crc)
    digest.update(piece)
manifest = manifest_of({"nothing": b""})
inside = manifest.administrations[0]
file = dataclasses.replace(inside.files[0], size=count << 20, blake3=digest.hexdigest())
content = dataclasses.replace(inside.content, size=count << 20)
inside = dataclasses.replace(inside, files=(file,), content=content)
layout = taken_apart(Forge({}, dataclasses.replace(manifest, administrations=(inside,))).closed())
zeros = stored(b"JANSEN/nothing", b"")
zeros.method, zeros.crc, zeros.size, zeros.body = 8, crc, count << 20, body + packer.flush()
layout.pieces.insert(1, zeros)
with open_archive(io.BytesIO(layout.joined()), file="x") as opened:
    assert opened.verify().size == count << 20
# Not what getrusage says: that still remembers the process this one was started from.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
def test_a_file_of_nothing_but_zeros_takes_no_memory(tmp_path: Path) -> None:
    """It packs to a thousandth; what comes out goes through in small pieces."""
    done = subprocess.run(
        [sys.executable, "-c", ZEROS],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert int(done.stdout) < 100, f"{done.stdout} MiB, with everything that Python itself needs"


def test_a_large_zip_that_is_not_ours_is_not_read(tmp_path: Path) -> None:
    """Not its hundred thousands of entries, and not what makes any of them wrong."""
    layout = Layout(pieces=[stored(b"../%d" % n, b"") for n in range(20_000)])
    data = layout.joined()
    assert len(data) > 1 << 20
    taken = Counted(data)
    with pytest.raises(NotABackup), open_archive(taken, file="x"):
        pass
    assert taken.count < 1 << 20
    # One that was ours, before its first bytes were lost, is still known for it.
    first = struct.pack("<I", 0x04034B51)
    layout.pieces.append(stored(MANIFEST.encode(), b"{}"))
    with (
        pytest.raises(NotABackup) as caught,
        open_archive(io.BytesIO(first + layout.joined()[4:]), file="x"),
    ):
        pass
    assert reason(caught.value) == "parent"


class Counted(io.BytesIO):
    """Counts the bytes that are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


# ── Encryption ──────────────────────────────────────────────────────────────────────────────


def _lock_changed(change: Callable[[bytes], bytes]) -> bytes:
    data = encrypted(GOOD)
    changed = change(data)
    assert changed != data
    return changed


def _strength(vendor: bytes) -> Callable[[bytes], bytes]:
    """Change the AES field in both headers."""
    field = struct.pack("<2HH2sBH", WINZIP, 7, 2, b"AE", 3, 0)
    assert len(vendor) == 7
    return lambda data: data.replace(field, field[:4] + vendor)


def _central(place: int, layout: str, value: int) -> Callable[[bytes], bytes]:
    return lambda data: patched(data, LOCKED, place, layout, value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_strength(struct.pack("<H2sBH", 1, b"AE", 3, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 1, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 2, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 4, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 3, 8)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"XX", 3, 0)), "kind of encryption"),
        (_central(CRC, "<I", 1), "two sizes"),
        (_central(SIZE, "<I", 5), "two sizes"),
        (_central(8, "<H", 0x800 | STREAMED), "method"),
        (_central(8, "<H", 0x800 | STREAMED | 1 | 0x40), "flags"),
        (_central(10, "<H", 0), "method"),
    ],
    ids=range(11),
)
def test_lies_about_the_encryption(
    tmp_path: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    assert reason(failure(_lock_changed(change), tmp_path, password=PASSWORD)) == why


def test_an_encrypted_backup_within_an_encrypted_one_is_none(tmp_path: Path) -> None:
    error = failure(encrypted(encrypted(GOOD)), tmp_path, password=PASSWORD)
    assert isinstance(error, BackupDamaged)
    assert reason(error) == "no manifest"


def test_without_the_password_an_encrypted_lie_is_not_looked_into(tmp_path: Path) -> None:
    with pytest.raises(PasswordNeeded):
        _verify(encrypted(b"anything"), tmp_path, None)


# ── What others gathered ────────────────────────────────────────────────────────────────────


SEEN_AS = {  # what each is refused for, by how its name starts
    "own__absolute": "absolute",
    "own__ads": "colon",
    "own__ae1_trunc": "no zip directory",
    "own__ae2_trunc": "no zip directory",
    "own__ae": "no manifest",
    "own__backslash": "backslash",
    "own__bomb_1000x": "no manifest",
    "own__case": "collision",
    "own__control": "control",
    "own__device": "device",
    "own__dirsymlink": "link",
    "own__drive": "colon",
    "own__dup": "duplicate",
    "own__filedir": "folder",
    "own__longname": "long",
    "own__many": "no manifest",
    "own__nfc_nfd": "collision",
    "own__overlap_full_500": "overlap",
    "own__relative": "parent",
    "own__reserved": "device",
    "own__setuid": "mode",
    "own__symlink": "link",
    "own__trailing": "trailing",
    "own__unc": "backslash",
    "yauzl__End_of_central": "no zip directory",
    "yauzl__Invalid_comment": "no zip directory",
    "yauzl__absolute_path_C": "colon",
    "yauzl__absolute_path_a": "absolute",
    "yauzl__compressed_uncompressed": "overlap",
    "yauzl__extra_field": "extra field",
    "yauzl__file_data_overflows": "overlap",
    "yauzl__invalid_central": "directory",
    "yauzl__invalid_characters": "backslash",
    "yauzl__invalid_code_lengths": "no manifest",
    "yauzl__invalid_local": "no manifest",
    "yauzl__invalid_relative": "parent",
    "yauzl__invalid_zip64": "ZIP64 directory",
    "yauzl__multi-disk": "several disks",
    "yauzl__not_enough_bytes": "ratio",
    "yauzl__strong_encryption": "flags",
    "yauzl__too_many_bytes": "no manifest",
    "yauzl__too_many_length": "no manifest",
    "yauzl__unexpected_EOF": "ZIP64 field",
    "yauzl__unsupported_compression": "method",
    "yauzl__wrong-entry-sizes": "ratio",
    "yauzl__zip64_extended": "extra field",
}


def _gathered() -> list[Path]:
    return sorted(EVIL.glob("*.zip"))


@pytest.mark.skipif(not _gathered(), reason="the collection of evil zips is not here")
@pytest.mark.timeout(20)
@pytest.mark.parametrize("file", _gathered(), ids=lambda file: file.stem[:40])
def test_evil_zips_that_others_gathered(tmp_path: Path, file: Path) -> None:
    """None of them is a backup, and each is known for what it is."""
    data = file.read_bytes()
    why = next(why for start, why in SEEN_AS.items() if file.name.startswith(start))
    for password in (None, "pw"):
        error = failure(data, tmp_path, password=password)
        assert isinstance(error, NotABackup)
        assert reason(error) == why
    with pytest.raises(NotABackup):
        needs_password(io.BytesIO(data), file="x")
