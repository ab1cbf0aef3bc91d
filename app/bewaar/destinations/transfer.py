"""The two ways data passes: a `.part` that grows, and a file that is read back.

Errors of the system become ours right here, so that whoever writes or reads an archive cannot
take trouble with the destination for trouble with the books.
"""

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bewaar import files
from bewaar.errors import BewaarError
from bewaar.system.forward import Forward

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
        self._file = Forward(handle, past_cache=past_cache)
        self._synced = 0
        self._sync_every = _FIRST

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Append all of `data`."""
        with self._told():
            self._file.write(data)
            if not self._file.past_cache and self._file.sent - self._synced >= self._sync_every:
                self._sync()
        return len(data)

    def finish(self) -> None:
        """Bring all of it onto the medium."""
        with self._told():
            self._file.finish()
            files.sync(self._handle)

    def close(self) -> None:
        """Close the file, finished or not; may be called twice."""
        if self._open:
            self._open = False
            with suppress(OSError):  # `finish` has asked whether all went well
                os.close(self._handle)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._explain(error, self._file.sent, self._file.size) from error

    def _sync(self) -> None:
        began = time.monotonic()
        os.fsync(self._handle)
        long = time.monotonic() - began > _LONG
        self._synced = self._file.sent
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
