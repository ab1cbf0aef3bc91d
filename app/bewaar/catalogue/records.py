"""Domain dataclasses as JSON text and back, for the catalogue's columns.

Only the types of `bewaar.model` that the catalogue stores; times as ISO 8601 in UTC, so that text
order is time order.
"""

import dataclasses
import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
LOG = logging.getLogger(__name__)


def moment(at: datetime) -> str:
    """Return a time as text that sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def dump(record: Any) -> str:
    """Return a dataclass as JSON text in ASCII: also of names that are no whole text."""
    return json.dumps(_plain(record), separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """Return the dataclass of type `kind` that the JSON text holds; unknown keys are ignored."""
    return _typed(kind, json.loads(text))  # type: ignore[no-any-return]


def readable(kind: type[T], texts: Iterable[str]) -> list[T]:
    """Return the records that can be read; the others count as lost: the truth lies elsewhere."""
    found = []
    for text in texts:
        try:
            found.append(load(kind, text))
        except (ValueError, TypeError, AttributeError):
            LOG.warning("a %s in the catalogue cannot be read", kind.__name__)
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return _simple(value)


def _simple(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def _typed(kind: Any, value: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return _optional(kind, value)
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{k: _typed(hints[k], v) for k, v in value.items() if k in hints})
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, (Enum, Path)):
        return kind(value)
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass's fields; asking Python anew is most of a page's time."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _optional(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return _typed(kinds[0], value) if len(kinds) == 1 else value
