"""How a database server greets somebody who has not signed in: of which kind it is.

Only bytes are known here. Nobody is named and no password is sent: what is said to a server is the
first thing its own tools say to it, or a version that it does not know. What does not greet like
one of them is none.
"""

import struct
from dataclasses import dataclass

from bewaar.servers.connection import ServerKind

LONGEST = 4096  # bytes of a greeting

_UNKNOWN_VERSION = 9 << 16  # PostgreSQL refuses it before it asks who is there
_OLD_NAME = "5.5.5-"  # before MariaDB's own version, for clients that know no higher one
_HANDSHAKE, _REFUSAL = 10, 0xFF  # MariaDB: what its first packet is
_VERSION, _ENCRYPTION, _END = 0, 1, 0xFF  # SQL Server: what its first packet tells of
_PRELOGIN = struct.pack(
    "!BHHBHHB6sB",
    _VERSION,
    11,
    6,
    _ENCRYPTION,
    17,
    1,
    _END,
    bytes(6),
    2,  # 2: none can be had
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a server says of itself."""

    maker: str  # as people call it: "MariaDB", "MySQL", "PostgreSQL", "SQL Server"
    version: str = ""  # "" = it does not say


# What is said to a server first; MariaDB begins by itself.
HELLO = {
    ServerKind.POSTGRESQL: struct.pack("!II", 8, _UNKNOWN_VERSION),
    ServerKind.MARIADB: b"",
    ServerKind.SQLSERVER: struct.pack("!BBHHBB", 0x12, 1, 8 + len(_PRELOGIN), 0, 1, 0) + _PRELOGIN,
}


def read(kind: ServerKind, said: bytes) -> Greeting | None:
    """Return what a server of that kind said; None: it is none, or has not said enough yet."""
    try:
        return _READERS[kind](said)
    except (struct.error, IndexError, UnicodeDecodeError, ValueError):
        return None


def _postgresql(said: bytes) -> Greeting | None:
    """Read a refusal: fields of one letter each, its code among them.

    Format: https://www.postgresql.org/docs/current/protocol-message-formats.html
    """
    letter, length = struct.unpack_from("!cI", said)
    if letter != b"E" or not 4 < length < LONGEST or len(said) <= length:
        return None
    fields = {field[:1]: field[1:] for field in said[5 : length + 1].split(b"\0") if field}
    known = fields.get(b"S") and len(fields.get(b"C", b"")) == 5
    return Greeting(maker="PostgreSQL") if known else None


def _mariadb(said: bytes) -> Greeting | None:
    """Read the first packet: a handshake with the version, or a refusal that names its maker.

    Format: https://mariadb.com/kb/en/connection/
    """
    length = int.from_bytes(said[:3], "little")
    packet = said[4 : 4 + length]
    if not 4 < length < LONGEST or said[3] != 0 or len(packet) < length:
        return None
    if packet[0] == _REFUSAL:  # this computer may not come in, or too many are in
        return Greeting(maker="MariaDB") if b"MariaDB" in packet else None
    told, end, _ = packet[1:].partition(b"\0")
    if packet[0] != _HANDSHAKE or not end:
        return None
    version = told.decode("ascii").removeprefix(_OLD_NAME)
    number = version.partition("-")[0]
    if not number.replace(".", "").isdecimal():
        return None
    return Greeting(maker="MariaDB" if "mariadb" in version.casefold() else "MySQL", version=number)


def _sqlserver(said: bytes) -> Greeting | None:
    """Read the answer to a first packet: where in it the version stands, and that.

    Format: MS-TDS 2.2.6.5, PRELOGIN
    """
    kind, _, length = struct.unpack_from("!BBH", said)
    packet = said[8:length]
    if kind != 4 or not 8 < length < LONGEST or len(said) < length:
        return None
    token, offset, size = struct.unpack_from("!BHH", packet)
    if token != _VERSION or size != 6:
        return None
    major, minor, build = struct.unpack_from("!BBH", packet, offset)
    return Greeting(maker="SQL Server", version=f"{major}.{minor}.{build}")


_READERS = {
    ServerKind.POSTGRESQL: _postgresql,
    ServerKind.MARIADB: _mariadb,
    ServerKind.SQLSERVER: _sqlserver,
}
