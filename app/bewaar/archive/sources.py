"""The bytes of a backup as they lie in its file, counted off exactly and hashed as they pass."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

from blake3 import blake3

from bewaar.archive.names import shown
from bewaar.behind import Behind
from bewaar.errors import BackupDamaged, BackupHostile
from bewaar.progress import Progress

_WINDOW = 256 << 10  # read ahead


class Source(Protocol):
    """Something that holds a zip."""

    size: int

    def read(self, offset: int, count: int) -> bytes:
        """Return exactly `count` bytes from `offset`. Raises BackupDamaged."""
        ...

    def hold(self, offset: int, count: int) -> "Held":
        """Take bytes out now, to be read by another thread. Raises BackupDamaged."""
        ...

    def damaged(self, detail: str, entry: str = "") -> BackupDamaged:
        """Return the failure that says this file is not what was written."""
        ...

    def hostile(self, reason: str, entry: str = "") -> BackupHostile:
        """Return the failure that says this file is built to do harm."""
        ...


class Held:
    """A stretch of a source, in memory; what it costs to decrypt is paid by who reads it."""

    def __init__(
        self,
        source: Source,
        start: int,
        data: bytes,
        reveal: Callable[[bytes, int], bytes] | None = None,
    ) -> None:
        """Take what lies at `start`; `reveal` turns it into what `source` would have read."""
        self.size = source.size
        self.length = len(data)
        self._source = source
        self._start = start
        self._data = data
        self._reveal = reveal

    def read(self, offset: int, count: int) -> bytes:
        """Return exactly `count` bytes from `offset`. Raises BackupDamaged."""
        if self._reveal:
            self._data, self._reveal = self._reveal(self._data, self._start), None
        at = offset - self._start
        if at < 0 or at + count > len(self._data):
            raise self.damaged("cut short")
        return self._data[at : at + count]

    def all(self) -> bytes:
        """Return everything that is held."""
        return self.read(self._start, self.length)

    def hold(self, offset: int, count: int) -> "Held":
        """Return a part of it."""
        return Held(self, offset, self.read(offset, count))

    def damaged(self, detail: str, entry: str = "") -> BackupDamaged:
        """Return the failure that says this file is not what was written."""
        return self._source.damaged(detail, entry)

    def hostile(self, reason: str, entry: str = "") -> BackupHostile:
        """Return the failure that says this file is built to do harm."""
        return self._source.hostile(reason, entry)


class Seal:
    """Sees a file's bytes once and in order, whatever the order they are read in."""

    def __init__(self) -> None:
        self.reached = 0
        self._digest = blake3()
        self._others: list[tuple[int, int, Callable[[memoryview], object]]] = []
        self._hashing = Behind(self._hash, "sealing")

    def also(self, first: int, last: int, update: Callable[[memoryview], object]) -> None:
        """Hand the bytes from `first` up to `last` to another hash as well."""
        self._others.append((first, last, update))

    def see(self, offset: int, data: bytes) -> None:
        """Take what is new in `data`, which lies at `offset`."""
        if not offset <= self.reached < offset + len(data):
            return
        fresh = memoryview(data)[self.reached - offset :]
        self._hashing.put((self.reached, fresh))
        self.reached = offset + len(data)

    def blake3(self) -> str:
        """Return the digest of everything up to where it reached."""
        self._hashing.finish()
        return self._digest.hexdigest()

    def _hash(self, piece: tuple[int, memoryview]) -> None:
        start, fresh = piece
        self._digest.update(fresh)
        for first, last, update in self._others:
            if part := fresh[max(first - start, 0) : max(last - start, 0)]:
                update(part)


class FileSource:
    """A backup file, read through a small window that goes forward."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        """Take a seekable stream; `file` is its name for errors."""
        self.file = file
        self._stream = stream
        self._start = 0
        self._window = b""
        self.seal = Seal()
        try:
            self.size = stream.seek(0, 2)
        except OSError as error:
            raise self.damaged(f"unreadable: {error.strerror}") from error

    def read(self, offset: int, count: int) -> bytes:
        """Return exactly `count` bytes from `offset`. Raises BackupDamaged."""
        if offset < 0 or offset + count > self.size:
            raise self.damaged("cut short")
        if offset < self._start or offset + count > self._start + len(self._window):
            self._move(offset, count)
        at = offset - self._start
        return self._window[at : at + count]

    def hold(self, offset: int, count: int) -> Held:
        """Take bytes out now, to be read by another thread. Raises BackupDamaged."""
        return Held(self, offset, self.read(offset, count))

    def follow(self, seal: Seal) -> None:
        """From now on show everything that is read to `seal`; nothing is taken from memory."""
        self.seal = seal
        self._window = b""

    def finish(self, progress: Progress) -> Seal:
        """Read on to the end of the file and return the seal that has seen all of it."""
        while self.seal.reached < self.size:
            progress.check()
            self.read(self.seal.reached, min(_WINDOW, self.size - self.seal.reached))
        return self.seal

    def damaged(self, detail: str, entry: str = "") -> BackupDamaged:
        """Return the failure that says this file is not what was written."""
        detail = f"{detail}: {shown(entry)}" if entry else detail
        return BackupDamaged(file=self.file, detail=detail)

    def hostile(self, reason: str, entry: str = "") -> BackupHostile:
        """Return the failure that says this file is built to do harm."""
        return BackupHostile(file=self.file, reason=reason, entry=shown(entry))

    def _move(self, offset: int, count: int) -> None:
        """Put the window over what is asked for, keeping what it already has of it."""
        end = self._start + len(self._window)
        kept = self._window[offset - self._start :] if self._start <= offset < end else b""
        start = offset + len(kept)
        ahead = 0 if count >= _WINDOW else _WINDOW
        fresh = self._fetch(start, min(max(count - len(kept), ahead), self.size - start))
        self.seal.see(start, fresh)
        self._start, self._window = offset, kept + fresh

    def _fetch(self, offset: int, count: int) -> bytes:
        pieces = []
        try:
            self._stream.seek(offset)
            while count and (piece := self._stream.read(count)):
                pieces.append(piece)
                count -= len(piece)
        except OSError as error:
            raise self.damaged(f"unreadable: {error.strerror}") from error
        if count:
            raise self.damaged("cut short")
        return b"".join(pieces)
