"""What counting works with: copies of books, what was found in them, and why nothing was.

A reader sees files at rest and says how much they hold, or raises `Uncountable`. It never guesses:
a number that might be wrong is worse than none.
"""

import csv
import gzip
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

from bewaar.counting.newest import newest
from bewaar.progress import SILENT, Progress

# What reading damaged, foreign or hostile files can end in.
_BAD = (
    *(ArithmeticError, EOFError, LookupError, OSError, RuntimeError, ValueError),
    *(csv.Error, sqlite3.Error, struct.error, zipfile.BadZipFile, zlib.error),
)
_BLOCK = 1 << 20  # bytes read between two looks whether to stop
_LONGEST_LINE = 8 << 20
_COMPRESSED = b"\x1f\x8b"
_DIGITS = 15  # of a number that can be a number of bookings
_ENDS = (b"", b"\n", b"\r", b"\x1a")  # how a text ends; the last is DOS's own
_RATIO, _FREE = 100, 64 << 20  # how much larger books may become unpacked; below that, any


class Uncountable(Exception):
    """These files cannot be counted with certainty; the message is for logs."""

    path = ""  # which of them, when it is one
    why = "unclear"  # what people are told


class OtherKind(Uncountable):
    """They are of another kind than the reader's: another may know them."""

    why = "other"


class CutShort(Uncountable):
    """A file breaks off: something is missing at its end."""

    why = "half"


class Encrypted(Uncountable):
    """Nobody sees what they hold without a password."""

    why = "encrypted"


class NoBookings(Uncountable):
    """They are whole, and of a type that holds something else."""

    why = "none"


class Elsewhere(Uncountable):
    """They go on in a file that does not belong to them."""

    why = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One file of the books, at rest."""

    path: str  # relative, as the books call it
    local: Path  # where it can be read

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The files a reader shall count, and what else belongs to the books."""

    mine: Sequence[Copy]
    all: Sequence[Copy]
    progress: Progress = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that somebody should look at, told as a note."""

    code: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted; None is "unknown"."""

    transactions: int | None = None
    documents: int | None = None
    newest: date | None = None  # of its transactions
    tables: Mapping[str, int] = field(default_factory=dict)  # "file.dbf" or "file.mdb/table"
    findings: tuple[Finding, ...] = ()


Reader = Callable[[Copies], Tally]


def each_file(read: Callable[[Copy, Progress], Tally]) -> Reader:
    """Make a reader of one file into a reader of several, which adds up what they hold."""

    def read_all(copies: Copies) -> Tally:
        tallies = []
        for copy in copies.mine:
            with about(copy):
                tallies.append(read(copy, copies.progress))
        return Tally(
            transactions=_sum([tally.transactions for tally in tallies]),
            documents=_sum([tally.documents for tally in tallies]),
            newest=newest(tally.newest for tally in tallies if tally.transactions != 0),
            tables={name: rows for tally in tallies for name, rows in tally.tables.items()},
            findings=tuple(each for tally in tallies for each in tally.findings),
        )

    return read_all


@contextmanager
def about(copy: Copy) -> Iterator[None]:
    """Whatever goes wrong inside makes this file uncountable."""
    try:
        yield
    except Uncountable as error:
        error.path = error.path or copy.path
        raise
    except _BAD as error:
        kind = CutShort if isinstance(error, EOFError) else Uncountable
        uncountable = kind(f"{type(error).__name__}: {error}")
        uncountable.path = copy.path
        raise uncountable from error


@contextmanager
def opened(copy: Copy) -> Iterator[BinaryIO]:
    """Open a file, unpacked when it is compressed with gzip."""
    with copy.local.open("rb") as plain:
        start = plain.read(len(_COMPRESSED))
        plain.seek(0)
        if start != _COMPRESSED:
            yield plain
            return
        with gzip.GzipFile(fileobj=plain) as unpacked:
            yield cast("BinaryIO", unpacked)


def blocks(copy: Copy, progress: Progress) -> Iterator[bytes]:
    """Yield what is in a file, unpacked when it is compressed. Raises Uncountable for a bomb."""
    left = copy.local.stat().st_size * _RATIO + _FREE
    with opened(copy) as file:
        while block := file.read(_BLOCK):
            progress.check()
            left -= len(block)
            if left < 0:
                raise Uncountable("unpacks to more than books can hold")
            yield block


def lines(copy: Copy, progress: Progress) -> Iterator[bytes]:
    """Yield the lines of a text file without what ends them. Raises Uncountable for no text."""
    rest, first = b"", True
    for block in blocks(copy, progress):
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise (OtherKind if first else Uncountable)("a line without end")
        if b"\0" in block:  # another code page, or blocks that were never written
            raise (OtherKind if first else Uncountable)("bytes that are no text")
        first = first and not whole
        yield from (line.rstrip(b"\r") for line in whole)
    if rest:
        yield rest.rstrip(b"\r")


def breaks_off(copy: Copy) -> bool:
    """Return whether the last line of a text does not end; what is compressed says so itself."""
    with copy.local.open("rb") as file:
        compressed = file.read(len(_COMPRESSED)) == _COMPRESSED
        file.seek(max(0, file.seek(0, 2) - 1))
        return not compressed and file.read() not in _ENDS


def finding(code: str, /, **params: str | int) -> Finding:
    """Return something that somebody should look at."""
    return Finding(code=code, params=params)


def unknown(path: str, error: Exception) -> Finding:
    """Return the finding that what a file holds is unknown, and why."""
    why = error.why if isinstance(error, Uncountable) else Uncountable.why
    return finding("counts.unknown", path=path, reason=str(error), why=why)


def declared(copy: Copy, told: str, found: int) -> tuple[Finding, ...]:
    """Return the finding that a file says it holds another number than it does."""
    told = told.strip()
    if not told.isdecimal() or len(told) > _DIGITS or int(told) == found:
        return ()
    return (finding("counts.declared", path=copy.path, told=int(told), found=found),)


def _sum(numbers: Sequence[int | None]) -> int | None:
    """Return the sum; one unknown makes it unknown."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
