"""What Bewaar can do for a program: read off its profile, so that no page can promise more."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bewaar.counting import RULES
from bewaar.model import Note
from bewaar.programs.profile import Keeps, Profile, Unit
from bewaar.servers.connection import ServerKind

_PARTS = ("years", "documents", "shared")  # of a layout
_ASKED = frozenset({"sqlite", *ServerKind})  # kinds that are not copied but asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One program, and what Bewaar does for it."""

    id: str
    name: str
    own: bool  # the user's own profile
    keeps: Keeps
    found: bool  # by the search; else it is chosen by hand
    certain: bool  # some way of recognising it is sure
    while_open: bool  # a consistent copy can be had while the program writes
    tells_open: bool  # something beside open handles shows that it is open
    bookings: bool  # counted
    documents: bool  # counted
    rows: bool  # of its tables
    names: bool  # the books say whose they are
    version: bool  # and of which version
    parts: tuple[str, ...]  # what can be restored apart: "documents", "shared", "years"
    checklist: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def plain(self) -> Mapping[str, object]:
        """The same for scripts."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """All programs there are, and where the user's own profiles lie."""

    abilities: tuple[Ability, ...]
    refused: tuple[Note, ...]  # profiles of the user's that cannot be used
    folder: Path


def ability_of(profile: Profile) -> Ability:
    """Return what Bewaar does for a program."""
    counting = [RULES[rule] for rule in profile.layout.count]
    naming, version = profile.naming, profile.version
    sound = _ASKED & {*profile.storages}
    return Ability(
        id=profile.id,
        name=profile.name,
        own=profile.own,
        keeps=profile.keeps,
        found=bool(profile.rules),
        certain=any(rule.sure for rule in profile.rules),
        while_open=bool(sound) and profile.keeps is Keeps.BOOKS,
        tells_open=bool(profile.layout.markers or profile.layout.lock_rows),
        bookings=any(rule.bookings for rule in counting),
        documents=bool(profile.layout.documents) or any(rule.documents for rule in counting),
        rows=bool(sound) or any(not rule.bookings for rule in counting),
        names=_told(profile, files=naming.files, content=(naming.sql, naming.text)),
        version=_told(
            profile, files=version.files, content=(version.sql, version.text, version.byte)
        ),
        parts=tuple(part for part in _PARTS if getattr(profile.layout, part)),
        checklist=profile.checklist,
        limits=profile.limits,
    )


def _told(profile: Profile, *, files: str, content: tuple[str, ...]) -> bool:
    """Return whether books can say something: folders by names of files, files by content."""
    units = {rule.unit for rule in profile.rules} or {*Unit}
    return (bool(files) and Unit.FOLDER in units) or (any(content) and Unit.FILE in units)
