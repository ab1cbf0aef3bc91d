"""SQLite databases at rest: opened as they lie, to be read only.

For copies nobody else has open; nothing is written, not even beside them.
"""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote_from_bytes

_LONGEST = 500  # bytes of a path that SQLite opens: 512 with what it adds


def open_at_rest(file: Path) -> sqlite3.Connection:
    """Open a database; one with a path too long for SQLite is read into memory.

    Raises OSError, sqlite3.Error.
    """
    file = file.absolute()
    if len(os.fsencode(file)) <= _LONGEST:
        uri = f"{uri_of(file)}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, isolation_level=None)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(file.read_bytes())
    return connection


def uri_of(path: Path) -> str:
    """Return an absolute path as SQLite wants it: a Windows share too is a path, not a host."""
    plain = path.as_posix()
    slash = "" if plain.startswith("/") else "/"
    return f"file://{slash}{quote_from_bytes(os.fsencode(plain), safe='/:')}"
