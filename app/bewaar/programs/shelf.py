"""The profiles: one TOML file per program, those of Bewaar and the user's own, read and checked.

A mistake in one of Bewaar's is a mistake of ours, so it fails at once and says where. A mistake in
one of the user's is told; the others go on.
"""

import re
import sqlite3
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from bewaar.counting import RULES
from bewaar.errors import Fault
from bewaar.model import Layout, Note
from bewaar.programs.codes import CAVEATS, CHECKS, GATES, LIMITS, NAMING_CHECKS, check_of
from bewaar.programs.mistakes import Mistake, told
from bewaar.programs.profile import Gate, Keeps, Naming, Profile, Release, Rule, Unit
from bewaar.references import RULES as REFERENCES
from bewaar.storage.kinds import KINDS

SYSTEMS = frozenset({"linux", "macos", "windows"})

_LARGEST = 64 << 10  # bytes of one file of the user's
_MOST = 200  # files of the user's
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_READS = re.compile(r"\s*(SELECT\b|WITH\b|PRAGMA\s+user_version\s*$)", re.IGNORECASE)

_KNOWN_BY: Mapping[Unit, Callable[[Rule], tuple[str, ...]]] = {
    Unit.FILE: lambda rule: rule.names,
    Unit.FOLDER: lambda rule: rule.holds,
    Unit.DATABASE: lambda rule: rule.tables,
}

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The profiles there are, and the user's that could not be used."""

    profiles: tuple[Profile, ...]  # by id
    refused: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How a program's books are counted."""

    rules: tuple[str, ...] = ()  # the first that can


def load() -> tuple[Profile, ...]:
    """Return the profiles that come with Bewaar, by id."""
    texts = {
        file.name.removesuffix(".toml"): file.read_text("utf-8")
        for file in files("bewaar.programs").joinpath("profiles").iterdir()
        if file.name.endswith(".toml")
    }
    return tuple(parse(id_, texts[id_]) for id_ in sorted(texts))


def stocked(known: Sequence[Profile], folder: Path) -> Shelf:
    """Return the profiles known with the user's own from a folder, which need not be there."""
    found = {profile.id: profile for profile in known}
    refused = []
    for file in _toml_in(folder):
        text = ""
        try:
            text = _text_of(file, found)
            found[file.stem] = parse(file.stem, text, own=True)
        except (OSError, ValueError, Fault) as error:
            refused.append(told(file, error, text))
    return Shelf(profiles=tuple(found[id_] for id_ in sorted(found)), refused=tuple(refused))


def parse(id_: str, text: str, *, own: bool = False) -> Profile:
    """Return the profile a TOML text describes. Raises Fault for what does not belong there."""
    try:
        return _profile(id_, tomllib.loads(text), own=own)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise Fault(kind="profile", detail=f"{id_}: {error}") from error


