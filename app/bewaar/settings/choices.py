"""What the user chose: plain frozen values, and what makes them fit together."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bewaar.errors import AdministrationExists, DestinationExists, InvalidValue
from bewaar.model import Administration, Destination, DestinationId, DestinationKind, Policy
from bewaar.settings.names import check_code, check_template, folded

MOST_DAYS = 366
MOST_KEPT = 999
MOST_MINUTES = 60
LONGEST_PLEA = 200  # characters: a notification shows no more


class Theme(StrEnum):
    """Light or dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Protect(StrEnum):
    """Which password backups get unless the user says otherwise."""

    KEYRING = "keyring"  # the one kept in this computer's password store
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the user chose."""

    language: str = ""  # "" = the system's
    theme: Theme = Theme.SYSTEM
    start_at_login: bool = True
    default_destination: DestinationId | None = None
    name_template: str = "{name} {date} {time}"
    one_file: bool = False  # all in one archive instead of one each
    small: bool = False  # smaller files, which take longer
    protect: Protect = Protect.NONE
    first_start_done: bool = False
    roots: tuple[Path, ...] = ()  # folders to be searched for administrations
    policy: Policy = field(default_factory=Policy)  # for administrations without their own
    administrations: tuple[Administration, ...] = ()
    destinations: tuple[Destination, ...] = ()


def check(settings: Settings) -> None:
    """Raise InvalidValue, AdministrationExists or DestinationExists unless all fits together."""
    check_template(settings.name_template)
    check_word("name_template", settings.name_template)
    _check_policy(settings.policy)
    for root in settings.roots:
        check_folder("roots", root)
    for administration in settings.administrations:
        _check_administration(administration)
    for destination in settings.destinations:
        _check_destination(destination)
    _check_distinct_administrations(settings.administrations)
    _check_distinct_destinations(settings.destinations)


def _check_policy(policy: Policy) -> None:
    _check_number("every_days", policy.every_days, MOST_DAYS)
    _check_number("keep", policy.keep, MOST_KEPT)
    if not 0 <= policy.close_minutes <= MOST_MINUTES:
        raise InvalidValue(field="close_minutes", value=policy.close_minutes)
    if len(policy.close_text) > LONGEST_PLEA or not _can_be_written(policy.close_text):
        raise InvalidValue(field="close_text", value=f"{policy.close_text[:40]}…")


def _check_administration(administration: Administration) -> None:
    check_code(administration.code)
    check_word("name", administration.name)
    check_word("program", administration.program)
    check_word("storage", administration.storage)
    check_folder("place", administration.place)
    if administration.policy:
        _check_policy(administration.policy)


def _check_destination(destination: Destination) -> None:
    if not re.fullmatch(r"[0-9a-f]{32}", destination.id):
        raise InvalidValue(field="id", value=destination.id)
    check_word("name", destination.name)
    check_folder("folder", destination.folder)


def _check_distinct_administrations(administrations: Iterable[Administration]) -> None:
    seen: set[str] = set()
    for one in administrations:
        marks = {f"code {folded(one.code)}", f"place {os.path.normcase(one.place)}"}
        if marks & seen:
            raise AdministrationExists(code=one.code, place=str(one.place))
        seen |= marks


def _check_distinct_destinations(destinations: Iterable[Destination]) -> None:
    """Two drives may have been seen at one folder, and what was used once need no own name."""
    seen: set[str] = set()
    for one in destinations:
        marks = {f"id {one.id}"}
        if not one.occasional:
            marks.add(f"name {folded(one.name)}")
        if one.kind is not DestinationKind.DRIVE:
            marks.add(f"folder {os.path.normcase(one.folder)}")
        if marks & seen:
            raise DestinationExists(name=one.name)
        seen |= marks


def _check_number(field: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InvalidValue(field=field, value=value)


def check_word(field: str, value: str) -> None:
    """Raise InvalidValue unless it is text that says something and can be written."""
    if not value.strip() or not _can_be_written(value):
        raise InvalidValue(field=field, value=value)


def check_folder(field: str, value: Path) -> None:
    """Raise InvalidValue unless it is a whole path that a file system and the settings can hold."""
    if not value.is_absolute() or not _can_be_written(str(value)):
        raise InvalidValue(field=field, value=str(value))


def _can_be_written(text: str) -> bool:
    """Return whether it is whole Unicode without NUL; a Linux path of other bytes is not."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
