"""Which program keeps its books in a database on a server: told by the names of its tables."""

from collections.abc import Iterable, Sequence

from bewaar.errors import ProgramUnknown
from bewaar.programs.profile import Profile, Rule, Unit
from bewaar.storage.patterns import matches


def program_of(tables: Iterable[str], storage: str, profiles: Sequence[Profile]) -> str:
    """Return the id of the program that certainly made the tables, else of the general one.

    Of PostgreSQL a table's name begins with its schema's, which does not matter here. Raises
    ProgramUnknown when no profile is for that kind of server.
    """
    names = [table.rpartition(".")[2] for table in tables]
    fitting = [profile for profile in profiles if storage in profile.storages]
    certain = [
        (rule.weight, profile.id)
        for profile in fitting
        for rule in profile.rules
        if rule.unit is Unit.DATABASE and rule.sure and _holds(rule, names)
    ]
    if certain:
        return max(certain)[1]
    for profile in fitting:
        if profile.general:
            return profile.id
    raise ProgramUnknown(program=storage)


def _holds(rule: Rule, names: Sequence[str]) -> bool:
    return all(any(matches(name, (wanted,)) for name in names) for wanted in rule.tables)
