"""The two ways data passes: a `.part` that grows, and a file that is read back.

Errors of the system become ours right here, so that whoever writes or reads an archive cannot
take trouble with the destination for trouble with the books.
"""

import io
import os
import time
from collections.abc import Callable
from contextlib import suppress
from errno import EINVAL
from mmap import mmap
from typing import TYPE_CHECKING

from bewaar import files
from bewaar.errors import BewaarError
from bewaar.system import cache

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Where it goes through memory. So the progress a user sees is that of the stick; and since nobody
# can be stopped while the medium takes it, a slow one gets less at a time.
_FIRST, _LEAST, _MOST = 4 << 20, 1 << 20, 32 << 20  # bytes
_LONG = 0.2  # seconds

# The error, the bytes the file holds, and those it was to hold.
Explain = Callable[[OSError, int, int], BewaarError]


class PartFile:
    """A new file that is written forward, in large pieces, past the computer's memory if it can."""

    def __init__(self, handle: int, explain: Explain, *, past_cache: bool = False) -> None:
        """Take over an open file; `past_cache`: its file system can do without memory."""
        self._handle = handle
        self._open = True
        self._explain = explain
        self._waiting = mmap(-1, files.CHUNK)  # in whole pages, as the medium wants it
        self._held = 0
        self._size = 0
        self._synced = 0
        self._sync_every = _FIRST
        self._past_cache = past_cache and cache.write_past(handle)

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Append all of `data`."""
        left = memoryview(data).cast("B")
        while left:
            fits = left[: files.CHUNK - self._held]
            self._waiting[self._held : self._held + len(fits)] = fits
            self._held += len(fits)
            left = left[len(fits) :]
            if self._held == files.CHUNK:
                self._send_waiting()
        return len(data)

    def finish(self) -> None:
        """Bring all of it onto the medium."""
        self._leave_past_cache()
        self._send_waiting()
        try:
            files.sync(self._handle)
        except OSError as error:
            raise self._explain(error, self._size, self._size) from error

    def close(self) -> None:
        """Close the file, finished or not; may be called twice."""
        if self._open:
            self._open = False
            with suppress(OSError):  # `finish` has asked whether all went well
                os.close(self._handle)

    def _send_waiting(self) -> None:
        view = memoryview(self._waiting)[: self._held]
        self._held = 0
        try:
            while view:
                sent = self._sent(view)
                self._size += sent
                view = view[sent:]
            if not self._past_cache and self._size - self._synced >= self._sync_every:
                self._sync()
        except OSError as error:
            raise self._explain(error, self._size, self._size + len(view)) from error

    def _sent(self, view: memoryview) -> int:
        try:
            return os.write(self._handle, view)
        except OSError as error:
            if not self._past_cache or error.errno != EINVAL:
                raise
        self._leave_past_cache()  # what is left of a piece may be no whole block
        return os.write(self._handle, view)

    def _leave_past_cache(self) -> None:
        if self._past_cache:
            self._past_cache = False
            cache.write_through(self._handle)

    def _sync(self) -> None:
        began = time.monotonic()
        os.fsync(self._handle)
        long = time.monotonic() - began > _LONG
        self._synced = self._size
        self._sync_every = max(_LEAST, min(_MOST, int(self._sync_every * (0.5 if long else 2))))


class Medium(io.FileIO):
    """A file of a destination, being read."""

    def __init__(self, handle: int, explain: Explain) -> None:
        """Take over an open file."""
        super().__init__(handle, "rb")
        self._explain = explain

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read into `buffer`; a medium that fails is told as ours."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise self._explain(error, 0, 0) from error

    def readall(self) -> bytes:
        """Read the rest; a medium that fails is told as ours."""
        try:
            return super().readall()
        except OSError as error:
            raise self._explain(error, 0, 0) from error
