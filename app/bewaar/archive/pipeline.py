"""Reading, hashing and packing on all cores, with the results in their order.

Small files are read and packed whole, a handful at a time; a large one is read once, in order,
while its pieces are packed side by side. Only so much is under way at a time that the memory
stays the same whatever the files.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.deflate import pack, pack_blocks
from bewaar.archive.names import shown
from bewaar.archive.records import DEFLATED
from bewaar.errors import BewaarError, Fault, SourceBusy, SourceUnreadable
from bewaar.lanes import Task, in_order
from bewaar.model import SnapshotFile
from bewaar.progress import SILENT, Progress

PIECE = 1 << 20  # larger files go through in pieces of this size

_HANDFUL = 64  # small files that are packed in one go
_COST = 4 << 10  # what even an empty file takes
_TWICE = 2  # what goes in and what comes out lie side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a member, ready to be written; a small file is one piece."""

    file: SnapshotFile
    method: int
    body: bytes
    read: int  # bytes of the file it stands for
    first: bool
    last: bool
    crc: int = 0  # of the whole file, in the last piece
    blake3: str = ""


_Packing = Task[Sequence[Piece]]


def packed(
    files: Iterable[SnapshotFile], progress: Progress = SILENT, *, small: bool = False
) -> Generator[Piece, None, None]:
    """Yield the pieces of all files, in order; `small`: packed slower and smaller.

    Raises SourceUnreadable, SourceBusy, Cancelled, Fault.

    Close the iterator when it is left early, so that the workers stop.
    """
    with closing(in_order(_tasks(files, small=small), progress, "packing")) as done:
        for pieces in done:
            yield from pieces


def _tasks(files: Iterable[SnapshotFile], *, small: bool) -> Iterator[_Packing]:
    handful: list[SnapshotFile] = []
    cost = 0
    for file in files:
        price = min(file.size, PIECE) + _COST
        if handful and (file.size > PIECE or cost + price > PIECE or len(handful) == _HANDFUL):
            yield Task(_TWICE * cost, partial(_whole_ones, tuple(handful), small=small))
            handful, cost = [], 0
        if file.size > PIECE:
            yield from _tasks_of_large(file, small=small)
        else:
            handful.append(file)
            cost += price
    if handful:
        yield Task(_TWICE * cost, partial(_whole_ones, tuple(handful), small=small))


# ── Small files ─────────────────────────────────────────────────────────────────────────────


def _whole_ones(files: Sequence[SnapshotFile], *, small: bool) -> Sequence[Piece]:
    return [_whole(file, small=small) for file in files]


def _whole(file: SnapshotFile, *, small: bool) -> Piece:
    with _opened(file) as content:
        data = _read(content, file, file.size)
        _check_over(content, file)
    method, body = pack(data, small=small)
    return Piece(
        file=file,
        method=method,
        body=body,
        read=len(data),
        first=True,
        last=True,
        crc=isal_zlib.crc32(data),
        blake3=blake3(data).hexdigest(),
    )


# ── Large files ─────────────────────────────────────────────────────────────────────────────


def _tasks_of_large(file: SnapshotFile, *, small: bool) -> Iterator[_Packing]:
    digest, crc = blake3(), 0
    with _opened(file) as content:
        for start in range(0, file.size, PIECE):
            data = _read(content, file, min(PIECE, file.size - start))
            digest.update(data)
            crc = isal_zlib.crc32(data, crc)
            last = start + len(data) == file.size
            if last:
                _check_over(content, file)
            piece = Piece(
                file=file,
                method=DEFLATED,
                body=data,
                read=len(data),
                first=start == 0,
                last=last,
                crc=crc,
                blake3=digest.hexdigest() if last else "",
            )
            yield Task(_TWICE * len(data), partial(_packed_piece, piece, small=small))


def _packed_piece(piece: Piece, *, small: bool) -> Sequence[Piece]:
    return [replace(piece, body=pack_blocks(piece.body, last=piece.last, small=small))]


# ── Reading the snapshot ────────────────────────────────────────────────────────────────────


@contextmanager
def _opened(file: SnapshotFile) -> Iterator[BinaryIO]:
    try:
        with file.local.open("rb", buffering=0) as content:
            yield content
    except OSError as error:
        if file.live and isinstance(error, FileNotFoundError):
            raise _changed(file) from error
        reason = error.strerror or str(error)
        raise SourceUnreadable(path=shown(file.path), reason=reason) from error


def _read(content: BinaryIO, file: SnapshotFile, count: int) -> bytes:
    data = content.read(count)
    while len(data) < count:
        more = content.read(count - len(data))
        if not more:
            raise _changed(file)
        data += more
    return data


def _check_over(content: BinaryIO, file: SnapshotFile) -> None:
    if content.read(1):
        raise _changed(file)


def _changed(file: SnapshotFile) -> BewaarError:
    """Return what it means: a copy is private, and only live books may change meanwhile."""
    if file.live:
        return SourceBusy(place=shown(str(file.local)), path=shown(file.path))
    return Fault(kind="snapshot.changed", detail=shown(file.path))
