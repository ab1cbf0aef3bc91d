"""Patterns for paths inside an administration, as profiles write them.

`*` and `?` stay within one name, `**` spans folders (also none), `[0-9]` is one of those. Paths
are relative with `/`. Upper and lower case are the same, as where the programs come from.
"""

import re
from collections.abc import Iterable
from functools import lru_cache


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Return whether a relative path fits one of the patterns."""
    return _compiled(tuple(patterns)).fullmatch(path) is not None


def for_file(pattern: str, name: str) -> str:
    """Return `pattern` with one file's name for `{name}`, and without its ending for `{stem}`."""
    stem = name.rsplit(".", 1)[0] or name
    return pattern.replace("{name}", _literal(name)).replace("{stem}", _literal(stem))


def for_folder(pattern: str) -> str:
    """Return a pattern about one file's neighbours as one that finds them anywhere in a folder."""
    if not about_file(pattern):
        return pattern
    return "**/" + pattern.replace("{name}", "*").replace("{stem}", "*")


def about_file(pattern: str) -> bool:
    """Return whether a pattern speaks of the neighbours of one file."""
    return "{name}" in pattern or "{stem}" in pattern


def _literal(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    never = r"(?!)"
    return re.compile("|".join(map(_expression, patterns)) or never, re.IGNORECASE | re.DOTALL)


def _expression(pattern: str) -> str:
    tokens: list[str] = re.findall(r"\*\*/|\*\*|\[[^\]]+\]|.", pattern, re.DOTALL)
    return "".join(map(_token, tokens))


def _token(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _ if len(token) > 1:
            return _one_of(token[1:-1])
        case _:
            return re.escape(token)


def _one_of(characters: str) -> str:
    negated = characters.startswith("!") and len(characters) > 1
    plain = re.sub(r"([\\\[^&~|])", r"\\\1", characters[negated:])
    return f"[{'^' if negated else ''}{plain}]"
