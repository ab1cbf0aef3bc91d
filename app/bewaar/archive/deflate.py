"""Packing and unpacking: deflate in independent blocks, and inflate that never runs away.

A block ends in a full flush and refers to nothing before it, so blocks can be packed side by side
and put one after another. What does not shrink is kept as it is, inside deflate's own stored
blocks: every zip program reads it, and it costs five bytes in 65,535.
"""

from collections.abc import Iterator

from isal import isal_zlib

from bewaar.archive.records import DEFLATED, STORED
from bewaar.archive.sources import Source

BLOCK, BLOCK_OF_SMALL = 256 << 10, 1 << 20
STEP = 256 << 10  # handed out at a time
END_OF_STREAM = b"\x03\x00"  # an empty last block

_LEVEL = 1
_LEVEL_OF_SMALL = 6  # of zlib-ng
_RAW = -15  # deflate without a header of its own
_SAMPLE = 16 << 10
_WORTH = 0.97  # a sample has to shrink below this share
_STORED_BLOCK = 0xFFFF


def pack(data: bytes, *, small: bool = False) -> tuple[int, bytes]:
    """Return the better method for a file of a few pages, and its packed bytes.

    `small`: take three times as long for a twentieth less.
    """
    if _shrinks(data):
        if small:
            body = _packed_small(data, isal_zlib.Z_FINISH)
        else:
            body = isal_zlib.compress(data, _LEVEL, wbits=_RAW)
        if len(body) < len(data):
            return DEFLATED, body
    return STORED, data


def pack_blocks(data: bytes, *, last: bool, small: bool = False) -> bytes:
    """Return the next part of a deflate stream; after the last one it is complete."""
    view, size = memoryview(data), BLOCK_OF_SMALL if small else BLOCK
    blocks: list[bytes | memoryview] = []
    shrank = False  # then the next block of the same piece need not be tried
    for start in range(0, len(view), size):
        block = view[start : start + size]
        packed = _packed(block, small=small) if shrank or _shrinks(block) else block
        shrank = len(packed) < _WORTH * len(block)
        blocks.append(packed if shrank else _as_it_is(block))
    return b"".join([*blocks, END_OF_STREAM] if last else blocks)


def _packed(data: memoryview, *, small: bool) -> bytes:
    if small:
        return _packed_small(data, isal_zlib.Z_FULL_FLUSH)
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW)
    return packer.compress(data) + packer.flush(isal_zlib.Z_FULL_FLUSH)


def _packed_small(data: bytes | memoryview, end: int) -> bytes:
    from zlib_ng import zlib_ng  # loaded by those who want it

    packer = zlib_ng.compressobj(_LEVEL_OF_SMALL, zlib_ng.DEFLATED, _RAW)
    return packer.compress(data) + packer.flush(end)


def _shrinks(data: bytes | memoryview) -> bool:
    """Try a piece from the middle; short data is simply worth trying."""
    if len(data) < 2 * _SAMPLE:
        return True
    middle = len(data) // 2
    sample = data[middle : middle + _SAMPLE]
    return len(isal_zlib.compress(sample, _LEVEL, wbits=_RAW)) < _WORTH * len(sample)


def _as_it_is(data: memoryview) -> bytes:
    pieces: list[bytes | memoryview] = []
    for start in range(0, len(data), _STORED_BLOCK):
        piece = data[start : start + _STORED_BLOCK]
        length = len(piece)
        pieces += [b"\x00", length.to_bytes(2, "little"), (length ^ 0xFFFF).to_bytes(2, "little")]
        pieces.append(piece)
    return b"".join(pieces)


def unpack_whole(source: Source, data: bytes, size: int, method: int) -> bytes:
    """Return the content of a small member. Raises BackupDamaged unless it has that size."""
    if method == DEFLATED:
        unpacker = isal_zlib.decompressobj(_RAW)
        try:
            content = unpacker.decompress(data, size + 1)
        except isal_zlib.error as error:  # type: ignore[misc] # its types call the class an instance
            raise source.damaged("deflate stream") from error
        if not unpacker.eof or unpacker.unused_data:
            raise source.damaged("end of the deflate stream")
        data = content
    if len(data) != size:
        raise source.damaged("content size")
    return data


class Unpacking:
    """A member coming out while its packed bytes go in, never more than its stated size."""

    def __init__(self, source: Source, size: int, method: int) -> None:
        """Take the size it has to reach; `source` is for errors."""
        self._source = source
        self._left = size
        self._deflated = method == DEFLATED
        self._unpacker = isal_zlib.decompressobj(_RAW)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes out of the next packed bytes. Raises BackupDamaged."""
        for piece in self._inflated(data) if self._deflated else (data,):
            self._left -= len(piece)
            if self._left < 0:
                raise self._source.damaged("content size")
            yield piece

    def finish(self) -> None:
        """Check that all came. Raises BackupDamaged."""
        if self._deflated and (not self._unpacker.eof or self._unpacker.unused_data):
            raise self._source.damaged("end of the deflate stream")
        if self._left:
            raise self._source.damaged("content size")

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        """Yield all that comes out; a limit on each piece keeps a bomb from filling the memory."""
        if self._unpacker.eof:
            raise self._source.damaged("more than the deflate stream")
        try:
            while not self._unpacker.eof:
                piece = self._unpacker.decompress(data, STEP)
                data = self._unpacker.unconsumed_tail
                if piece:
                    yield piece
                elif not data:
                    return
        except isal_zlib.error as error:  # type: ignore[misc] # its types call the class an instance
            raise self._source.damaged("deflate stream") from error
