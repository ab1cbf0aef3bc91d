"""A zip taken apart, and put together again so that all its records agree."""

import struct
import zlib
from dataclasses import dataclass, field, replace

from bewaar.archive.records import (
    CENTRAL,
    CENTRAL_SIGN,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR_SIGN,
    END,
    END_SIGN,
    LOCAL,
    LOCAL_SIGN,
    STORED,
    STREAMED,
)


@dataclass(slots=True, kw_only=True)
class Piece:
    """One member."""

    name: bytes
    flags: int
    method: int
    stamp: tuple[int, int]
    crc: int
    size: int
    body: bytes
    outside: int = 0o100644 << 16
    near: bytes = b""  # extra fields before the data
    far: bytes = b""  # extra fields in the directory
    behind: bytes = b""  # what should not be there

    @property
    def content(self) -> bytes:
        """What the body unpacks to, as far as it does."""
        if self.method != DEFLATED:
            return self.body
        try:
            return zlib.decompressobj(-15).decompress(self.body, 4 << 20)
        except zlib.error:
            return b""

    def fill(self, content: bytes) -> None:
        """Give it other content, packed the way it was, with the sum and sizes that fit."""
        self.crc, self.size = zlib.crc32(content), len(content)
        if self.method == DEFLATED:
            packer = zlib.compressobj(1, zlib.DEFLATED, -15)
            self.body = packer.compress(content) + packer.flush()
        else:
            self.body = content


@dataclass(slots=True, kw_only=True)
class Layout:
    """All members, in the order of their bytes."""

    pieces: list[Piece] = field(default_factory=list)
    comment: bytes = b""

    def copy(self) -> "Layout":
        return Layout(pieces=[replace(piece) for piece in self.pieces], comment=self.comment)

    def joined(self) -> bytes:
        """Return the zip, without ZIP64."""
        out, directory = bytearray(), bytearray()
        for piece in self.pieces:
            offset = len(out)
            out += _local(piece) + piece.body
            if piece.flags & STREAMED:
                out += DESCRIPTOR.pack(DESCRIPTOR_SIGN, piece.crc, len(piece.body), piece.size)
            out += piece.behind
            directory += _central(piece, offset)
        end = END.pack(
            *(END_SIGN, 0, 0, len(self.pieces), len(self.pieces)),
            *(len(directory), len(out), len(self.comment)),
        )
        return bytes(out + directory) + end + self.comment


def taken_apart(data: bytes) -> Layout:
    """Return the members of a zip. Raises ValueError when it is too far from one."""
    try:
        return _taken_apart(data)
    except (struct.error, IndexError) as error:
        raise ValueError("no zip") from error


def _taken_apart(data: bytes) -> Layout:
    end = data.rindex(END_SIGN)
    *_, count, _, place, _ = END.unpack_from(data, end)
    layout = Layout(comment=data[end + END.size :])
    for _ in range(min(count, 1000)):
        record = CENTRAL.unpack_from(data, place)
        if record[0] != CENTRAL_SIGN:
            raise ValueError("no directory")
        lengths = record[10:13]
        layout.pieces.append(_piece(data, place + CENTRAL.size, record))
        place += CENTRAL.size + sum(lengths)
    return layout


def _piece(data: bytes, place: int, record: tuple[int, ...]) -> Piece:
    _, _, _, flags, method, time, date, crc, packed, size, length, extra, *_ = record
    outside, offset = record[-2:]
    local = LOCAL.unpack_from(data, offset)
    start = offset + LOCAL.size + local[-2] + local[-1]
    return Piece(
        name=data[place : place + length],
        flags=flags,
        method=method,
        stamp=(time, date),
        crc=crc,
        size=size,
        body=data[start : start + packed],
        outside=outside,
        near=data[start - local[-1] : start],
        far=data[place + length : place + length + extra],
    )


def _local(piece: Piece) -> bytes:
    numbers = (piece.crc, len(piece.body), piece.size)
    head = LOCAL.pack(
        *(LOCAL_SIGN, 20, piece.flags, piece.method, *piece.stamp),
        *((0, 0, 0) if piece.flags & STREAMED else numbers),
        *(len(piece.name), len(piece.near)),
    )
    return head + piece.name + piece.near


def _central(piece: Piece, offset: int) -> bytes:
    head = CENTRAL.pack(
        *(CENTRAL_SIGN, 3 << 8 | 20, 20, piece.flags, piece.method, *piece.stamp),
        *(piece.crc, len(piece.body), piece.size, len(piece.name), len(piece.far)),
        *(0, 0, 0, piece.outside, offset),
    )
    return head + piece.name + piece.far


def stored(name: bytes, content: bytes) -> Piece:
    """Return a new member that is right in itself."""
    piece = Piece(
        name=name, flags=0x800, method=STORED, stamp=(0, 0x21), crc=0, size=0, body=content
    )
    piece.fill(content)
    return piece
