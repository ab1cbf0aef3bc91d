"""The profiles that come with Bewaar: one TOML file per program, read and checked.

A mistake in one is a mistake of ours, so it fails at once and says where.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any, TypeVar

from bewaar.counting import RULES
from bewaar.errors import Fault
from bewaar.model import Layout
from bewaar.programs.profile import Naming, Profile, Rule, Unit
from bewaar.storage.kinds import KINDS

SYSTEMS = frozenset({"linux", "macos", "windows"})

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How a program's books are counted."""

    rules: tuple[str, ...] = ()  # the first that can


def load() -> tuple[Profile, ...]:
    """Return all profiles, by id."""
    texts = {
        file.name.removesuffix(".toml"): file.read_text("utf-8")
        for file in files("bewaar.programs").joinpath("profiles").iterdir()
        if file.name.endswith(".toml")
    }
    return tuple(parse(id_, texts[id_]) for id_ in sorted(texts))


def parse(id_: str, text: str) -> Profile:
    """Return the profile a TOML text describes. Raises Fault for what does not belong there."""
    try:
        return _profile(id_, tomllib.loads(text))
    except (TypeError, ValueError, KeyError) as error:
        raise Fault(kind="profile", detail=f"{id_}: {error}") from error


def _profile(id_: str, table: dict[str, Any]) -> Profile:
    storages = tuple(table["storages"])
    if not KINDS.keys() >= set(storages):
        raise ValueError(f"storages: {', '.join(storages)}")
    folders = {system: tuple(places) for system, places in table.get("folders", {}).items()}
    if not folders.keys() <= SYSTEMS:
        raise ValueError(f"folders: {', '.join(folders.keys() - SYSTEMS)}")
    table |= {
        "id": id_,
        "storages": storages,
        "rules": tuple(_rule(rule) for rule in table.get("rules", ())),
        "folders": folders,
        "layout": _layout(table.get("layout", {}), table.pop("count", {})),
        "naming": _made(Naming, table.get("naming", {})),
    }
    return _made(Profile, table)


def _rule(table: dict[str, Any]) -> Rule:
    return _made(Rule, table | {"unit": Unit(table["unit"])})


def _layout(table: dict[str, Any], count: dict[str, Any]) -> Layout:
    pairs = tuple((first, second) for first, second in table.get("pairs", ()))
    rules = _made(_Count, count).rules
    if not RULES.keys() >= set(rules):
        raise ValueError(f"count: {', '.join(rules)}")
    return _made(Layout, table | {"pairs": pairs, "count": rules})


def _made(cls: type[Part], table: Mapping[str, Any]) -> Part:
    """Return a `cls` with the fields a table gives; a list becomes a tuple."""
    unknown = table.keys() - {each.name for each in fields(cls)}  # type: ignore[arg-type]
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    plain = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return cls(**plain)
