"""Changed settings put into their text: only what changed is touched.

Unknown keys, comments, order and values of a newer version survive.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bewaar.settings.choices import Settings

# Lists of tables, and the key that tells which is which
_IDENTITIES = {"administrations": "code", "destinations": "id"}


def amended(text: str, before: Settings | None, after: Settings) -> str:
    """Return `text`, which holds `before`, so that it holds `after`; before None: write all."""
    import tomlkit

    document = tomlkit.parse(text)
    old, new = _table(before) if before else {}, _table(after)
    lists = [(name, old.pop(name, []), new.pop(name)) for name in _IDENTITIES]
    _amend(document, old, new)
    for name, listed, wanted in lists:
        _amend_list(document, name, listed, wanted)
    return tomlkit.dumps(document)


def _amend(target: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for key in old.keys() - new.keys():
        del target[key]
    for key, value in new.items():
        if isinstance(value, dict) and key in target:
            _amend(target[key], old.get(key, {}), value)
        elif key not in old or old[key] != value:
            target[key] = value
            _set_apart(target[key])


def _amend_list(document: Any, name: str, old: list[Any], new: list[Any]) -> None:
    """Change, remove and append tables; those that stay keep their place."""
    import tomlkit

    identity = _IDENTITIES[name]
    before = {table[identity]: table for table in old}
    wanted = {table[identity]: table for table in new}
    if before == wanted:
        return
    there = document.setdefault(name, tomlkit.aot())
    for number in reversed(range(len(there))):
        key = there[number].get(identity)
        if key in before and key in wanted:
            _amend(there[number], before[key], wanted[key])
        elif key in before:
            del there[number]
    for key, table in wanted.items():
        if key not in before:
            there.append(table)
            _set_apart(there[-1])
    if not there:
        del document[name]


def _set_apart(item: Any) -> None:
    """Let an empty line stand before a new table and the tables in it."""
    from tomlkit.items import Table

    if isinstance(item, Table):
        item.trivia.indent = "\n"
        for inner in item.values():
            _set_apart(inner)


def _table(record: Any) -> dict[str, Any]:
    """Return a dataclass as TOML holds it: None is an absent key."""
    pairs = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {name: _plain(value) for name, value in pairs if value is not None}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _table(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, (StrEnum, Path)) else value
