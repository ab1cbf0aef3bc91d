"""Values out of a JSON text that somebody else may have written: present, and of the right type.

Everything wrong raises ValueError; `judged` says which file that makes damaged.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TypeVar

from bewaar.errors import BackupDamaged, BackupNewer

_T = TypeVar("_T")

_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")


class Fields:
    """One JSON object."""

    def __init__(self, value: object) -> None:
        """Take a parsed value. Raises ValueError unless it is an object."""
        self._values: dict[str, object] = _typed(value, dict, "value")

    @classmethod
    def parse(cls, data: bytes) -> "Fields":
        """Read a JSON text whose outermost value is an object."""
        try:
            return cls(json.loads(data.decode()))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def text(self, name: str) -> str:
        return _typed(self._values.get(name), str, name)

    def text_if_told(self, name: str) -> str:
        """Return a text that older backups do not have; "" then."""
        return self.text(name) if name in self._values else ""

    def number(self, name: str) -> int:
        value = self._values.get(name)
        return _typed(None if isinstance(value, bool) else value, int, name)

    def size(self, name: str) -> int:
        value = self.number(name)
        if value < 0:
            raise ValueError(f"{name} is negative")
        return value

    def size_or_unknown(self, name: str) -> int | None:
        return None if self._values.get(name) is None else self.size(name)

    def truth(self, name: str) -> bool:
        return _typed(self._values.get(name), bool, name)

    def date_or_unknown(self, name: str) -> date | None:
        return None if self._values.get(name) is None else date.fromisoformat(self.text(name))

    def hash(self, name: str) -> str:
        return self._matching(name, _HASH)

    def id(self, name: str) -> str:
        return self._matching(name, _ID)

    def moment(self, name: str) -> datetime:
        value = datetime.fromisoformat(self.text(name))
        if value.tzinfo is None:
            raise ValueError(f"{name} has no time zone")
        return value.astimezone(UTC)

    def check_format(self, *, file: str, supported: int) -> int:
        """Return the format number. Raises BackupNewer before anything else is looked at."""
        found = self.size("format")
        if found > supported:
            raise BackupNewer(file=file, format=found, supported=supported)
        return found

    def within(self, name: str) -> "Fields":
        return Fields(self._values.get(name))

    def objects(self, name: str) -> tuple["Fields", ...]:
        return tuple(map(Fields, self._list(name)))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_typed(value, str, name) for value in self._list(name))

    def text_map(self, name: str) -> Mapping[str, str]:
        values = self.within(name)
        return {key: values.text(key) for key in values}

    def size_map(self, name: str) -> Mapping[str, int]:
        values = self.within(name)
        return {key: values.size(key) for key in values}

    def _list(self, name: str) -> list[object]:
        return _typed(self._values.get(name), list, name)

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.text(name)
        if not pattern.fullmatch(value):
            raise ValueError(f"{name} is malformed")
        return value


@contextmanager
def judged(file: str, what: str) -> Iterator[None]:
    """Turn everything that is wrong with a text into BackupDamaged."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise BackupDamaged(file=file, detail=f"{what}: {error}") from error


def _typed(value: object, kind: type[_T], name: str) -> _T:
    if isinstance(value, kind):
        return value
    raise ValueError(f"{name} is no {kind.__name__}")


def json_bytes(text: str) -> bytes:
    """Return JSON as UTF-8; a half character of a foreign file name becomes a JSON escape."""
    return text.encode("utf-8", "backslashreplace")
