"""The two ways data passes: a `.part` that grows, and a file that is read back.

Errors of the system become ours right here, so that whoever writes or reads an archive cannot
take trouble with the destination for trouble with the books.
"""

import io
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bewaar import files
from bewaar.errors import BewaarError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# So the progress a user sees is that of the stick, not of the computer's memory; and since nobody
# can be stopped while the medium takes it, a slow one gets less at a time.
_FIRST, _LEAST, _MOST = 4 << 20, 1 << 20, 32 << 20  # bytes
_LONG = 0.2  # seconds

# The error, the bytes the file holds, and those it was to hold.
Explain = Callable[[OSError, int, int], BewaarError]


class PartFile:
    """A new file that is written forward, in large pieces."""

    def __init__(self, handle: int, explain: Explain) -> None:
        """Take over an open file."""
        self._handle = handle
        self._open = True
        self._explain = explain
        self._waiting = bytearray()  # small pieces, until they make a large one
        self._size = 0
        self._synced = 0
        self._sync_every = _FIRST

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Append all of `data`."""
        view = memoryview(data).cast("B")
        if len(self._waiting) + len(view) >= files.CHUNK:
            self._send_waiting()
        if len(view) >= files.CHUNK:
            self._send(view)
        else:
            self._waiting += view
        return len(view)

    def finish(self) -> None:
        """Bring all of it onto the medium."""
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
        waiting, self._waiting = self._waiting, bytearray()
        self._send(memoryview(waiting))

    def _send(self, view: memoryview) -> None:
        try:
            while view:
                sent = os.write(self._handle, view)
                self._size += sent
                view = view[sent:]
            if self._size - self._synced >= self._sync_every:
                self._sync()
        except OSError as error:
            raise self._explain(error, self._size, self._size + len(view)) from error

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
