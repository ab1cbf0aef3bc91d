"""Every failure in three parts: what happened, whether the data is safe, what to do.

The texts stand in tables by topic, one entry for each code of `errors`. A `code/value` entry is
used when the failure's telling parameter has that value.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bewaar.errors import Value
from bewaar.messages.failures.backups import BACKUPS
from bewaar.messages.failures.books import BOOKS
from bewaar.messages.failures.destinations import DESTINATIONS
from bewaar.messages.failures.documents import DOCUMENTS
from bewaar.messages.failures.itself import ITSELF
from bewaar.messages.failures.restores import RESTORES
from bewaar.messages.failures.servers import SERVERS
from bewaar.messages.failures.three import Sentence3
from bewaar.messages.speech import Speech

__all__ = ["TEXTS", "Facts", "Sentence3", "failure"]

TEXTS = BOOKS | DESTINATIONS | BACKUPS | DOCUMENTS | RESTORES | SERVERS | ITSELF

_TELLING = {
    "source.shrunk": "unit",
    "backup.locked": "reason",
    "undo.blocked": "reason",
    "restore.interrupted": "kind",
}
_SIZES = frozenset({"before_size", "free", "needed", "limit", "size"})
_DAYS = frozenset({"day"})
_AMOUNTS = frozenset({"off"})


class Facts(dict[str, str]):
    """Parameters as a language writes them; a missing one is a question mark, never a crash."""

    def __init__(self, speech: Speech, params: Mapping[str, Value]) -> None:
        """Write sizes as sizes and numbers as numbers."""
        super().__init__({key: _written(speech, key, value) for key, value in params.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def failure(speech: Speech, code: str, params: Mapping[str, Value]) -> Sentence3:
    """Return the three parts and the button for a failure's code and parameters."""
    text, facts = _chosen(code, params), Facts(speech, params)
    return Sentence3(
        what=speech.gettext(text.what) % facts,
        safe=speech.gettext(text.safe) % facts,
        todo=speech.gettext(text.todo) % facts,
        button=text.button and speech.gettext(text.button),
    )


def _chosen(code: str, params: Mapping[str, Value]) -> Sentence3:
    special = f"{code}/{params.get(_TELLING.get(code, ''))}"
    return TEXTS.get(special) or TEXTS.get(code) or TEXTS["fault"]


def _written(speech: Speech, key: str, value: Value) -> str:
    if value is None or isinstance(value, str | bool):
        return "?" if value is None else _told(speech, key, str(value))
    return speech.size(int(value)) if key in _SIZES else speech.number(value)


def _told(speech: Speech, key: str, value: str) -> str:
    """Return a day or an amount as the language writes it, anything else as it is."""
    try:
        if key in _DAYS:
            return speech.date(date.fromisoformat(value))
        return speech.amount(Decimal(value)) if key in _AMOUNTS else value
    except (ArithmeticError, ValueError):
        return value
