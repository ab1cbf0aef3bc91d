r"""What PostgreSQL's tools write of a database as text: read to its end, counted and marked.

The rows of a table stand one to a line between `COPY … FROM stdin;` and `\.`. Only what is
announced by a comment of the tool's is such a beginning: the body of a function may look like one.
"""

import re
from typing import IO

from blake3 import blake3

from bewaar.progress import SILENT, Progress
from bewaar.servers.base import Found
from bewaar.servers.scripts import Unfinished, blocks

_ANNOUNCED = re.compile(rb"-- Data for Name: .*; Type: TABLE DATA; ")
_NAME = rb'"((?:[^"]|"")*)"|([^\s".(]+)'
_COPY = re.compile(rb"COPY (?:%b)\.(?:%b) .*FROM stdin;\n" % (_NAME, _NAME), re.DOTALL)
_LONGEST = 1 << 20  # bytes of the beginning of a table
_END_OF_ROWS = b"\\.\n"
_END = b"-- PostgreSQL database dump complete\n"
# Differs each time, or with the tool, and says nothing of the books.
_PASSING = re.compile(rb"\\(?:un)?restrict \w+\n|-- Dumped (?:from|by) .*\n")


def named(schema: str, table: str) -> str:
    """Return the name of a table in counts: "public.gl", quoted where that would be ambiguous."""
    return ".".join(
        '"{}"'.format(each.replace('"', '""')) if {".", '"'} & {*each} else each
        for each in (schema, table)
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
        self._table: str | None = None  # whose rows are being read
        self._announced = False
        self._head = b""  # the beginning of a table, while its name goes over several lines
        self._ended = False

    def take(self, lines: list[bytes]) -> None:
        """Read on."""
        at = 0
        while at < len(lines):
            at = self._rows_from(lines, at) if self._table is not None else self._line(lines, at)

    def found(self) -> Found:
        """Return what was found in all of it. Raises Unfinished."""
        if not self._ended or self._table is not None:
            raise Unfinished("the end is missing")
        return Found(rows=self._rows, mark=self._hash.hexdigest())

    def _rows_from(self, lines: list[bytes], at: int) -> int:
        """Take the rows of the present table, and return where they end."""
        try:
            end = lines.index(_END_OF_ROWS, at)
        except ValueError:
            end = len(lines)
        self._hash.update(b"".join(lines[at:end]))
        self._rows[self._table or ""] += end - at
        if end == len(lines):
            return end
        self._table = None
        return end + 1

    def _line(self, lines: list[bytes], at: int) -> int:
        line = lines[at]
        if not _PASSING.fullmatch(line):
            self._hash.update(line)
        if self._head or (self._announced and line.startswith(b"COPY ")):
            self._begin(line)
        elif _ANNOUNCED.match(line):
            self._announced = True
        elif line == _END:
            self._ended = True
        return at + 1

    def _begin(self, line: bytes) -> None:
        """Learn which table's rows come next; its name may have line breaks in it."""
        self._head += line
        if not self._head.endswith(b" FROM stdin;\n"):
            if len(self._head) > _LONGEST:
                raise Unfinished("a table without a name")
            return
        match = _COPY.fullmatch(self._head)
        if match is None:
            raise Unfinished("a table without a name")
        schema, table = match[1] or match[2], match[3] or match[4]
        self._table = named(_plain(schema), _plain(table))
        self._rows[self._table] = 0
        self._head, self._announced = b"", False


def _plain(name: bytes) -> str:
    return name.replace(b'""', b'"').decode("utf-8", "replace")
