"""GnuCash: documents linked to transactions and invoices.

The link is a slot called `assoc_uri`. One that is relative counts from a folder that stands in
GnuCash's own settings, not in the book: where that lies cannot be told here.
"""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from bewaar.counting.base import Copy, OtherKind, Uncountable, blocks
from bewaar.counting.database import opened
from bewaar.counting.elements import Walk, walk
from bewaar.progress import Progress
from bewaar.references.base import Named

_KEY = "assoc_uri"
_OTHERS = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # on the web, a mail


def read(copy: Copy, _place: Path, progress: Progress) -> Named:
    """Return the linked files of a SQLite or XML book."""
    try:
        return _named(_in_database(copy, progress))
    except OtherKind:
        return _named(_in_text(copy, progress))


def _in_database(copy: Copy, progress: Progress) -> list[str]:
    with opened(copy, progress, "slots") as connection:
        question = "SELECT DISTINCT string_val FROM slots WHERE name = ? AND string_val <> ''"
        try:
            return [str(link) for (link,) in connection.execute(question, [_KEY])]
        except sqlite3.Error as error:
            raise Uncountable(str(error)) from error


def _in_text(copy: Copy, progress: Progress) -> list[str]:
    links = _Links()
    walk(blocks(copy, progress), links)
    return sorted(links.found)


class _Links(Walk):
    """Hears the value that follows each key."""

    root = "gnc-v2"
    texts = frozenset({"key", "value"})

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._key = ""

    def closes(self, name: str, text: str) -> None:
        if name == "key":
            self._key = text
        elif name == "value" and self._key == _KEY:
            self.found.add(text)
            self._key = ""


def _named(links: Iterable[str]) -> Named:
    files, unclear = set(), 0
    for link in links:
        if _OTHERS.match(link):
            continue
        file = _file(link)
        if file:
            files.add(file)
        else:
            unclear += 1
    return Named(files=tuple(sorted(files)), unclear=unclear)


def _file(link: str) -> Path | None:
    """Return the file of a link that says where it lies on this kind of computer."""
    parts = urlsplit(link)
    if parts.scheme.casefold() != "file":
        path = Path(unquote(link))
    elif parts.netloc not in {"", "localhost"}:
        return None  # on another computer
    else:
        path = Path(url2pathname(parts.path))
    return path if path.is_absolute() and "\0" not in str(path) else None
