"""What to call an administration: as its books say, else as its file or folder is called."""

import html
import re
import sqlite3
from pathlib import Path

from bewaar.errors import BewaarError
from bewaar.programs.profile import Naming, Profile
from bewaar.programs.recognise import head, names_in
from bewaar.storage.edges import shown
from bewaar.storage.sqlite_file import glance, is_database

_HEAD = 64 << 10  # bytes in which a name may stand


def name_of(place: Path, profile: Profile) -> str:
    """Return a name for the books at a place; never an empty one."""
    return _said(place, profile.naming) or _called(place)


def _called(place: Path) -> str:
    name = place.stem if place.is_file() else place.name
    return shown(name).strip() or shown(place)


def _said(place: Path, naming: Naming) -> str:
    try:
        if place.is_dir():
            return _from_files(place, naming.files)
        if is_database(place, place.stat().st_size):
            return _from_rows(place, naming.sql)
        return _from_text(place, naming.text)
    except (BewaarError, OSError, UnicodeDecodeError, sqlite3.Error):
        return ""


def _from_files(place: Path, expression: str) -> str:
    """Return the name that all files which carry one have in common."""
    if not expression:
        return ""
    found = {hit[1] for file in names_in(place)[0] if (hit := re.fullmatch(expression, file))}
    return found.pop() if len(found) == 1 else ""


def _from_rows(place: Path, question: str) -> str:
    if not question:
        return ""
    with glance(place) as database:
        row = database.execute(question).fetchone()
    return _tidy(str(row[0])) if row and row[0] else ""


def _from_text(place: Path, expression: str) -> str:
    hit = re.search(expression, head(place, _HEAD)) if expression else None
    return _tidy(html.unescape(hit[1])) if hit else ""


def _tidy(name: str) -> str:
    return " ".join(name.split())[:120]
