"""Codes and facts in, sentences out: the only room that knows gettext and Babel's formats.

English sentences are the message ids; the other languages lie in `locale/`. A sentence is
written as a whole, with named places for what varies, never glued from parts.
"""

from functools import cache

from bewaar.messages.failures import Sentence3
from bewaar.messages.languages import LANGUAGES, N_, nearest, system_language
from bewaar.messages.text import Text
from bewaar.messages.truth import Truth

__all__ = ["LANGUAGES", "N_", "Sentence3", "Text", "Truth", "system_language", "text"]


def text(language: str = "") -> Text:
    """Return the voice of a language, always the same one; "" asks the computer for its own."""
    return _text(nearest(language) or system_language())


@cache
def _text(language: str) -> Text:
    return Text(language)
