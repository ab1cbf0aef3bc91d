"""Backups of SQL Server (.bak): Microsoft's tape format, of which blocks and their sums are known.

Such a file begins with a TAPE block; each set of data in it begins with an SSET block and ends with
an ESET block. What lies between is the server's own. A file without its last ESET is cut off. Where
the server packs its backup it writes a format of its own instead, which tells nothing.
"""

import struct
from functools import reduce
from operator import xor
from pathlib import Path

from bewaar.vendorfiles.verdict import CUT, Verdict, unknown

MAGIC = b"TAPE"
PACKED = b"MSSQLBAK"  # how those begin that the server packed

_STEP = 512  # bytes: every block begins at a multiple of it
_TAIL = 1 << 20  # bytes behind the last ESET, at most: filling, and a mark
_WORDS = struct.Struct("<26H")  # the last is the exclusive or of the others


def has_end(path: Path, size: int) -> bool:
    """Return whether the last set of data is closed."""
    start = max(0, size - _TAIL) // _STEP * _STEP
    with path.open("rb") as file:
        summed = _sum_is_right(file.read(_WORDS.size))
        file.seek(start)
        tail = file.read(size - start)
    closing = _last(b"ESET", tail, summed=summed)
    return closing > _last(b"SSET", tail, summed=summed)


def check(path: Path, size: int) -> Verdict:
    """Say whether it is cut off; more, only SQL Server can say."""
    return unknown("server") if has_end(path, size) else CUT


def _last(kind: bytes, tail: bytes, *, summed: bool) -> int:
    """Return where the last block of a kind begins, -1 where there is none."""
    at = len(tail)
    while (at := tail.rfind(kind, 0, at)) >= 0:
        if at % _STEP == 0 and (not summed or _sum_is_right(tail[at:])):
            return at
    return -1


def _sum_is_right(block: bytes) -> bool:
    if len(block) < _WORDS.size:
        return False
    *words, told = _WORDS.unpack_from(block)
    return bool(reduce(xor, words) == told)
