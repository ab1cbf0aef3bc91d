"""Packing and unpacking: deflate in independent blocks, and inflate that never runs away.

A block ends in a full flush and refers to nothing before it, so blocks can be packed side by side
and put one after another. What does not shrink is kept as it is, inside deflate's own stored
blocks: every zip program reads it, and it costs five bytes in 65,535.
"""

from collections.abc import Iterator

from isal import isal_zlib

from bewaar.archive.records import DEFLATED, STORED
from bewaar.archive.sources import Source

BLOCK = 256 << 10
STEP = 256 << 10  # read and handed out at a time
END_OF_STREAM = b"\x03\x00"  # an empty last block

_LEVEL = 1
_RAW = -15  # deflate without a header of its own
_SAMPLE = 16 << 10
_WORTH = 0.97  # a sample has to shrink below this share
_STORED_BLOCK = 0xFFFF


def pack(data: bytes) -> tuple[int, bytes]:
    """Return the better method for a small file, and its packed bytes."""
    if _shrinks(data):
        body = isal_zlib.compress(data, _LEVEL, wbits=_RAW)
        if len(body) < len(data):
            return DEFLATED, body
    return STORED, data


def pack_blocks(data: bytes, *, last: bool) -> bytes:
    """Return the next part of a deflate stream; after the last one it is complete."""
    view = memoryview(data)
    blocks = [_block(view[start : start + BLOCK]) for start in range(0, len(view), BLOCK)]
    return b"".join([*blocks, END_OF_STREAM] if last else blocks)


def _block(data: memoryview) -> bytes:
    if not _shrinks(data):
        return _as_it_is(data)
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW)
    return packer.compress(data) + packer.flush(isal_zlib.Z_FULL_FLUSH)


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


def unpack(source: Source, start: int, packed: int, size: int, method: int) -> Iterator[bytes]:
    """Yield a member's content in pieces, never more than `size` bytes in all.

    Raises BackupDamaged unless exactly `packed` bytes give exactly `size`.
    """
    pieces = _copy if method == STORED else _inflate
    left = size
    for piece in pieces(source, start, packed):
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise source.damaged("content size")


def _copy(source: Source, start: int, packed: int) -> Iterator[bytes]:
    end = start + packed
    for offset in range(start, end, STEP):
        yield source.read(offset, min(STEP, end - offset))


def _inflate(source: Source, start: int, packed: int) -> Iterator[bytes]:
    unpacker = isal_zlib.decompressobj(_RAW)
    try:
        for waiting in _copy(source, start, packed):
            if unpacker.eof:
                raise source.damaged("more than the deflate stream")
            yield from _pieces(unpacker, waiting)
    except isal_zlib.error as error:  # type: ignore[misc] # its types call the class an instance
        raise source.damaged("deflate stream") from error
    if not unpacker.eof or unpacker.unused_data:
        raise source.damaged("end of the deflate stream")


def _pieces(unpacker: "isal_zlib.Decompress", data: bytes) -> Iterator[bytes]:
    """Yield all that comes out; a limit on each piece keeps a bomb from filling the memory."""
    while not unpacker.eof:
        piece = unpacker.decompress(data, STEP)
        data = unpacker.unconsumed_tail
        if piece:
            yield piece
        elif not data:
            return
