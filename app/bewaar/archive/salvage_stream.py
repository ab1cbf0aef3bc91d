"""A failing medium, read all the same: what it does not give up counts as zeros.

Content is believed by its hash alone, so zeros in place of it do no harm; what cannot be read is
asked for once, because each attempt may take seconds.
"""

import os
from collections.abc import Callable
from typing import BinaryIO

from bewaar.errors import DestinationFault

BLOCK = 4 << 10  # bytes: what a medium loses at once
_PIECE = 64 << 10  # tried as a whole before its blocks are


class Patient:
    """A seekable stream that goes on past what cannot be read."""

    def __init__(self, stream: BinaryIO, check: Callable[[], None]) -> None:
        """Take a stream; `check` is asked between attempts, and may raise."""
        self._stream, self._check = stream, check
        self._size = stream.seek(0, os.SEEK_END)
        self._at = 0
        self.unreadable: set[int] = set()  # numbers of the blocks

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; from the start or from the end."""
        self._at = offset + (self._size if whence == os.SEEK_END else 0)
        return self._at

    def read(self, count: int, /) -> bytes:
        """Return as many bytes as the file has there."""
        count = max(min(count, self._size - self._at), 0)
        data = self._whole(self._at, count) or b"".join(self._pieces(self._at, count, _PIECE))
        self._at += len(data)
        return data

    def _pieces(self, start: int, count: int, step: int) -> list[bytes]:
        """Return what is there in pieces that end where the medium's own do."""
        found, end = [], start + count
        while start < end:
            self._check()
            stop = min(start - start % step + step, end)
            found.append(self._piece(start, stop - start, step))
            start = stop
        return found

    def _piece(self, start: int, count: int, step: int) -> bytes:
        if data := self._whole(start, count):
            return data
        if step > BLOCK:
            return b"".join(self._pieces(start, count, BLOCK))
        self.unreadable.add(start // BLOCK)
        return bytes(count)

    def _whole(self, start: int, count: int) -> bytes:
        """Return exactly these bytes, or none of them."""
        first, last = start // BLOCK, (start + count - 1) // BLOCK
        if self.unreadable and not self.unreadable.isdisjoint(range(first, last + 1)):
            return b""
        data = bytearray()
        try:
            self._stream.seek(start)
            while len(data) < count and (piece := self._stream.read(count - len(data))):
                data += piece
        except (OSError, DestinationFault):
            return b""
        return bytes(data) if len(data) == count else b""
