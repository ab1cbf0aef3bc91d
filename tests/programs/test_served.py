"""A program is told by its tables on a server, or it is not told."""

import pytest

from bewaar import programs
from bewaar.errors import ProgramUnknown
from bewaar.programs.profile import Unit

PROFILES = programs.load()
RULES = [
    (profile.id, storage, rule)
    for profile in PROFILES
    for rule in profile.rules
    if rule.unit is Unit.DATABASE
    for storage in profile.storages
    if storage in ("postgresql", "mariadb")
]


@pytest.mark.parametrize(("program", "storage", "rule"), RULES)
def test_a_database_with_all_its_tables_is_the_program_s(
    program: str, storage: str, rule: programs.profile.Rule
) -> None:
    tables = [name.replace("[0-9]", "0").replace("*", "x") for name in rule.tables]
    named = [f"public.{name}" for name in tables] if storage == "postgresql" else tables
    assert programs.program_of([*named, "public.other"], storage, PROFILES) == program
    assert programs.program_of(named[1:], storage, PROFILES) == "database"


@pytest.mark.parametrize("storage", ["postgresql", "mariadb"])
def test_other_tables_are_any_database_s(storage: str) -> None:
    assert programs.program_of(["public.entries"], storage, PROFILES) == "database"
    assert programs.program_of([], storage, PROFILES) == "database"


def test_a_kind_no_profile_knows_is_refused() -> None:
    with pytest.raises(ProgramUnknown):
        programs.program_of(["entries"], "oracle", PROFILES)
