"""What a zip says it holds, read strictly before anything in it is touched.

Every record has to agree with every other one, and members have to lie side by side from the
first byte to the last. What other zip programs forgive (two entries for the same bytes, a second
name, something before or behind) is how a file shows one thing and unpacks another.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bewaar.archive import names
from bewaar.archive.records import (
    AES,
    CENTRAL,
    CENTRAL_SIGN,
    DEFLATED,
    ENCRYPTED,
    END,
    END64,
    END64_SIGN,
    END_SIGN,
    FULL16,
    FULL32,
    LOCAL,
    LOCATOR,
    LOCATOR_SIGN,
    STORED,
    STREAMED,
    TIMES,
    USUAL_FILE,
    UTF8,
    ZIP64,
)
from bewaar.archive.sources import Source

MOST_MEMBERS = 2_000_000
_MOST_FOLDERS = 4 * MOST_MEMBERS  # counted once for each member below them
_LARGEST_DIRECTORY = 256 << 20  # bytes
_DENSEST = 1032  # deflate cannot make more of one byte
_PLAIN = (STORED, DEFLATED)
_TIMES_ALONE = struct.pack("<2H", TIMES, 5)  # how nearly all extra fields begin
_TIMES_SIZE = 9
_KINDS = {0o120000: "link", 0o060000: "device", 0o020000: "device", 0o010000: "device"}


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a zip, as its central directory describes it.

    There may be 70,000 of them in memory, so it holds only small things.
    """

    offset: int  # of its local header
    name: str
    flags: int
    method: int
    stamp: int  # time, and date in the upper half
    crc: int
    packed: int
    size: int
    fields: bytes  # its extra fields as they stand there
    end: int  # where the next thing has to start

    @property
    def extra(self) -> dict[int, bytes]:
        """What stands in its extra fields."""
        return _split(self.fields) or {}

    @property
    def folder(self) -> bool:
        """Whether it is only the name of an empty folder."""
        return self.name.endswith("/")

    @property
    def span(self) -> int:
        """How many bytes it takes, with all that stands around its data."""
        return self.end - self.offset


_Entry = tuple[int, str, int, int, int, int, int, int, bytes]  # a member but for its end


# ── The central directory ───────────────────────────────────────────────────────────────────


def members(source: Source) -> dict[str, Member]:
    """Return the members by name, in the order of their bytes. Raises BackupDamaged, …Hostile."""
    count, start, size = _ending(source)
    if count > MOST_MEMBERS or size > _LARGEST_DIRECTORY or count * CENTRAL.size > size:
        raise source.damaged("number of entries")
    data = source.read(start, size)
    if data.count(b"/") > _MOST_FOLDERS:
        raise source.damaged("number of folders")
    entries = sorted(_entries(source, data, count))
    if not entries or entries[0][0]:
        raise source.damaged("something before the first entry")
    ends = [entry[0] for entry in entries[1:]] + [start]
    placed = [Member(*entry, end) for entry, end in zip(entries, ends, strict=True)]
    for member in placed:
        _check_room(source, member)
    _check_names(source, placed)
    return {member.name: member for member in placed}


def told(source: Source) -> int:
    """Return how many members a file says it has. Raises BackupDamaged."""
    return _ending(source)[0]


def _ending(source: Source) -> tuple[int, int, int]:
    """Return number of entries, start and size of the directory, which ends where it must."""
    place = source.size - END.size
    if place < 0:
        raise source.damaged("no zip directory")
    sign, *disks, count, size, start, comment = END.unpack(source.read(place, END.size))
    if sign != END_SIGN or comment:
        raise source.damaged("no zip directory")
    if disks != [0, 0, count]:
        raise source.damaged("several disks")
    wide = _wide_ending(source, place)
    if wide:
        narrow, place = (count, start, size), wide[0]
        count, start, size = wide[1:]
        limits = (FULL16, FULL32, FULL32)
        for told, meant, full in zip(narrow, (count, start, size), limits, strict=True):
            if told not in {meant, full}:
                raise source.damaged("two directories")
    if start + size != place:
        raise source.damaged("something around the directory")
    return count, start, size


def _wide_ending(source: Source, end: int) -> tuple[int, int, int, int] | None:
    """Return where the ZIP64 record lies and what it says, when there is one."""
    place = end - LOCATOR.size - END64.size
    if place < 0:
        return None
    sign, disk, offset, disks = LOCATOR.unpack(source.read(end - LOCATOR.size, LOCATOR.size))
    if sign != LOCATOR_SIGN:
        return None
    sign, length, _, _, *numbers = END64.unpack(source.read(place, END64.size))
    on_disk, of_disk, count, total, size, start = numbers
    if sign != END64_SIGN or length != END64.size - 12 or offset != place or count != total:
        raise source.damaged("ZIP64 directory")
    if disk or on_disk or of_disk or disks != 1:
        raise source.damaged("several disks")
    return place, count, start, size