def _toml_in(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml")[:_MOST]
    except OSError:
        return []


def _text_of(file: Path, known: Mapping[str, Profile]) -> str:
    """Return what is in a profile of the user's, whose name must be free."""
    if not _ID.fullmatch(file.stem):
        raise Mistake("name", "a name is of small letters, digits and dashes: my-program.toml")
    if file.stem in known:
        raise Mistake("taken", "there is a program of that name already")
    if not file.is_file():  # a pipe would keep everybody waiting
        raise Mistake("unreadable", "not a file")
    with file.open("rb") as opened:
        text = opened.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise Mistake("unreadable", f"more than {_LARGEST} bytes")
    return text.decode("utf-8-sig")


def _profile(id_: str, table: dict[str, Any], *, own: bool) -> Profile:
    if missing := {"name", "storages"} - table.keys():
        raise Mistake("missing", f"missing: {', '.join(sorted(missing))}", word=min(missing))
    if never := {"own", "id", *(["general"] if own else [])} & table.keys():
        raise Mistake("never", f"unknown: {min(never)}", word=min(never))
    folders = {
        system: _texts(f"folders.{system}", places)
        for system, places in table.get("folders", {}).items()
    }
    _known("folders", folders, SYSTEMS)
    table |= {
        "id": id_,
        "own": own,
        "rules": tuple(_rule(rule) for rule in table.get("rules", ())),
        "folders": folders,
        "keeps": Keeps(table.get("keeps", Keeps.BOOKS)),
        "layout": _layout(table.get("layout", {}), table.pop("count", {})),
        "naming": _made(Naming, table.get("naming", {})),
        "version": _made(Release, table.get("version", {})),
        "gates": tuple(_made(Gate, gate) for gate in table.get("gates", ())),
    }
    profile = _made(Profile, table)
    _check(profile)
    return profile


def _rule(table: dict[str, Any]) -> Rule:
    return _made(Rule, table | {"unit": Unit(table["unit"])})


def _layout(table: dict[str, Any], count: dict[str, Any]) -> Layout:
    pairs = tuple((first, second) for first, second in table.get("pairs", ()))
    return _made(Layout, table | {"pairs": pairs, "count": _made(_Count, count).rules})


def _made(cls: type[Part], table: Mapping[str, Any]) -> Part:
    """Return a `cls` with the fields a table gives; a list becomes a tuple."""
    _known("", table, {each.name for each in fields(cls)})  # type: ignore[arg-type]
    hints = get_type_hints(cls)
    return cls(**{key: _typed(key, value, hints[key]) for key, value in table.items()})


def _typed(key: str, value: Any, kind: Any) -> Any:
    """Return a value of the TOML text, which must be of the field's kind."""
    if kind == tuple[str, ...]:
        return _texts(key, value)
    plain = get_origin(kind) or kind
    if isinstance(plain, type) and not get_args(kind) and not isinstance(value, plain):
        raise Mistake("kind", f"{key}: not a {plain.__name__}", word=key)
    return value


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        word = key.rpartition(".")[2]
        raise Mistake("list", f'{key}: not a list of texts, like ["a", "b"]', word=word)
    return tuple(value)


# ── What a profile may say ──────────────────────────────────────────────────────────────────


def _check(profile: Profile) -> None:
    """Raise Mistake for what could only fail later."""
    if not profile.name.strip() or not profile.storages:
        word = "storages" if profile.name.strip() else "name"
        raise Mistake("empty", "name and storages must say something", word=word)
    _known("storages", profile.storages, KINDS)
    _known("count", profile.layout.count, RULES)
    _known("refers", filter(None, (profile.refers,)), REFERENCES)
    _known("caveats", profile.caveats, CAVEATS)
    _known("limits", profile.limits, LIMITS)
    _known("gates", (gate.code for gate in profile.gates), GATES)
    _known("checklist", (check_of(item)[0] for item in profile.checklist), CHECKS)
    for item in profile.checklist:
        code, named = check_of(item)
        if bool(named) != (code in NAMING_CHECKS):
            detail = f"checklist: {item}: a bank belongs to {', '.join(NAMING_CHECKS)}"
            raise Mistake("bank", detail, word=item, known=NAMING_CHECKS)
    for rule in profile.rules:
        if not _KNOWN_BY[rule.unit](rule):
            raise Mistake(
                "rule",
                "rules: a folder is known by what it holds, a file by its names, "
                "a database by its tables",
                word="rules",
            )
    _check_expressions(profile)
    _check_questions(profile)


def _check_expressions(profile: Profile) -> None:
    naming, version = profile.naming, profile.version
    singles = (naming.text, naming.files, version.text, version.byte, version.files)
    for expression in (*singles, *profile.layout.years):
        try:
            groups = re.compile(expression).groups
        except (re.error, OverflowError, RecursionError) as error:
            raise Mistake("expression", f"{expression}: {error}", word=expression) from error
        if expression and groups != 1:
            detail = f"{expression}: one group, not {groups}"
            raise Mistake("expression", detail, word=expression)


def _check_questions(profile: Profile) -> None:
    """Let nothing but questions be put to live books."""
    for question in (profile.naming.sql, profile.version.sql, profile.layout.lock_rows):
        if question and not (_READS.match(question) and sqlite3.complete_statement(question + ";")):
            detail = f"{question}: not a question, like SELECT …"
            raise Mistake("question", detail, word=question)


def _known(where: str, found: Any, known: Any) -> None:
    """Raise Mistake for words that are none of those known."""
    unknown = sorted({*found} - {*known})
    if unknown:
        detail = ": ".join(filter(None, (where, f"unknown: {', '.join(unknown)}")))
        raise Mistake("unknown", detail, word=unknown[0], known=known)
