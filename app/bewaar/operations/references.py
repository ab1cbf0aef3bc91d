"""Files that books name and that no backup of them holds (C12)."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bewaar.books import Books
from bewaar.counting import Copy
from bewaar.errors import BewaarError
from bewaar.files import inside
from bewaar.kit import Kit
from bewaar.model import Administration, Code
from bewaar.references import Named, named_in
from bewaar.scratch import scratch_folder

_LARGEST = 256 << 20  # bytes of books that are copied to be looked through, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What books name outside of them."""

    named: int = 0  # files
    uncovered: tuple[tuple[Path, int], ...] = ()  # folders no backup holds, and how many of them
    missing: tuple[Path, ...] = ()  # files that are nowhere
    unclear: int = 0  # named in a way that does not say where they lie


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceWork:
    """Looking them up, once for each state of the books."""

    kit: Kit
    books: Books
    known: dict[Code, tuple[str, Named | None]] = field(default_factory=dict)

    def outside(self, code: Code) -> Outside | None:
        """Return them; None where it is not known how the program names files, or nobody can look.

        Raises UnknownAdministration.
        """
        administration = self.books.get(code)
        try:
            named = self._named(administration)
        except BewaarError:
            return None
        return _outside(named, administration) if named else None

    def _named(self, administration: Administration) -> Named | None:
        profile = self.kit.profile_of(administration.program)
        if profile is None or not profile.refers or not administration.place.is_file():
            return None
        bare = replace(administration, extras=())
        storage, source = self.kit.storage(bare), self.kit.source(bare)
        if storage.extent(source).size > _LARGEST:
            return None
        signature = storage.signature(source)
        known = self.known.get(administration.code)
        if known and known[0] == signature:
            return known[1]
        with scratch_folder(self.kit.home.snapshots) as folder:
            files = storage.snapshot(source, folder).files
            main = next((each for each in files if each.path == bare.place.name), files[0])
            copy = Copy(path=main.path, local=main.local)
            named = named_in(profile.refers, copy, bare.place)
        self.known[administration.code] = signature, named
        return named


def _outside(named: Named, administration: Administration) -> Outside:
    lost = [file for file in named.files if not os.path.lexists(file)]
    there = [file for file in named.files if file not in lost]
    loose = [file for file in there if not _covered(file, administration.places)]
    return Outside(
        named=len(named.files) + named.unclear,
        uncovered=_folders(loose),
        missing=tuple(lost),
        unclear=named.unclear,
    )


def _covered(file: Path, places: Iterable[Path]) -> bool:
    return any(inside(file, place) for place in places)


def _folders(files: Iterable[Path]) -> tuple[tuple[Path, int], ...]:
    """Return the fewest folders these lie in, none of them in another."""
    parents = sorted({file.parent for file in files})
    topmost = [each for each in parents if not any(other in each.parents for other in parents)]
    counted = Counter(
        next(each for each in topmost if each == file.parent or each in file.parents)
        for file in files
    )
    return tuple((folder, counted[folder]) for folder in topmost)
