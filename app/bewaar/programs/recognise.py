"""Whether something on the disk is what a rule describes.

Looks at names first, and at the first bytes only of what has the right name. Live books are never
written, not even by looking (see `storage.sqlite_file`).
"""

import os
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from bewaar.errors import BewaarError
from bewaar.programs.profile import Rule, Unit
from bewaar.storage.patterns import matches
from bewaar.storage.sqlite_file import first_bytes, glance, is_database

_HEAD = 4 << 10  # bytes in which a text must stand
_COMPRESSED = b"\x1f\x8b"

# What systems leave in every folder.
_LITTER = (".*", "desktop.ini", "thumbs.db", "~$*")


def is_file_of(rule: Rule, path: Path, *, by_name: bool) -> bool:
    """Return whether a file is what the rule describes.

    Without `by_name` its name does not matter where its content tells: people rename books.
    """
    if rule.unit is not Unit.FILE or matches(path.name, rule.never):
        return False
    tells = bool(rule.tables or rule.text) and not rule.named
    if (by_name or not tells) and not matches(path.name, rule.names):
        return False
    if rule.tables and not set(rule.tables) <= tables_of(path):
        return False
    return not rule.text or rule.text in head(path, _HEAD)


def is_folder_of(rule: Rule, name: str, files: Sequence[str], folders: Sequence[str]) -> bool:
    """Return whether a folder of that name, with these names in it, is what the rule describes."""
    if rule.unit is not Unit.FOLDER or (rule.names and not matches(name, rule.names)):
        return False
    inside = [*(f for f in files if not matches(f, rule.never)), *(f"{f}/" for f in folders)]
    if not all(any(matches(each, (wanted,)) for each in inside) for wanted in rule.holds):
        return False
    return not rule.only or all(
        matches(file, (*rule.only, *rule.never, *_LITTER)) for file in files
    )


def names_in(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of the files and of the folders in a folder, links left out."""
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append(entry.name)
    return sorted(files), sorted(folders)


def tables_of(path: Path) -> set[str]:
    """Return the tables of a SQLite database; none when it is none, or busy."""
    try:
        if not is_database(path, path.stat().st_size):
            return set()
        with glance(path) as database:
            rows: Iterable[tuple[str]] = database.execute("SELECT name FROM sqlite_master")
            return {name for (name,) in rows}
    except (BewaarError, OSError, UnicodeDecodeError, sqlite3.Error):
        return set()


def head(path: Path, size: int) -> str:
    """Return the first characters of a text file, unpacked when it is compressed."""
    try:
        data = first_bytes(path, size)
        if data.startswith(_COMPRESSED):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, size)
    except (BewaarError, OSError, zlib.error):
        return ""
    return data.decode("utf-8", "replace")
