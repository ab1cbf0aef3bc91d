"""Which parts of what a backup holds are wanted back (X03)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bewaar.archive import ManifestAdministration
from bewaar.errors import NoPartChosen, PartUnknown
from bewaar.model import Layout
from bewaar.parts import folded, is_extra, order, word
from bewaar.storage.parts import part_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The wanted parts, by the names they have in the backup."""

    whole: bool  # all there is was asked for, so what is there makes way as a whole
    books: tuple[str, ...]  # those of the administration itself
    extras: tuple[str, ...]  # folders that lay outside its place
    complete: bool  # all parts of the administration itself are among them
    keys: frozenset[str]  # of the books' parts, as they compare

    def holds(self, part: str) -> bool:
        """Return whether a part is one of the books' that are wanted, however it is written."""
        return folded(part) in self.keys


def choose(parts: Iterable[str] | None, found: ManifestAdministration) -> Chosen:
    """Return what is wanted of a backup; None is all of it.

    Raises PartUnknown for what it does not hold, NoPartChosen.
    """
    held = sorted({file.part for file in found.files}, key=order)
    wanted = held if parts is None else _held(parts, held, found)
    books = tuple(name for name in wanted if not is_extra(name))
    return Chosen(
        whole=parts is None,
        books=books,
        extras=tuple(name for name in wanted if is_extra(name)),
        keys=frozenset(map(folded, books)),
        complete=set(books) == {name for name in held if not is_extra(name)},
    )


def books_of(
    found: ManifestAdministration, chosen: Chosen, layout: Layout
) -> ManifestAdministration:
    """Return what a backup holds of the wanted books, without folders from outside.

    An empty folder belongs to the part that the program's profile says.
    """
    wanted = frozenset(chosen.books)
    files = tuple(file for file in found.files if file.part in wanted)
    folders = tuple(f for f in found.folders if _is_wanted(f, chosen, layout))
    content = replace(found.content, files=len(files), size=sum(file.size for file in files))
    return replace(found, content=content, files=files, folders=folders)


def _is_wanted(folder: str, chosen: Chosen, layout: Layout) -> bool:
    return chosen.complete or chosen.holds(part_of(folder, layout))


def _held(parts: Iterable[str], held: list[str], found: ManifestAdministration) -> list[str]:
    asked = {folded(part): part for part in parts}
    if not asked:
        raise NoPartChosen(name=found.content.name)
    known = {folded(name) for name in held}
    for key, part in asked.items():
        if key not in known:
            listed = ", ".join(map(word, held))
            raise PartUnknown(part=word(part), parts=listed, name=found.content.name)
    return [name for name in held if folded(name) in asked]
