"""One file of another program, held against what its format says of itself.

`has_end` looks at its ends alone, to know whether its program is done with it; `check` reads
it whole. Both raise OSError when the disk cannot be read.
"""

import gzip
import zlib
from pathlib import Path

from bewaar.counting import bacpac
from bewaar.counting.base import Copy, Uncountable, about
from bewaar.progress import SILENT, Progress
from bewaar.vendorfiles import sqlite, strangers, tape, zips
from bewaar.vendorfiles.series import OWN
from bewaar.vendorfiles.verdict import CUT, WHOLE, Verdict, damaged, unknown

_HEAD = 16 << 10  # bytes
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZIPPED = (".bacpac", ".zip")  # endings of what can only be a zip


def has_end(path: Path, size: int) -> bool | None:
    """Return whether the mark is there that its format ends with; None when it has none."""
    head = _head(path)
    if head.startswith((zips.MAGIC, zips.NO_MEMBERS)):
        return zips.has_end(path, size)
    if head.startswith(tape.MAGIC):
        return tape.has_end(path, size)
    if head.startswith(sqlite.MAGIC):
        return sqlite.has_end(path, size)
    return None if size else False


def check(path: Path, name: str, progress: Progress = SILENT) -> Verdict:
    """Return what can be said of a file, which its program calls `name`. Raises Cancelled."""
    head, size = _head(path), path.stat().st_size
    if head.startswith((zips.MAGIC, zips.NO_MEMBERS)):
        return _check_zip(path, name, size, progress)
    if head.startswith(tape.MAGIC):
        return tape.check(path, size)
    if head.startswith(_GZIP):
        return _check_gzip(path, progress)
    if head.startswith(sqlite.MAGIC) and not name.casefold().endswith(_ZIPPED):
        return sqlite.check(path, size, progress)
    return _of_none(path, name, head, progress)


def _of_none(path: Path, name: str, head: bytes, progress: Progress) -> Verdict:
    """Judge what is in no format that can be checked here."""
    if strangers.is_nothing(path, progress):
        return damaged("empty")
    if strangers.is_page(head, path.stat().st_size):
        return damaged("page")
    low = name.casefold()
    if low.endswith(_ZIPPED) or (low.endswith(OWN) and strangers.is_document(head)):
        return damaged("kind")
    return unknown("packed" if head.startswith(tape.PACKED) else "maker")


def _check_zip(path: Path, name: str, size: int, progress: Progress) -> Verdict:
    if not zips.has_end(path, size):
        return CUT
    verdict = zips.check(path, progress)
    if verdict is WHOLE and name.casefold().endswith(".bacpac"):
        return _check_bacpac(path, name, progress)
    return verdict


def _check_bacpac(path: Path, name: str, progress: Progress) -> Verdict:
    """Hold the model against its checksum, and what it says of its rows against what is there."""
    copy = Copy(path=name, local=path)
    try:
        with about(copy):
            found = bacpac.look(path, progress)
    except Uncountable as error:
        return damaged("kind" if isinstance(error.__cause__, KeyError) else "checksum")
    if not found.data and not found.rows:
        return damaged("kind")  # the model of a database without what is in it
    if found.right is False or (found.rows and not found.data):
        return damaged("checksum")
    return WHOLE if found.right else unknown("maker")


def _check_gzip(path: Path, progress: Progress) -> Verdict:
    try:
        with gzip.open(path) as file:
            while file.read(_BLOCK):
                progress.check()
    except EOFError:
        return CUT
    except (gzip.BadGzipFile, zlib.error):
        return damaged("checksum")
    return WHOLE


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)
