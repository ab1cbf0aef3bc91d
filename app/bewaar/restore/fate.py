"""What becomes of each part of books that are replaced, said before anything happens (Z03)."""

from collections.abc import Iterable
from pathlib import Path

from bewaar.archive import ManifestAdministration, ManifestFile
from bewaar.archive.parts import parts_of
from bewaar.errors import BewaarError
from bewaar.files import hash_file
from bewaar.model import Part, PartFate
from bewaar.parts import folded, is_extra, order
from bewaar.restore.placement import Delivery
from bewaar.storage.entry import Entry
from bewaar.storage.tree import look

_COMPARED = 256 << 20  # bytes of a part that are read to be compared, at most


def fates_of(delivery: Delivery, found: ManifestAdministration) -> tuple[PartFate, ...]:
    """Return what becomes of each part, there or in the backup; none when there is only one.

    `found` is all the backup holds of the administration.
    """
    chosen, held = delivery.chosen, {folded(p.name): p for p in parts_of(found.files)}
    there = _there(delivery)
    names = dict.fromkeys([part.name for part in held.values()])
    names |= dict.fromkeys(name for name in there or () if folded(name) not in held)
    if len(names) < 2 or not _wanted(delivery):
        return ()
    return tuple(
        _fate(name, delivery, held.get(folded(name)), _alike(name, there))
        for name in sorted(names, key=order)
        if chosen.whole or chosen.holds(name) or name in chosen.extras or _alike(name, there)
    )


def _wanted(delivery: Delivery) -> bool:
    """Whether it says more than that all of it comes, beside everything."""
    return delivery.target.replaces is not None or not delivery.chosen.whole


def _fate(name: str, delivery: Delivery, held: Part | None, there: list[Entry] | None) -> PartFate:
    chosen = delivery.chosen
    comes = held if held and (chosen.holds(name) or name in chosen.extras) else None
    if is_extra(name) or delivery.target.replaces is None:
        return PartFate(name=name, comes=comes)
    count = None if there is None else len(there)
    if not comes and not chosen.whole:
        return PartFate(name=name, comes=None, stays=True, there=count)
    files = {file.path: file for file in delivery.found.files}
    return PartFate(name=name, comes=comes, there=count, lost=_lost(there, files))


def _there(delivery: Delivery) -> dict[str, list[Entry]] | None:
    """Return the files that are there by part; None when nobody can look."""
    replaced = delivery.target.replaces
    if replaced is None or delivery.found.content.single_file:
        return {}
    try:
        entries = look(delivery.kit.source(replaced)).files
    except BewaarError:
        return None
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.part, []).append(entry)
    return found


def _alike(name: str, there: dict[str, list[Entry]] | None) -> list[Entry] | None:
    if there is None:
        return None
    wanted = folded(name)
    return [entry for part, all_ in there.items() if folded(part) == wanted for entry in all_]


def _lost(there: Iterable[Entry] | None, files: dict[str, ManifestFile]) -> int | None:
    """Return how many files are not in the backup as they are; None is unknown."""
    if there is None:
        return None
    entries = list(there)
    same = [e for e in entries if e.path in files and files[e.path].size == e.size]
    if sum(entry.size for entry in same) > _COMPARED:
        return None
    try:
        alike = sum(hash_file(Path(e.where)) == files[e.path].blake3 for e in same)
    except OSError:
        return None
    return len(entries) - alike
