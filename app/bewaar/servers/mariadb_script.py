"""What MariaDB's tool writes of a database: read to its end, counted and marked.

A table's rows stand between `LOCK TABLES` and `UNLOCK TABLES`, in statements whose lines end
between rows only. What stands behind `DELIMITER` are bodies of triggers and routines, which may
look like rows.
"""

import re
from typing import IO

from blake3 import blake3

from bewaar.progress import SILENT, Progress
from bewaar.servers.base import Found
from bewaar.servers.scripts import Unfinished, blocks

_NAME = rb"`(?:[^`]|``)*`"
_TABLE = re.compile(rb"LOCK TABLES `((?:[^`]|``)*)` WRITE;\n")
_HEAD = re.compile(rb"INSERT INTO %b(?: \((?:(?:%b|\w+)(?:, )?)+\))? VALUES" % (_NAME, _NAME))
_TEXT = re.compile(rb"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL)
_LONGEST = 1 << 20  # bytes of the beginning of a statement
_LAST_ROW = b");\n"
_UNLOCK = b"UNLOCK TABLES;\n"
_END = b"-- Dump completed"
# Differs with the tool and the way to the server, and says nothing of the books.
_PASSING = (
    *(b"-- MariaDB dump ", b"-- Host: ", b"-- Server version", _END),
    *(b"-- Dumping events for database ", b"-- Dumping routines for database "),
)


def read(stream: IO[bytes], progress: Progress = SILENT) -> Found:
    """Return what a script holds. Raises Unfinished, Cancelled."""
    script = _Script()
    for lines in blocks(stream, progress):
        script.take(lines)
    return script.found()


class _Script:
    """A script as far as it was read."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._hash = blake3()
        self._delimiter = b";"
        self._table: str | None = None  # whose rows are being read
        self._begun = b""  # a beginning that goes over several lines: names may
        self._inserting = False  # the line is one of rows
        self._ended = False

    def take(self, lines: list[bytes]) -> None:
        """Read on."""
        at = 0
        while at < len(lines):
            if self._inserting:
                at = self._rows_from(lines, at)
            else:
                self._line(lines[at])
                at += 1

    def found(self) -> Found:
        """Return what was found in all of it. Raises Unfinished."""
        if not self._ended or self._table is not None:
            raise Unfinished("the end is missing")
        return Found(rows=self._rows, mark=self._hash.hexdigest())

    def _rows_from(self, lines: list[bytes], at: int) -> int:
        """Take the rows of the present statement, and return where they end."""
        ends = (n + 1 for n in range(at, len(lines)) if lines[n].endswith(_LAST_ROW))
        end = next(ends, None)
        rows = b"".join(lines[at:end])
        self._hash.update(rows)
        self._count(rows)
        self._inserting = end is None
        return len(lines) if end is None else end

    def _line(self, line: bytes) -> None:
        if not line.startswith(_PASSING):
            self._hash.update(line)
        self._ended = line.startswith(_END) or (self._ended and not line.strip())
        if self._table is not None:
            self._inside(line)
        elif line.startswith(b"DELIMITER "):
            self._delimiter = line[len(b"DELIMITER ") :].strip()
        elif self._delimiter == b";" and (self._begun or line.startswith(b"LOCK TABLES `")):
            self._enter(line)

    def _enter(self, line: bytes) -> None:
        """Learn whose rows come next."""
        if match := self._begin(line, _TABLE):
            self._table = match[1].replace(b"``", b"`").decode("utf-8", "replace")
            self._rows[self._table] = 0

    def _inside(self, line: bytes) -> None:
        """Look for the next statement with rows, the first of which may be on its line."""
        if line == _UNLOCK and not self._begun:
            self._table = None
        elif (self._begun or line.startswith(b"INSERT ")) and (match := self._begin(line, _HEAD)):
            rows = match.string[match.end() :].lstrip(b" ")
            self._count(rows)
            self._inserting = not rows.endswith(_LAST_ROW)

    def _begin(self, line: bytes, wanted: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Return the beginning of a statement once all of it is there."""
        self._begun += line
        match = wanted.match(self._begun)
        if match:
            self._begun = b""
        elif len(self._begun) > _LONGEST:
            raise Unfinished("a table without a name")
        return match

    def _count(self, rows: bytes) -> None:
        """Add rows: each begins a line, or older tools put many on one."""
        if b"),(" in rows:
            found = _TEXT.sub(b"", rows).count(b"(")
        else:
            found = rows.count(b"\n(") + rows.startswith(b"(")
        self._rows[self._table or ""] += found