def _entries(source: Source, data: bytes, count: int) -> Iterator[_Entry]:
    place = 0
    for _ in range(count):
        if place + CENTRAL.size > len(data):
            raise source.damaged("directory")
        fields = CENTRAL.unpack_from(data, place)
        sign, (name_length, extra_length, comment) = fields[0], fields[10:13]
        name_place = place + CENTRAL.size
        extra_place = name_place + name_length
        place = extra_place + extra_length
        if sign != CENTRAL_SIGN or comment or place > len(data):
            raise source.damaged("directory")
        yield _entry(source, fields, data[name_place:extra_place], data[extra_place:place])
    if place != len(data):
        raise source.damaged("directory")


def _entry(source: Source, record: tuple[int, ...], raw: bytes, extra: bytes) -> _Entry:
    _, _, _, flags, method, time, date, crc, packed, size, *_, disk, _, outside, offset = record
    name = _name(source, raw, flags)
    if outside != USUAL_FILE or name.endswith("/"):
        _check_kind(source, name, outside >> 16)
    if disk or flags & ~(ENCRYPTED | STREAMED | UTF8):
        raise source.damaged("flags", name)
    if method not in ((AES,) if flags & ENCRYPTED else _PLAIN):
        raise source.damaged("method", name)
    usual = len(extra) == _TIMES_SIZE and extra.startswith(_TIMES_ALONE)
    if not usual or FULL32 in (size, packed, offset):
        known = extras(source, extra, name)
        size, packed, offset = _widened(source, known, (size, packed, offset), name)
    return offset, name, flags, method, date << 16 | time, crc, packed, size, extra


def _name(source: Source, raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise source.hostile("encoding", raw.decode("ascii", "backslashreplace")) from error


def _check_kind(source: Source, name: str, mode: int) -> None:
    kind = mode & 0o170000
    if kind in _KINDS:
        raise source.hostile(_KINDS[kind], name)
    if mode & 0o7000:
        raise source.hostile("mode", name)
    if kind not in {0, 0o040000 if name.endswith("/") else 0o100000}:
        raise source.damaged("kind of entry", name)


def extras(source: Source, data: bytes, name: str) -> dict[int, bytes]:
    """Return the extra fields by their number, each at most once."""
    found = _split(data)
    if found is None:
        raise source.damaged("extra field", name)
    return found


def _split(data: bytes) -> dict[int, bytes] | None:
    """Return the extra fields by their number; None when they are not well-formed."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(data):
        if place + 4 > len(data):
            return None
        number, length = struct.unpack_from("<2H", data, place)
        place += 4 + length
        if place > len(data) or number in found:
            return None
        found[number] = data[place - length : place]
    return found


def _widened(
    source: Source, extra: dict[int, bytes], narrow: tuple[int, int, int], name: str
) -> tuple[int, int, int]:
    """Return size, packed size and offset, the full ones taken from the ZIP64 field."""
    wide = extra.get(ZIP64, b"")
    full = [number for number in narrow if number == FULL32]
    if len(wide) != 8 * len(full):
        raise source.damaged("ZIP64 field", name)
    values = iter(struct.unpack(f"<{len(full)}Q", wide))
    size, packed, offset = (next(values) if n == FULL32 else n for n in narrow)
    return size, packed, offset


def _check_room(source: Source, entry: Member) -> None:
    """Refuse an entry that shares bytes with another, or promises more than it can hold."""
    name = entry.name
    length = len(name) if name.isascii() else len(name.encode())
    least = entry.offset + LOCAL.size + length + entry.packed
    if least > entry.end:
        raise source.hostile("overlap", entry.name)
    if entry.size > _DENSEST * entry.packed:
        raise source.hostile("ratio", entry.name)
    if entry.method == STORED and entry.size != entry.packed:
        raise source.damaged("two sizes", entry.name)
    if entry.folder and (entry.size or entry.packed):
        raise source.hostile("folder", entry.name)


# ── Names ───────────────────────────────────────────────────────────────────────────────────


def _check_names(source: Source, entries: Iterable[Member]) -> None:
    """Refuse names that some system cannot hold, holds elsewhere, or takes for another."""
    tree = _Tree()
    for entry in entries:
        path = entry.name.removesuffix("/")
        if reason := names.fault(path) or tree.clash(path):
            raise source.hostile(reason, entry.name)


class _Tree:
    """The names so far. A number stands for each folder, so that deep ones cost no more."""

    def __init__(self) -> None:
        self._folders: dict[tuple[int, str], tuple[str, int]] = {}
        self._others: dict[tuple[int, str], str] = {}  # files, and empty folders
        self._above, self._number = "", 0  # the folder of the last one: neighbours share it

    def clash(self, path: str) -> str:
        """Add a member and return why it cannot be beside those before it; "" = it can."""
        above, _, name = path.rpartition("/")
        if above != self._above and (reason := self._enter(above)):
            return reason
        key = self._number, names.key(name)
        if key in self._folders:
            return "folder"
        if key in self._others:
            return "duplicate" if self._others[key] == name else "collision"
        self._others[key] = name
        return ""

    def _enter(self, path: str) -> str:
        """Go to a folder, and return why it cannot be beside the others; "" = it can."""
        number = 0
        for name in path.split("/") if path else ():
            key = number, names.key(name)
            if key in self._others:
                return "folder" if self._others[key] == name else "collision"
            new = name, len(self._folders) + 1
            spelled, number = self._folders.setdefault(key, new)
            if spelled != name:
                return "collision"
        self._above, self._number = path, number
        return ""
