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

_BLOCK = 1 << 20  # bytes read between two looks whether to stop
_NAME = rb"`(?:[^`]|``)*`"
_TABLE = re.compile(rb"LOCK TABLES `((?:[^`]|``)*)` WRITE;\n")
_HEAD = re.compile(rb"INSERT INTO %b(?: \((?:(?:%b|\w+)(?:, )?)+\))? VALUES" % (_NAME, _NAME))
_TEXT = re.compile(rb"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL)
_LONGEST = 1 << 20  # bytes of the beginning of a statement
_UNLOCK = b"UNLOCK TABLES;\n"
_END = b"-- Dump completed"
# Differs with the tool and the way to the server, and says nothing of the books.
_PASSING = (
    *(b"-- MariaDB dump ", b"-- Host: ", b"-- Server version", _END),
    *(b"-- Dumping events for database ", b"-- Dumping routines for database "),
)


class Unfinished(Exception):
    """A script that is cut short, or is none; the message is for logs."""


def read(stream: IO[bytes], progress: Progress = SILENT) -> Found:
    """Return what a script holds. Raises Unfinished, Cancelled."""
    script = _Script()
    while lines := stream.readlines(_BLOCK):
        progress.check()
        if lines[0].endswith(b"\r\n"):  # as Windows writes text; in rows it stands for itself
            lines = [line.removesuffix(b"\r\n") + b"\n" for line in lines]
        for line in lines:
            script.take(line)
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

    def take(self, line: bytes) -> None:
        """Read on."""
        if not line.startswith(_PASSING):
            self._hash.update(line)
        self._ended = line.startswith(_END) or (self._ended and not line.strip())
        if self._table is not None:
            self._inside(line)
        elif line.startswith(b"DELIMITER "):
            self._delimiter = line[len(b"DELIMITER ") :].strip()
        elif self._delimiter == b";" and (self._begun or line.startswith(b"LOCK TABLES `")):
            self._enter(line)

    def found(self) -> Found:
        """Return what was found in all of it. Raises Unfinished."""
        if not self._ended or self._table is not None:
            raise Unfinished("the end is missing")
        return Found(rows=self._rows, mark=self._hash.hexdigest())

    def _enter(self, line: bytes) -> None:
        """Learn whose rows come next."""
        self._begin(line)
        if match := _TABLE.fullmatch(self._begun):
            self._table = match[1].replace(b"``", b"`").decode("utf-8", "replace")
            self._rows[self._table] = 0
            self._begun = b""

    def _inside(self, line: bytes) -> None:
        if not self._inserting:
            if line == _UNLOCK:
                self._table = None
                return
            if not self._begun and not line.startswith(b"INSERT "):
                return
            self._begin(line)
            match = _HEAD.match(self._begun)
            if match is None:
                return
            line, self._begun, self._inserting = self._begun[match.end() :], b"", True
        self._rows[self._table or ""] += _TEXT.sub(b"", line).count(b"(")
        self._inserting = not line.endswith(b");\n")

    def _begin(self, line: bytes) -> None:
        self._begun += line
        if len(self._begun) > _LONGEST:
            raise Unfinished("a table without a name")
