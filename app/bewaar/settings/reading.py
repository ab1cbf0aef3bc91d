"""Settings out of TOML, strictly: what does not fit is damage, never guessed.

What only a newer version knows is left out: a choice counts as its default, a table in a list
(a destination of an unknown kind) is passed over, unknown keys are not looked at.
"""

import tomllib
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from bewaar.errors import BewaarError
from bewaar.settings.choices import Settings, check


class Damaged(Exception):
    """The file does not hold settings; says where and why, in English."""


class _Newer(Exception):
    """A choice that this version does not know."""


def read(data: bytes) -> Settings:
    """Return the settings in a file's content. Raises Damaged."""
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:  # no UTF-8, no TOML
        raise Damaged(str(error)) from None
    if not table:
        raise Damaged("empty")  # never written so: what was in it is lost
    settings: Settings = _record(Settings, table, "")
    try:
        check(settings)
    except BewaarError as error:
        raise Damaged(str(error)) from None
    return settings


def _record(kind: type[Any], table: object, where: str) -> Any:
    if not isinstance(table, dict):
        raise Damaged(f"{where} is no table")
    hints, values = get_type_hints(kind), {}
    for field in fields(kind):
        name = f"{where}.{field.name}".lstrip(".")
        optional = field.default is not MISSING or field.default_factory is not MISSING
        try:
            if field.name in table:
                values[field.name] = _value(hints[field.name], table[field.name], name)
            elif not optional:
                raise Damaged(f"{name} is missing")
        except _Newer:
            if not optional:
                raise
    return kind(**values)


def _value(hint: Any, value: object, where: str) -> Any:
    if get_origin(hint) is tuple:
        return _list(get_args(hint)[0], value, where)
    kind = _class(hint)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if issubclass(kind, StrEnum):
        return _choice(kind, _of_type(str, value, where))
    return Path(_of_type(str, value, where)) if kind is Path else _of_type(kind, value, where)


def _list(hint: Any, value: object, where: str) -> tuple[Any, ...]:
    found = []
    for number, item in enumerate(_of_type(list, value, where), start=1):
        try:
            found.append(_value(hint, item, f"{where} {number}"))
        except _Newer:
            continue
    return tuple(found)


def _choice(kind: type[StrEnum], text: str) -> StrEnum:
    try:
        return kind(text)
    except ValueError:
        raise _Newer from None


def _of_type(kind: type[Any], value: object, where: str) -> Any:
    if type(value) is not kind:  # True is an int to isinstance
        raise Damaged(f"{where} is {type(value).__name__}, not {kind.__name__}")
    return value


def _class(hint: Any) -> type[Any]:
    """Return the class behind `X | None` and behind a NewType: TOML knows no None."""
    hints = [each for each in get_args(hint) if each is not NoneType] or [hint]
    kind: type[Any] = getattr(hints[0], "__supertype__", hints[0])
    return kind
