"""One file of another program, held against what its format says of itself.

`has_end` looks at its last bytes alone, to know whether its program is done with it; `check` reads
it whole. Both raise OSError when the disk cannot be read.
"""

import gzip
import zlib
from pathlib import Path

from bewaar.counting import bacpac
from bewaar.counting.base import Copy, Uncountable, about
from bewaar.progress import SILENT, Progress
from bewaar.vendorfiles import tape, zips
from bewaar.vendorfiles.verdict import CUT, WHOLE, Verdict, damaged, unknown

_HEAD = 512
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\0"
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")  # what a server sends in place of a file
_BOM = b"\xef\xbb\xbf"
_ZIPPED = (".bacpac", ".zip")  # endings of what can only be a zip


def has_end(path: Path, size: int) -> bool | None:
    """Return whether the mark is there that its format ends with; None when it has none."""
    head = _head(path)
    if head.startswith((zips.MAGIC, zips.NO_MEMBERS)):
        return zips.has_end(path, size)
    if head.startswith(tape.MAGIC):
        return tape.has_end(path, size)
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
    return _of_none(head, name)


def _of_none(head: bytes, name: str) -> Verdict:
    """Judge what is in no format that can be checked here."""
    if not head.strip(b"\0"):
        return damaged("empty")
    if head.removeprefix(_BOM).lstrip().lower().startswith(_PAGES):
        return damaged("page")
    if name.casefold().endswith(_ZIPPED):
        return damaged("kind")
    if head.startswith(_SQLITE):
        return WHOLE  # storages copy and check databases themselves, wherever they find them
    return unknown("maker")


def _check_zip(path: Path, name: str, size: int, progress: Progress) -> Verdict:
    if not zips.has_end(path, size):
        return CUT
    verdict = zips.check(path, progress)
    if verdict is WHOLE and name.casefold().endswith(".bacpac"):
        return _check_bacpac(path, name, progress)
    return verdict


def _check_bacpac(path: Path, name: str, progress: Progress) -> Verdict:
    """Hold the model against its checksum, and look for the total of rows."""
    copy = Copy(path=name, local=path)
    try:
        with about(copy):
            bacpac.read(copy, progress)
    except Uncountable as error:
        return damaged("kind" if isinstance(error.__cause__, KeyError) else "checksum")
    return WHOLE


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
