"""What a damaged zip still holds: its members, found by their own headers and not by its directory.

A member counts as found when its data comes to its own end. Whether it is the right content only
a hash can tell. Whoever built the file, no stretch of it is unpacked more than a few times.
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.deflate import STEP
from bewaar.archive.directory import Member, extras
from bewaar.archive.records import (
    CENTRAL_SIGN,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_SIGN,
    FULL32,
    LARGE,
    LOCAL,
    LOCAL_SIGN,
    STORED,
    STREAMED,
    TIMES,
    UTF8,
    ZIP64,
)
from bewaar.archive.sources import Source
from bewaar.errors import BackupDamaged, BackupHostile
from bewaar.progress import Progress

_WINDOW = 1 << 20  # bytes looked through at a time
_ATTEMPTS = 4  # the bytes of a file may be unpacked in vain this often
_LEAST = 64 << 20  # bytes that may be, however small it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the packed data of a member lies, as its header says."""

    name: str
    start: int
    method: int
    packed: int | None  # None: deflate says itself where it ends
    told: tuple[int, int] | None  # CRC and size; None: they stand behind the data
    wide: bool  # with 64-bit sizes behind the data
    seconds: int  # its time, since 1970
    ours: bool  # nothing about it that Bewaar does not write


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member whose data came to its end."""

    place: Place
    size: int
    blake3: str
    end: int  # where the next one may start
    sum_fits: bool  # CRC and size are as its header says
    framed: bool  # what comes behind it is as it has to be


def scan(source: Source, progress: Progress) -> Iterator[Found | Place]:
    """Yield what is found from the first byte to the last; a Place is one without its content."""
    offset: int | None = 0
    in_vain = 0
    while (offset := _sign_from(source, offset or 0, progress)) is not None:
        progress.step(offset, source.size)
        place = _place(source, offset)
        found = measure(source, place, progress) if place else None
        if found:
            yield found
            if found.sum_fits or found.framed:
                offset = found.end
                continue
        elif place and place.ours:
            yield place
        if place:
            in_vain += _length(source, place, found)
        if in_vain > _ATTEMPTS * source.size + _LEAST:
            return
        offset += len(LOCAL_SIGN)


def placed(member: Member) -> Place:
    """Return where a member lies by the directory alone, counted from where the next one starts."""
    wide, streamed = member.size >= LARGE, bool(member.flags & STREAMED)
    around = (DESCRIPTOR64 if wide else DESCRIPTOR).size if streamed else 0
    return Place(
        name=member.name,
        start=member.end - around - member.packed,
        method=member.method,
        packed=member.packed,
        told=(member.crc, member.size),
        wide=wide,
        seconds=_seconds(member.extra),
        ours=True,
    )


def measure(source: Source, place: Place, progress: Progress) -> Found | None:
    """Unpack a member and return what it is; None when its data does not come to an end."""
    digest, size, crc = blake3(), 0, 0
    content = Content(source, place)
    try:
        for piece in content.pieces():
            progress.check()
            digest.update(piece)
            size += len(piece)
            crc = isal_zlib.crc32(piece, crc)
        told, end, framed = _after(source, place, content.end)
    except BackupDamaged:
        return None
    return Found(
        place=replace(place, packed=content.end - place.start),
        size=size,
        blake3=digest.hexdigest(),
        end=end,
        sum_fits=told == (crc, size),
        framed=framed,
    )


class Content:
    """The data of one member, unpacked from its start to where it ends by itself."""

    def __init__(self, source: Source, place: Place) -> None:
        self._source, self._place = source, place
        self.end = place.start  # of the packed data, once all came

    def pieces(self) -> Iterator[bytes]:
        """Yield the content. Raises BackupDamaged when it does not come to its end."""
        if self._place.method == DEFLATED:
            return self._inflated()
        return self._stored()

    def _stored(self) -> Iterator[bytes]:
        if self._place.packed is None or self.end + self._place.packed > self._source.size:
            raise self._source.damaged("size")
        end = self.end + self._place.packed
        while self.end < end:
            piece = self._source.read(self.end, min(STEP, end - self.end))
            self.end += len(piece)
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        unpacker = isal_zlib.decompressobj(-15)
        try:
            while not unpacker.eof:
                data = self._source.read(self.end, min(STEP, self._source.size - self.end))
                if not data:
                    raise self._source.damaged("cut short")
                self.end += len(data)
                while not unpacker.eof:
                    piece = unpacker.decompress(data, STEP)
                    data = unpacker.unconsumed_tail
                    if piece:
                        yield piece
                    elif not data:
                        break
        except isal_zlib.error as error:  # type: ignore[misc] # its types call the class an instance
            raise self._source.damaged("deflate stream") from error
        self.end -= len(unpacker.unused_data)


def starts(found: Collection[Found]) -> set[int]:
    """Return where their data starts."""
    return {each.place.start for each in found}


# ── Headers ─────────────────────────────────────────────────────────────────────────────────


def _sign_from(source: Source, offset: int, progress: Progress) -> int | None:
    """Return where the next local header seems to start."""
    while offset + LOCAL.size <= source.size:
        progress.check()
        near = source.read(offset, len(LOCAL_SIGN))
        if near == LOCAL_SIGN:
            return offset
        data = source.read(offset, min(_WINDOW, source.size - offset))
        at = data.find(LOCAL_SIGN)
        if at >= 0:
            return offset + at
        offset += len(data) - len(LOCAL_SIGN) + 1
    return None


def _place(source: Source, offset: int) -> Place | None:
    """Return what a local header says; None when it is none that a backup can have."""
    try:
        fields = LOCAL.unpack(source.read(offset, LOCAL.size))
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
        around = source.read(offset + LOCAL.size, name_length + extra_length)
    except BackupDamaged:
        return None
    if flags & ~(STREAMED | UTF8) or method not in {STORED, DEFLATED}:
        return None
    name = around[:name_length].decode("utf-8", "backslashreplace")
    known = _extras(source, around[name_length:], name)
    if known and len(known.get(ZIP64, b"")) == 16 and FULL32 in {size, packed}:
        size, packed = struct.unpack("<2Q", known[ZIP64])
    streamed = bool(flags & STREAMED)
    return Place(
        name=name,
        start=offset + LOCAL.size + len(around),
        method=method,
        packed=None if streamed or method == DEFLATED else packed,
        told=None if streamed else (crc, size),
        wide=ZIP64 in (known or {}),
        seconds=_seconds(known or {}),
        ours=bool(flags & UTF8) and known is not None and not known.keys() - {ZIP64, TIMES},
    )


def _extras(source: Source, data: bytes, name: str) -> dict[int, bytes] | None:
    try:
        return extras(source, data, name)
    except (BackupDamaged, BackupHostile):
        return None


def _seconds(known: dict[int, bytes]) -> int:
    times = known.get(TIMES, b"")
    return int.from_bytes(times[1:], "little", signed=True) if len(times) == 5 else 0


def _after(source: Source, place: Place, end: int) -> tuple[tuple[int, int] | None, int, bool]:
    """Return CRC and size as told, where the member ends, and whether that is a fitting end."""
    if place.told is None:
        layout = DESCRIPTOR64 if place.wide else DESCRIPTOR
        if end + layout.size > source.size:
            return None, end, False
        sign, crc, packed, size = layout.unpack(source.read(end, layout.size))
        framed = sign == DESCRIPTOR_SIGN and packed == end - place.start
        return ((crc, size), end + layout.size, True) if framed else (None, end, False)
    behind = source.read(end, 4) if end + 4 <= source.size else b""
    return place.told, end, behind in {LOCAL_SIGN, CENTRAL_SIGN}


def _length(source: Source, place: Place, found: Found | None) -> int:
    """Return about how many bytes were read for a member, at most."""
    return (found.end if found else min(source.size, place.start + _LEAST)) - place.start
