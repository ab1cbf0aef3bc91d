"""GDPdU, the German export for auditors: the rows of the tables that index.xml describes.

What each table means is up to the program that wrote it, so bookings stay unknown. A table with
delimiters of several characters, or whose rows do not fit its description, is not counted.
"""

import csv
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper

from bewaar.counting.base import (
    Copies,
    Copy,
    Finding,
    OtherKind,
    Tally,
    Uncountable,
    blocks,
    finding,
)
from bewaar.counting.elements import Walk, walk
from bewaar.progress import Progress

INDEX = "index.xml"

_ENCODINGS = {
    "UTF8": "utf-8-sig",
    "UTF16": "utf-16",
    "OEM": "cp850",
    "Macintosh": "mac_roman",
    "ANSI": "cp1252",
}
_PARTS = {("Table", part) for part in ("VariableLength", "FixedLength", "Range")}
_LINE_ENDS = {"\r\n", "\n", "\r"}
_OFTEN = 1000  # rows between two looks whether to stop


@dataclass(slots=True, kw_only=True)
class _Table:
    """A table as the index describes it; the defaults are the format's."""

    texts: dict[str, str] = field(default_factory=dict)  # of its elements
    encoding: str = "cp1252"
    fixed: bool = False  # columns by width, not by delimiter
    first: str = "1"  # row of the file that belongs to the table

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
    tables: dict[str, int] = {}
    findings: list[Finding] = []
    for index in indexes:
        for table in _tables(index, copies.progress):
            path = _beside(index, table.url)
            if (copy := by_path.get(path.casefold())) is None:
                findings.append(finding("counts.incomplete", path=index.path, missing=table.url))
                continue
            try:
                tables[f"{copy.path}/{table.name}"] = _rows(copy, table, copies.progress)
            except (Uncountable, csv.Error, ValueError) as error:
                findings.append(finding("counts.unknown", path=copy.path, reason=str(error)))
    return Tally(tables=tables, findings=tuple(findings))


def _beside(index: Copy, url: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(index.path), url))


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
    with copy.local.open("rb") as file, TextIOWrapper(file, table.encoding, newline="") as text:
        found = sum(1 for _ in _filled(_split(text, table), progress))
    return max(0, found - int(table.first) + 1)


def _split(text: TextIOWrapper, table: _Table) -> Iterator[list[str]]:
    if table.fixed:
        return ([line.rstrip("\r\n")] for line in text)
    delimiter = table.texts.get("ColumnDelimiter", ";")
    quote = table.texts.get("TextEncapsulator", '"')
    if len(delimiter) != 1 or len(quote) != 1:
        raise Uncountable("a delimiter of several characters")
    return csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True)


def _filled(rows: Iterator[list[str]], progress: Progress) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number % _OFTEN == 0:
            progress.check()
        if row and row != [""]:
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

    def closes(self, name: str, text: str) -> None:
        around, parent = ("", "", *self.path)[-2:]
        if (around, parent, name) == ("Table", "Range", "From"):
            self.tables[-1].first = text
        elif name in self.texts and (parent == "Table" or (around, parent) in _PARTS):
            self.tables[-1].texts.setdefault(name, text)
