"""The floor: what the work costs when nothing but the work is done, on one core.

Each primitive runs alone over the same books; the sum of their processor time, divided by the
cores, is what no program that does all of this with these libraries can go below.
"""

import hmac
import sqlite3
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.deflate import pack_blocks
from bewaar.archive.encryption import KeyStream
from bewaar.files import sync

_PIECE = 1 << 20  # bytes
_T = TypeVar("_T")


class Floor:
    """The primitives over one folder of books."""

    def __init__(self, books: Path, scratch: Path) -> None:
        """Read the books; write only into the empty folder `scratch`."""
        self._books = books
        self._scratch = scratch
        self._seconds: dict[str, float] = defaultdict(float)
        self._stream = KeyStream(bytes(32))
        self._code = hmac.new(bytes(32), digestmod="sha1")
        self._offset = 0

    def measure(self) -> dict[str, float]:
        """Return the seconds of processor time of each primitive, in the order of the work."""
        files = sorted(path for path in self._books.rglob("*") if path.is_file())
        databases = [path for path in files if path.suffix == ".gnucash"]
        for number, database in enumerate(databases):
            copy = self._scratch / f"{number}.db"
            self._take("copying the databases", lambda: _copied(database, copy))  # noqa: B023
            self._take("checking the databases", lambda: _asked(copy, "integrity_check"))  # noqa: B023
        archive = self._scratch / "archive"
        with archive.open("wb", buffering=0) as written:
            for file in files:
                for piece in self._pieces("reading the books", file):
                    self._there(piece, written.write)
            self._take("writing the archive", lambda: sync(written.fileno()))
        for piece in self._pieces("reading the archive back", archive):
            self._lock(piece)
        for number in range(len(databases)):
            copy = self._scratch / f"{number}.db"
            self._take("opening the databases", lambda: _asked(copy, "quick_check"))  # noqa: B023
        return dict(self._seconds)

    def _there(self, piece: bytes, write: Callable[[bytearray], object]) -> None:
        """Do with a piece all that is done with it until it is proven."""
        for name in ("", " of the second look", " of what came out"):
            self._take(f"BLAKE3{name}", lambda: blake3(piece).digest())
        self._take("CRC-32, twice", lambda: isal_zlib.crc32(piece) + isal_zlib.crc32(piece))
        packed = self._take("deflate", lambda: pack_blocks(piece, last=True))
        locked = self._lock(packed)
        self._take("writing the archive", lambda: write(locked))
        self._take("inflate", lambda: isal_zlib.decompress(packed, -zlib.MAX_WBITS))

    def _lock(self, data: bytes) -> bytearray:
        locked = self._take("AES-256", lambda: self._stream.apply(data, self._offset))
        self._offset += len(data)
        self._take("HMAC-SHA1", lambda: self._code.update(locked))
        self._take("BLAKE3 of the archive", lambda: blake3(locked).digest())
        return locked

    def _pieces(self, name: str, file: Path) -> Iterator[bytes]:
        with file.open("rb", buffering=0) as content:
            while piece := self._take(name, lambda: content.read(_PIECE)):
                yield piece

    def _take(self, name: str, step: Callable[[], _T]) -> _T:
        began = time.process_time()
        result = step()
        self._seconds[name] += time.process_time() - began
        return result


def _copied(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(copy)) as to:
        to.execute("PRAGMA synchronous=OFF")
        live.backup(to)


def _asked(database: Path, check: str) -> None:
    with closing(sqlite3.connect(database)) as copy:
        copy.execute(f"PRAGMA {check}").fetchall()
