"""A file that is written forward: in large pieces, past the computer's memory where it can."""

import os
from errno import EINVAL
from mmap import mmap

from bewaar.system import cache

PIECE = 1 << 20  # bytes that are written at once


class Forward:
    """An open file and what waits to be written to it; it is closed by its owner.

    After a failure nothing more may be written.
    """

    def __init__(self, handle: int, *, past_cache: bool) -> None:
        """Take an open file; `past_cache`: its file system can do without memory."""
        self.sent = 0  # bytes; holes are none
        self.past_cache = past_cache and cache.write_past(handle)
        self._handle = handle
        self._waiting = mmap(-1, PIECE)  # in whole pages, as the medium wants it
        self._held = 0

    @property
    def size(self) -> int:
        """The bytes that were to be written until now."""
        return self.sent + self._held

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append all of `data`. Raises OSError."""
        left = memoryview(data).cast("B")
        while left:
            fits = left[: PIECE - self._held]
            self._waiting[self._held : self._held + len(fits)] = fits
            self._held += len(fits)
            left = left[len(fits) :]
            if self._held == PIECE:
                self._send()

    def skip(self, count: int) -> None:
        """Leave a hole of `count` bytes. Raises OSError."""
        self._send()
        os.lseek(self._handle, count, os.SEEK_CUR)

    def finish(self) -> None:
        """Hand over what waits, which may be no whole block. Raises OSError."""
        self._leave_past_cache()
        self._send()

    def _send(self) -> None:
        view = memoryview(self._waiting)[: self._held]
        while view:
            sent = self._written(view)
            self.sent += sent
            self._held -= sent
            view = view[sent:]

    def _written(self, view: memoryview) -> int:
        try:
            return os.write(self._handle, view)
        except OSError as error:
            if not self.past_cache or error.errno != EINVAL:
                raise
        self._leave_past_cache()  # what is left of a piece may be no whole block
        return os.write(self._handle, view)

    def _leave_past_cache(self) -> None:
        if self.past_cache:
            self.past_cache = False
            cache.write_through(self._handle)
