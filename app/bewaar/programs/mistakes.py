"""Mistakes in a profile of the user's: of which kind, about which word, in which line.

Each kind has a sentence in `messages`; the English detail is for logs and scripts.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from bewaar.errors import Fault
from bewaar.model import Note

_SYNTAX_LINE = re.compile(r"at line (\d+)")
_WHOLE = frozenset({"missing", "name", "refused", "taken", "text", "unreadable"})  # no one line
_LONGEST = 60  # characters of a word that is told


class Mistake(ValueError):
    """Something that cannot be in a profile; `kind` is the last part of the note's code."""

    def __init__(
        self, kind: str, detail: str, *, word: str = "", known: Iterable[str] = ()
    ) -> None:
        """Take the word it is about, and those that would do."""
        super().__init__(detail)
        self.kind, self.word, self.known = kind, word, tuple(sorted(known))


def told(file: Path, error: Exception, text: str) -> Note:
    """Return what is told of a file that cannot be used; `text` is what was read of it."""
    found = error.__cause__ if isinstance(error, Fault) and error.__cause__ else error
    mistake = found if isinstance(found, Mistake) else _understood(found)
    return Note(
        code=f"profile.{mistake.kind}",
        params={
            "file": file.name,
            "line": None if mistake.kind in _WHOLE else _line(found, mistake.word, text),
            "word": mistake.word[:_LONGEST],
            "known": ", ".join(mistake.known),
            "detail": str(found),
        },
    )


def _understood(error: BaseException) -> Mistake:
    """Return what an error of a reader means."""
    detail = str(error)
    if isinstance(error, tomllib.TOMLDecodeError):
        return Mistake("syntax", detail)
    if isinstance(error, UnicodeDecodeError):
        return Mistake("text", detail)
    return Mistake("unreadable" if isinstance(error, OSError) else "refused", detail)


def _line(error: BaseException, word: str, text: str) -> int | None:
    """Return the line a mistake is in, counted from 1; None when nobody can tell."""
    lines = text.splitlines()
    if isinstance(error, tomllib.TOMLDecodeError):
        at = _SYNTAX_LINE.search(str(error))
        return int(at[1]) if at else len(lines)
    key = re.compile(rf"\s*(\[*{re.escape(word)}\]*\s*$|{re.escape(word)}\s*=)")
    hits = [n for n, line in enumerate(lines, 1) if key.match(line)]
    hits += [n for n, line in enumerate(lines, 1) if word in line]
    return hits[0] if hits else None
