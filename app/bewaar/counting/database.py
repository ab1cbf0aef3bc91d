"""Questions to a book that is a SQLite database."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from bewaar.counting.base import Copy, OtherKind, Uncountable
from bewaar.databases import open_at_rest
from bewaar.progress import Progress

_MAGIC = b"SQLite format 3\0"
_COLUMNS = """
    SELECT name FROM pragma_table_info(?) WHERE EXISTS (
        SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """An open database, asked for numbers and dates only."""

    connection: sqlite3.Connection

    def number(self, question: str) -> int:
        """Return the one number that a question asks for."""
        ((number,),) = self.connection.execute(question).fetchall()
        return int(number)

    def latest(self, column: str, rows: str) -> str:
        """Return the greatest date in a column of these rows; "" unless all are written alike."""
        dated = f"sum({column} GLOB '[12][0-9][0-9][0-9]*')"
        shape = f"length({column}) || (substr({column}, 5, 1) GLOB '[0-9]')"
        told = f"max({column}), count(*) = {dated} AND min({shape}) = max({shape})"
        question = f"SELECT {told} FROM {rows}"  # noqa: S608 - our own words
        ((text, alike),) = self.connection.execute(question).fetchall()
        return str(text) if alike else ""

    def has(self, table: str, *columns: str) -> bool:
        """Return whether there is a table, and no view, with these columns."""
        rows = self.connection.execute(_COLUMNS, [table, table])
        found = {str(name).casefold() for (name,) in rows}
        return bool(found) and {column.casefold() for column in columns} <= found


def opened(copy: Copy, progress: Progress, *tables: str) -> closing[sqlite3.Connection]:
    """Open the database a file is; it must have these tables."""
    progress.check()
    with copy.local.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise OtherKind("no SQLite database")
    connection = open_at_rest(copy.local)
    book = Book(connection=connection)
    try:
        missing = [table for table in tables if not book.has(table)]
    except sqlite3.Error:
        connection.close()
        raise
    if missing:
        connection.close()
        raise Uncountable(f"no table {missing[0]}")
    return closing(connection)
