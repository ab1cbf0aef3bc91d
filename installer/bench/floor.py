"""The floor: what the work costs when nothing but the work is done, on one core.

Each primitive runs alone over the same books; the sum of their processor time, divided by the
cores, is what no program that does all of this with these libraries can go below.
"""

import hmac
import os
import sqlite3
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.deflate import pack_blocks
from bewaar.archive.encryption import KeyStream
from bewaar.archive.landing import Landing
from bewaar.destinations.transfer import PartFile
from bewaar.errors import Fault
from bewaar.system import cache
from bewaar.system.volumes import disk_facts

_PIECE = 1 << 20  # bytes
_AGAIN = ", once more"
_BACK = "writing the books back"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """What each primitive takes, in the order of the work."""

    written: dict[str, float]
    proven: dict[str, float]  # what comes on top of it, and verifying alone
    restored: dict[str, float]  # what comes on top of verifying


class Floor:
    """The primitives over one folder of books."""

    def __init__(self, books: Path, scratch: Path) -> None:
        """Read the books; write only into the empty folder `scratch`."""
        self._books = books
        self._scratch = scratch
        self._written: dict[str, float] = defaultdict(float)
        self._proven: dict[str, float] = defaultdict(float)
        self._restored: dict[str, float] = defaultdict(float)
        self._stream = KeyStream(bytes(32))
        self._code = hmac.new(bytes(32), digestmod="sha1")
        self._offset = 0

    def measure(self) -> Seconds:
        """Return the seconds of processor time of each primitive."""
        files = sorted(path for path in self._books.rglob("*") if path.is_file())
        databases = [path for path in files if path.suffix == ".gnucash"]
        copies = [self._scratch / f"{number}.db" for number, _ in enumerate(databases)]
        for database, copy in zip(databases, copies, strict=True):
            self._write("copying the databases", partial(_copied, database, copy))
            self._write("checking the databases", partial(_asked, copy, "integrity_check"))
        (to := self._scratch / "back").mkdir()
        archive = self._scratch / "archive"
        written = _opened(archive)
        with Landing(to, needed=0) as back:
            for number, file in enumerate(files):
                self._there_and_back(file, written.write, back, str(number))
        self._write("writing the archive", written.finish)
        written.close()
        self._restore(_BACK, os.sync)
        for piece in _pieces(archive, partial(self._prove, "reading the archive back")):
            self._lock(piece, self._prove, _AGAIN)
        for copy in copies:
            self._prove("opening the databases", partial(_asked, copy, "quick_check"))
        return Seconds(
            written=dict(self._written), proven=dict(self._proven), restored=dict(self._restored)
        )

    def _there_and_back(
        self, file: Path, write: Callable[[bytearray], object], back: Landing, name: str
    ) -> None:
        """Do with a file all that is done with it until it is proven, and given back."""
        given = self._restore(_BACK, partial(back.file, name, file.stat().st_size, 0))
        for piece in _pieces(file, partial(self._write, "reading the books")):
            digest, check = partial(_digested, piece), partial(isal_zlib.crc32, piece)
            self._write("BLAKE3 of the books", digest)
            self._write("CRC-32 of the books", check)
            packed = self._write("deflate", partial(pack_blocks, piece, last=True))
            locked = self._lock(packed, self._write)
            self._write("writing the archive", partial(write, locked))
            self._write("BLAKE3 of the second look", digest)
            inflate = partial(isal_zlib.decompress, packed, -zlib.MAX_WBITS)
            self._prove("inflate", inflate)
            self._prove("BLAKE3 of what comes out", digest)
            self._prove("CRC-32 of what comes out", check)
            self._restore(_BACK, partial(given.write, piece))
        self._restore(_BACK, given.finish)

    def _lock(self, data: bytes, take: "_Take", again: str = "") -> bytearray:
        locked = take(f"AES-256{again}", partial(self._stream.apply, data, self._offset))
        self._offset += len(data)
        take(f"HMAC-SHA1{again}", partial(self._code.update, locked))
        take(f"BLAKE3 of the archive{again}", partial(_digested, locked))
        return locked

    def _write(self, name: str, step: Callable[[], _T]) -> _T:
        return _timed(self._written, name, step)

    def _prove(self, name: str, step: Callable[[], _T]) -> _T:
        return _timed(self._proven, name, step)

    def _restore(self, name: str, step: Callable[[], _T]) -> _T:
        return _timed(self._restored, name, step)


class _Take(Protocol):
    """Runs a step and books what it took."""

    def __call__(self, name: str, step: Callable[[], _T], /) -> _T: ...


def _timed(seconds: dict[str, float], name: str, step: Callable[[], _T]) -> _T:
    began = time.process_time()
    result = step()
    seconds[name] += time.process_time() - began
    return result


def _opened(archive: Path) -> PartFile:
    """Open it as a destination does."""
    handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    past_cache = cache.avoidable(disk_facts(archive.parent).file_system)
    return PartFile(
        handle, lambda error, *_: Fault(kind="bench", detail=str(error)), past_cache=past_cache
    )


def _pieces(file: Path, take: Callable[[Callable[[], bytes]], bytes]) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as content:
        while piece := take(partial(content.read, _PIECE)):
            yield piece


def _digested(data: bytes | bytearray) -> bytes:
    return blake3(data).digest()


def _copied(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(copy)) as to:
        to.execute("PRAGMA synchronous=OFF")
        live.backup(to)


def _asked(database: Path, check: str) -> None:
    with closing(sqlite3.connect(database)) as copy:
        copy.execute(f"PRAGMA {check}").fetchall()
