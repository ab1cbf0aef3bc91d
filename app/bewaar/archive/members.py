"""One member of a zip, read and checked from its local header to whatever comes next."""

import struct
from collections.abc import Iterator

from isal import isal_zlib

from bewaar.archive.deflate import unpack
from bewaar.archive.directory import Member, extras
from bewaar.archive.records import (
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_SIGN,
    FULL32,
    LOCAL,
    LOCAL_SIGN,
    STORED,
    STREAMED,
    ZIP64,
)
from bewaar.archive.sources import Source


def contents(source: Source, member: Member) -> Iterator[bytes]:
    """Yield the content in pieces, everything around it checked. Raises BackupDamaged, …Hostile.

    What was yielded may be believed only when the end was reached.
    """
    if member.method not in {STORED, DEFLATED}:
        raise source.damaged("method", member.name)
    start, large = _start(source, member)
    crc = 0
    for piece in unpack(source, start, member.packed, member.size, member.method):
        crc = isal_zlib.crc32(piece, crc)
        yield piece
    if crc != member.crc:
        raise source.damaged("checksum", member.name)
    _check_end(source, member, start + member.packed, large=large)


def locate(source: Source, member: Member) -> int:
    """Return where the data starts, when all around it is as the directory says."""
    start, large = _start(source, member)
    _check_end(source, member, start + member.packed, large=large)
    return start


def _start(source: Source, member: Member) -> tuple[int, bool]:
    """Return where the data starts, and whether 64-bit sizes come after it."""
    fields = LOCAL.unpack(source.read(member.offset, LOCAL.size))
    sign, _, flags, method, time, date, *numbers, name_length, extra_length = fields
    names = source.read(member.offset + LOCAL.size, name_length + extra_length)
    told = (sign, flags, method, (time, date), names[:name_length])
    if told != (LOCAL_SIGN, member.flags, member.method, member.stamp, member.name.encode()):
        raise source.damaged("two headers", member.name)
    wide = extras(source, names[name_length:], member.name).get(ZIP64)
    if not _same_numbers(member, numbers, wide):
        raise source.damaged("two sizes", member.name)
    return member.offset + LOCAL.size + len(names), wide is not None


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
