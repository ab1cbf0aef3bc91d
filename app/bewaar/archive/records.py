"""The records of a zip, as PKWARE's APPNOTE 6.3 lays them out, and a writer that never seeks.

Only the layout lives here; what is believed when reading is decided in `directory`.
"""

import struct
import time
from dataclasses import dataclass

from bewaar.destinations.base import Sink

STORED, DEFLATED, AES = 0, 8, 99
ENCRYPTED, STREAMED, UTF8 = 0x1, 0x8, 0x800  # general purpose flags

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
DESCRIPTOR, DESCRIPTOR64 = struct.Struct("<4s3I"), struct.Struct("<4sI2Q")
END = struct.Struct("<4s4H2IH")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR = struct.Struct("<4sIQI")

LOCAL_SIGN, CENTRAL_SIGN, DESCRIPTOR_SIGN = b"PK\3\4", b"PK\1\2", b"PK\7\x08"
END_SIGN, END64_SIGN, LOCATOR_SIGN = b"PK\5\6", b"PK\6\6", b"PK\6\7"

# Extra fields; the last is ours: it tells whether salt and verifier are as they were written.
ZIP64, TIMES, WINZIP, CHECK = 0x0001, 0x5455, 0x9901, 0x7742
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF  # "see the ZIP64 field"

_VERSION, _VERSION64 = 20, 45
_UNIX = 3 << 8  # made on: so that the mode below counts
USUAL_FILE, _FOLDER = 0o100644 << 16, (0o40755 << 16) | 0x10
LARGE = 0xF0000000  # sizes from here on get ZIP64: deflate may add to them a little
_DOS_FIRST, _DOS_LAST = 315532800, 4354819198  # 1980 … 2107, all that a zip's own field can say


@dataclass(slots=True, kw_only=True)
class Entry:
    """One member while it is written."""

    name: str
    modified: int  # seconds since 1970, UTC
    size: int = 0
    method: int = STORED
    crc: int = 0
    packed: int = 0
    offset: int = 0
    streamed: bool = False  # CRC and packed size follow the data

    @property
    def large(self) -> bool:
        """Whether its local header has room for 64-bit sizes."""
        return self.size >= LARGE


class ZipStream:
    """Writes a zip to a sink, one member after another, forward only."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._position = 0
        self._entries: list[Entry] = []

    def put(self, entry: Entry, body: bytes = b"") -> None:
        """Write a whole member, whose CRC is known."""
        entry.packed = len(body)
        self.begin(entry)
        self.append(body)

    def begin(self, entry: Entry) -> None:
        """Start a member; `append` its data, then `end` it when it is streamed."""
        entry.offset = self._position
        self._entries.append(entry)
        self._write(_local(entry))

    def append(self, data: bytes) -> None:
        """Write the next piece of the member's packed data."""
        self._write(data)

    def end(self, entry: Entry, *, crc: int) -> None:
        """Finish a streamed member with what only became known on the way."""
        entry.crc = crc
        entry.packed = self._position - entry.offset - len(_local(entry))
        layout = DESCRIPTOR64 if entry.large else DESCRIPTOR
        self._write(layout.pack(DESCRIPTOR_SIGN, crc, entry.packed, entry.size))

    def close(self) -> None:
        """Write the central directory."""
        start = self._position
        for entry in self._entries:
            self._write(_central(entry))
        self._write(_ending(len(self._entries), start, self._position - start))

    def _write(self, data: bytes) -> None:
        if data:
            self._sink.write(data)
            self._position += len(data)


def _local(entry: Entry) -> bytes:
    name, extra = entry.name.encode(), _times(entry.modified)
    flags = UTF8 | (STREAMED if entry.streamed else 0)
    crc, packed, size = (0, 0, 0) if entry.streamed else (entry.crc, entry.packed, entry.size)
    if entry.large:
        extra = struct.pack("<2H2Q", ZIP64, 16, size, packed) + extra
        packed = size = FULL32
    return (
        LOCAL.pack(
            *(LOCAL_SIGN, _version(large=entry.large), flags, entry.method),
            *dos_time(entry.modified),
            *(crc, packed, size, len(name), len(extra)),
        )
        + name
        + extra
    )


def _central(entry: Entry) -> bytes:
    numbers = (entry.size, entry.packed, entry.offset)
    wide = [number for number in numbers if number >= FULL32]
    size, packed, offset = (min(number, FULL32) for number in numbers)
    extra = struct.pack(f"<2H{len(wide)}Q", ZIP64, 8 * len(wide), *wide) if wide else b""
    extra += _times(entry.modified)
    name = entry.name.encode()
    version = _version(large=bool(wide) or entry.large)
    return (
        CENTRAL.pack(
            *(CENTRAL_SIGN, _UNIX | version, version),
            *(UTF8 | (STREAMED if entry.streamed else 0), entry.method),
            *dos_time(entry.modified),
            *(entry.crc, packed, size, len(name), len(extra), 0, 0, 0),
            *(_FOLDER if entry.name.endswith("/") else USUAL_FILE, offset),
        )
        + name
        + extra
    )


def _ending(count: int, start: int, size: int) -> bytes:
    narrow = END.pack(
        *(END_SIGN, 0, 0, min(count, FULL16), min(count, FULL16)),
        *(min(size, FULL32), min(start, FULL32), 0),
    )
    if count < FULL16 and start < FULL32 and size < FULL32:
        return narrow
    versions = (_UNIX | _VERSION64, _VERSION64)
    wide = END64.pack(END64_SIGN, END64.size - 12, *versions, 0, 0, count, count, size, start)
    return wide + LOCATOR.pack(LOCATOR_SIGN, 0, start + size, 1) + narrow


def _version(*, large: bool) -> int:
    return _VERSION64 if large else _VERSION


def dos_time(seconds: int) -> tuple[int, int]:
    """Return time and date as a zip writes them, in UTC, to two seconds."""
    then = time.gmtime(min(max(seconds, _DOS_FIRST), _DOS_LAST))
    date = (then.tm_year - 1980) << 9 | then.tm_mon << 5 | then.tm_mday
    return then.tm_hour << 11 | then.tm_min << 5 | then.tm_sec // 2, date


def _times(seconds: int) -> bytes:
    """Return the extra field with the exact second, while it fits in 32 bits."""
    if not -(2**31) <= seconds < 2**31:
        return b""
    return struct.pack("<2HBi", TIMES, 5, 1, seconds)
