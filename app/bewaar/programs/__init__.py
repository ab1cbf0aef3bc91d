"""Bookkeeping programs: how to find, name and copy the books of each, as its profile says."""

from bewaar.programs.ability import Ability, Guide, ability_of
from bewaar.programs.codes import check_of
from bewaar.programs.discover import Found, find, program_for
from bewaar.programs.naming import name_of
from bewaar.programs.profile import Keeps, Profile
from bewaar.programs.served import program_of
from bewaar.programs.shelf import Shelf, load, stocked
from bewaar.programs.version import is_newer, version_at, version_in, version_named

__all__ = [
    "Ability",
    "Found",
    "Guide",
    "Keeps",
    "Profile",
    "Shelf",
    "ability_of",
    "check_of",
    "find",
    "is_newer",
    "load",
    "name_of",
    "program_for",
    "program_of",
    "stocked",
    "version_at",
    "version_in",
    "version_named",
]
