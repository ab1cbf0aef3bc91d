"""One member of a zip, read and checked from its local header to whatever comes next."""

import struct
from collections.abc import Iterator

from isal import isal_zlib

from bewaar.archive.deflate import Unpacking, unpack_whole
from bewaar.archive.directory import Member, extras
from bewaar.archive.records import (
    AES,
    CHECK,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_SIGN,
    FULL32,
    LOCAL,
    LOCAL_SIGN,
    STORED,
    STREAMED,
    TIMES,
    WINZIP,
    ZIP64,
)
from bewaar.archive.sources import Held, Source

SMALL = 1 << 20  # bytes: up to here a member is read and unpacked whole

_STEP = 256 << 10  # bytes of a larger one read at a time
_USUAL_EXTRA = 32  # bytes between a name and the data: then one look is enough


def contents(source: Source, member: Member) -> Iterator[bytes]:
    """Yield the content in pieces, everything around it checked. Raises BackupDamaged, …Hostile.

    What was yielded may be believed only when the end was reached.
    """
    if is_small(member):
        yield whole(source, member)
        return
    opened = Opened(source, member)
    for held in opened.stretches():
        yield from opened.feed(held)
    opened.finish()


def is_small(member: Member) -> bool:
    """Return whether a member may be read and unpacked whole."""
    return member.span <= SMALL and member.size <= SMALL


def whole(source: Source, member: Member) -> bytes:
    """Return the content of a small member, everything around it checked.

    Raises BackupDamaged, BackupHostile.
    """
    _check_method(source, member)
    start, large = _start(source, member)
    data = source.read(start, member.packed)
    content = unpack_whole(source, data, member.size, member.method)
    _check_sum(source, member, isal_zlib.crc32(content))
    _check_end(source, member, start + member.packed, large=large)
    return content


class Opened:
    """A member that is read in stretches; they may be unpacked elsewhere, one after another."""

    def __init__(self, source: Source, member: Member) -> None:
        """Read what stands before the data. Raises BackupDamaged, BackupHostile."""
        _check_method(source, member)
        self._source, self._member = source, member
        self._start, self._large = _start(source, member)
        self._unpacking = Unpacking(source, member.size, member.method)
        self._crc = 0

    def stretches(self) -> Iterator[Held]:
        """Yield all packed data in order, then check what stands behind it."""
        end = self._start + self._member.packed
        for offset in range(self._start, end, _STEP):
            yield self._source.hold(offset, min(_STEP, end - offset))
        _check_end(self._source, self._member, end, large=self._large)

    def feed(self, held: Held) -> Iterator[bytes]:
        """Yield the content that comes out of the next stretch."""
        for piece in self._unpacking.feed(held.all()):
            self._crc = isal_zlib.crc32(piece, self._crc)
            yield piece

    def finish(self) -> None:
        """Check that all of it came, and as it was written."""
        self._unpacking.finish()
        _check_sum(self._source, self._member, self._crc)


def locate(source: Source, member: Member) -> int:
    """Return where the data starts, when all around it is as the directory says."""
    start, large = _start(source, member)
    _check_end(source, member, start + member.packed, large=large)
    return start


def _check_method(source: Source, member: Member) -> None:
    if member.method not in {STORED, DEFLATED}:
        raise source.damaged("method", member.name)


def _check_sum(source: Source, member: Member, crc: int) -> None:
    if crc != member.crc:
        raise source.damaged("checksum", member.name)


def _start(source: Source, member: Member) -> tuple[int, bool]:
    """Return where the data starts, and whether 64-bit sizes come after it."""
    raw_name = member.name.encode()
    likely = min(LOCAL.size + len(raw_name) + _USUAL_EXTRA, member.span)
    head = source.read(member.offset, max(likely, LOCAL.size))
    fields = LOCAL.unpack_from(head)
    sign, _, flags, method, time, date, *numbers, name_length, extra_length = fields
    told = (sign, flags, method, date << 16 | time)
    if told != (LOCAL_SIGN, member.flags, member.method, member.stamp):
        raise source.damaged("two headers", member.name)
    if LOCAL.size + name_length + extra_length + member.packed > member.span:
        raise source.hostile("overlap", member.name)
    length = LOCAL.size + name_length + extra_length
    if length > len(head):
        head = source.read(member.offset, length)
    if head[LOCAL.size : LOCAL.size + name_length] != raw_name:
        raise source.damaged("two headers", member.name)
    extra = extras(source, head[LOCAL.size + name_length : length], member.name)
    _check_fields(source, member, extra)
    wide = extra.get(ZIP64)
    if not _same_numbers(member, numbers, wide):
        raise source.damaged("two sizes", member.name)
    return member.offset + length, wide is not None


def _check_fields(source: Source, member: Member, near: dict[int, bytes]) -> None:
    """Refuse fields that we never write.

    Some give a member another name, or make it a link, for programs that know them.
    """
    ours = {ZIP64, TIMES, WINZIP, CHECK} if member.method == AES else {ZIP64, TIMES}
    if (near.keys() | member.extra.keys()) - ours:
        raise source.damaged("extra field", member.name)


def _same_numbers(member: Member, narrow: list[int], wide: bytes | None) -> bool:
    """Return whether CRC and sizes fit; those of a streamed member come later and are empty."""
    crc, packed, size = narrow
    if wide is not None:
        if len(wide) != 16 or {packed, size} - {0, FULL32}:
            return False
        size, packed = struct.unpack("<2Q", wide)
    if member.flags & STREAMED:
        return (crc, packed, size) == (0, 0, 0)
    return (crc, packed, size) == (member.crc, member.packed, member.size)


def _check_end(source: Source, member: Member, end: int, *, large: bool) -> None:
    if member.flags & STREAMED:
        layout = DESCRIPTOR64 if large else DESCRIPTOR
        told = layout.unpack(source.read(end, layout.size))
        if told != (DESCRIPTOR_SIGN, member.crc, member.packed, member.size):
            raise source.damaged("two sizes", member.name)
        end += layout.size
    if end > member.end:
        raise source.hostile("overlap", member.name)
    if end < member.end:
        raise source.damaged("something between entries", member.name)
