"""The version books are of, as they say it themselves; what they do not say stays unknown.

Two versions are compared only where both begin as numbers do: "3.10" is newer than "3.9".
"""

import re
import sqlite3
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

from bewaar.errors import BewaarError
from bewaar.programs.profile import Release
from bewaar.programs.recognise import head, names_in
from bewaar.storage.sqlite_file import glance, is_database

_HEAD = 64 << 10  # bytes in which a version may stand
_LONGEST = 40  # characters: more is no version
_NUMBERS = re.compile(r"\d{1,15}(?:\.\d{1,15})*")


def version_at(place: Path, release: Release) -> str:
    """Return the version of the books at a place; "" when they do not say."""
    try:
        if place.is_dir():
            return version_named(names_in(place)[0], release)
        return version_in(place, release)
    except OSError:
        return ""


def version_in(file: Path, release: Release) -> str:
    """Return the version one file says it is of; "" when it says none, or cannot be read."""
    try:
        if is_database(file, file.stat().st_size):
            return _tidy(_asked(file, release.sql))
        return _tidy(_read(file, release))
    except (BewaarError, OSError, UnicodeDecodeError, sqlite3.Error):
        return ""


def version_named(names: Iterable[str], release: Release) -> str:
    """Return the newest version that names of files tell; "" when none does."""
    if not release.files:
        return ""
    told = [hit[1] for name in names if (hit := re.fullmatch(release.files, name))]
    return _tidy(max(told, key=lambda each: _numbers(each) or (), default=""))


def is_newer(one: str, other: str) -> bool:
    """Return whether `one` is certainly a later version than `other`."""
    first, second = _numbers(one), _numbers(other)
    if not first or not second:
        return False
    pairs = zip_longest(first, second, fillvalue=0)
    return next((a > b for a, b in pairs if a != b), False)


def _asked(file: Path, question: str) -> str:
    if not question:
        return ""
    with glance(file) as database:
        row = database.execute(question).fetchone()
    return "" if row is None or row[0] is None else str(row[0])


def _read(file: Path, release: Release) -> str:
    start = head(file, _HEAD) if release.text or release.byte else ""
    if release.text and (hit := re.search(release.text, start)):
        return str(hit[1])
    if release.byte and (hit := re.search(release.byte, start)):
        return str(ord(hit[1]))
    return ""


def _numbers(version: str) -> tuple[int, ...] | None:
    found = _NUMBERS.match(version) if len(version) <= _LONGEST else None
    return tuple(map(int, found[0].split("."))) if found else None


def _tidy(version: str) -> str:
    """Return a version as one short line; anything else is none."""
    told = " ".join(version.split())
    return told if told.isprintable() and len(told) <= _LONGEST else ""
