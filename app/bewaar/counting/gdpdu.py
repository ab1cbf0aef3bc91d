"""GDPdU, the German export for auditors: the rows of the tables that index.xml describes.

What each table means is up to the program that wrote it, so bookings stay unknown. A table with
delimiters of several characters, or whose rows do not fit its description, is not counted.
"""

import csv
import posixpath
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from urllib.parse import unquote

from bewaar.counting.base import (
    Copies,
    Copy,
    Finding,
    OtherKind,
    Tally,
    Uncountable,
    blocks,
    finding,
    unknown,
)
from bewaar.counting.elements import Walk, walk
from bewaar.progress import Progress

INDEX = "index.xml"

_ENCODINGS = {
    "UTF7": "utf-7",
    "UTF8": "utf-8-sig",
    "UTF16": "utf-16",
    "OEM": "cp850",
    "Macintosh": "mac_roman",
    "ANSI": "cp1252",
}
_PARTS = {("Table", part) for part in ("VariableLength", "FixedLength", "Range")}
_COLUMNS = {"VariablePrimaryKey", "VariableColumn"}
_LINE_ENDS = {"\r\n", "\n", "\r"}
_LONGEST_LINE = 8 << 20  # characters
_OFTEN = 1000  # rows between two looks whether to stop


@dataclass(slots=True, kw_only=True)
class _Table:
    """A table as the index describes it; the defaults are the format's."""

    texts: dict[str, str] = field(default_factory=dict)  # of its elements
    encoding: str = "cp1252"
    fixed: bool = False  # columns by width, not by delimiter
    first: str = "1"  # row of the file that belongs to the table
    columns: int = 0  # of variable width
    widths: list[int] = field(default_factory=list)  # where columns of fixed width end

    @property
    def url(self) -> str:
        """Where its rows are."""
        return self.texts.get("URL", "").strip()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.texts.get("Name", "").strip()


def read(copies: Copies) -> Tally:
    """Count the rows of every table of every index."""
    indexes = [copy for copy in copies.mine if copy.name.casefold() == INDEX]
    if not indexes:
        raise OtherKind(f"no {INDEX}")
    by_path = {copy.path.casefold(): copy for copy in copies.mine}
    by_path |= {copy.path: copy for copy in copies.mine}
    tables: dict[str, int] = {}
    findings: list[Finding] = []
    read_already: set[str] = set()
    for index in indexes:
        for table in _tables(index, copies.progress):
            found = (by_path.get(path) for path in _beside(index, table.url))
            if (copy := next(filter(None, found), None)) is None:
                findings.append(finding("counts.incomplete", path=index.path, missing=table.url))
                continue
            try:
                if copy.path in read_already:
                    raise Uncountable("described twice")
                read_already.add(copy.path)
                tables[f"{copy.path}/{table.name}"] = _rows(copy, table, copies.progress)
            except (Uncountable, csv.Error, ValueError) as error:
                findings.append(unknown(copy.path, error))
    return Tally(tables=tables, findings=tuple(findings))


def _beside(index: Copy, url: str) -> Iterator[str]:
    """Yield where a table may lie: as it is written, as on Windows, as in an address."""
    for each in (url, url.replace("\\", "/"), unquote(url)):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(index.path), each))
        yield from (path, path.casefold())


def _tables(index: Copy, progress: Progress) -> list[_Table]:
    file = _Index()
    walk(blocks(index, progress), file)
    return file.tables


def _rows(copy: Copy, table: _Table, progress: Progress) -> int:
    """Return how many rows belong to the table. Raises Uncountable, csv.Error, ValueError."""
    for doubtful in ("SkipNumBytes", "To", "Length"):
        if doubtful in table.texts:
            raise Uncountable(f"{doubtful} is used")
    if table.texts.get("RecordDelimiter", "\r\n") not in _LINE_ENDS:
        raise Uncountable("rows do not end with a line")
    before = int(table.first) - 1
    if before < 0:
        raise Uncountable("a first row that is none")
    errors = "strict" if table.encoding.startswith("utf") else "replace"
    with (
        copy.local.open("rb") as file,
        TextIOWrapper(file, table.encoding, errors, newline="") as text,
    ):
        rows = islice(_split(_lines(text), table), before, None)
        return sum(1 for _ in _filled(rows, table, progress))


def _lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise Uncountable("a line without end")
        if "\0" in line:
            raise Uncountable("bytes that are no text")
        yield line


def _split(text: Iterator[str], table: _Table) -> Iterator[list[str]]:
    if table.fixed:
        return ([line.rstrip("\r\n")] for line in text)
    delimiter = table.texts.get("ColumnDelimiter", ";")
    quote = table.texts.get("TextEncapsulator", '"')
    if len(delimiter) != 1 or len(quote) > 1:
        raise Uncountable("a delimiter of several characters")
    if not quote:
        return csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True)


def _filled(rows: Iterator[list[str]], table: _Table, progress: Progress) -> Iterator[list[str]]:
    """Yield the rows that are not empty. Raises Uncountable for one that is not as described."""
    width = max(table.widths, default=0)
    for number, row in enumerate(rows):
        if number % _OFTEN == 0:
            progress.check()
        if row and row != [""]:
            if len(row) < table.columns or (width and len(row[0].rstrip(" \x1a")) > width):
                raise Uncountable("a row is not as it is described")
            yield row


class _Index(Walk):
    root = "DataSet"
    texts = frozenset(
        {
            *("URL", "Name", "From", "To", "Length", "SkipNumBytes"),
            *("ColumnDelimiter", "RecordDelimiter", "TextEncapsulator"),
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Table":
            self.tables.append(_Table())
        elif self.parent == "Table" and name in _ENCODINGS:
            self.tables[-1].encoding = _ENCODINGS[name]
        elif self.parent == "Table" and name == "FixedLength":
            self.tables[-1].fixed = True
        elif self.parent == "VariableLength" and name in _COLUMNS and self.tables:
            self.tables[-1].columns += 1

    def closes(self, name: str, text: str) -> None:
        around, parent = ("", "", *self.path)[-2:]
        if (around, parent, name) == ("Table", "Range", "From"):
            self.tables[-1].first = text
        elif (parent, name) == ("FixedRange", "To") and self.tables:
            self.tables[-1].widths.append(int(text))
        elif (parent, name) == ("FixedRange", "Length") and self.tables:
            self.tables[-1].widths.append(sys.maxsize)  # told in another way: not checked
        elif name in self.texts and (parent == "Table" or (around, parent) in _PARTS):
            self.tables[-1].texts.setdefault(name, text)
