"""What today's program may not be able to read, said before anything is given back (X18, X19).

Only what the books say themselves counts: an unknown version is no reason to warn.
"""

from collections.abc import Callable, Iterator

from bewaar.archive import ManifestAdministration
from bewaar.errors import UnknownAdministration
from bewaar.kit import Kit
from bewaar.model import Administration, Check, Code, Note
from bewaar.programs import check_of, is_newer, version_at
from bewaar.storage.patterns import matches


def warnings(
    found: ManifestAdministration,
    replaced: Administration | None,
    kit: Kit,
    administration: Callable[[Code], Administration],
) -> Iterator[Note]:
    """Yield what may stop the program from reading what is given back."""
    yield from _gates(found, kit)
    now = replaced or _original(found, administration)
    if now is not None and now.program == found.content.program:
        yield from _newer(found, now, kit)


def afterwards(program: str, kit: Kit) -> tuple[Check, ...]:
    """Return what is to be done after a restore of a program's books."""
    profile = kit.profile_of(program)
    if profile is None:
        return ()
    items = (check_of(item) for item in profile.checklist)
    return tuple(Check(code=code, named=named) for code, named in items)


def _original(
    found: ManifestAdministration, administration: Callable[[Code], Administration]
) -> Administration | None:
    """Return the administration that the books came from, when it is kept here."""
    try:
        return administration(found.content.code)
    except UnknownAdministration:
        return None


def _gates(found: ManifestAdministration, kit: Kit) -> Iterator[Note]:
    profile = kit.profile_of(found.content.program)
    names = [file.path.rpartition("/")[2] for file in found.files]
    for gate in profile.gates if profile else ():
        stopped = [name for name in names if matches(name, gate.names)]
        instead = next((name for name in names if matches(name, gate.instead)), "")
        if stopped:
            code = f"{gate.code}.instead" if instead else gate.code
            yield Note(code=code, params={"file": stopped[0], "instead": instead})


def _newer(found: ManifestAdministration, now: Administration, kit: Kit) -> Iterator[Note]:
    profile, then = kit.profile_of(now.program), found.content.program_version
    if profile is None or not then:
        return
    here = version_at(now.place, profile.version)
    if is_newer(then, here):
        params = {"program": profile.name, "name": now.name, "then": then, "now": here}
        yield Note(code="version.newer", params=params)
