"""What becomes of each part of books that are replaced, said before anything happens (Z03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bewaar.archive import ManifestAdministration
from bewaar.archive.parts import parts_of
from bewaar.errors import BewaarError
from bewaar.files import exists, hash_file
from bewaar.model import Openness, Part, PartFate
from bewaar.parts import BOOKS, folded, is_extra, order
from bewaar.restore.placement import Delivery
from bewaar.scratch import scratch_folder
from bewaar.storage.tree import look

_COMPARED = 256 << 20  # bytes of books that are copied to be compared, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that is there now."""

    path: str
    part: str
    blake3: str  # as a backup of it would have it; "" = unknown


_There = tuple[_File, ...] | None  # None: nobody can look


def fates_of(delivery: Delivery, found: ManifestAdministration) -> tuple[PartFate, ...]:
    """Return what becomes of each part, there or in the backup; none when there is only one.

    `found` is all the backup holds of the administration.
    """
    chosen, held = delivery.chosen, {folded(p.name): p for p in parts_of(found.files)}
    if delivery.target.replaces is None:
        wanted = {name: part for name, part in held.items() if _comes(delivery, part)}
        parts = () if chosen.whole else wanted.values()
        return tuple(PartFate(name=part.name, comes=part) for part in parts)
    if len(held) < 2 and not delivery.kit.layout_of(delivery.target.replaces).years:
        return ()
    there = _there(delivery)
    names = {part.name for part in held.values()}
    names |= {file.part for file in there or () if folded(file.part) not in held}
    if delivery.found.content.single_file:  # the one file is told of as a whole
        names = {name for name in names if is_extra(name)}
    if names <= {BOOKS}:
        return ()
    digests = {file.path: file.blake3 for file in delivery.found.files}
    lying: dict[str, list[_File]] = {}
    for file in there or ():
        lying.setdefault(folded(file.part), []).append(file)
    made = (
        _fate(
            name,
            delivery,
            held.get(folded(name)),
            None if there is None else lying.get(folded(name), []),
            digests,
        )
        for name in sorted(names, key=order)
    )
    return tuple(fate for fate in made if fate.comes or fate.there != 0)


def _comes(delivery: Delivery, part: Part) -> bool:
    return delivery.chosen.holds(part.name) or part.name in delivery.chosen.extras


def _fate(
    name: str,
    delivery: Delivery,
    held: Part | None,
    files: Sequence[_File] | None,
    digests: Mapping[str, str],
) -> PartFate:
    comes = held if held and _comes(delivery, held) else None
    if is_extra(name):
        return PartFate(name=name, comes=comes, there=0 if comes is None else None)
    if files is None:
        stays = comes is None and not delivery.chosen.whole
        return PartFate(name=name, comes=comes, stays=stays)
    if comes is None and not delivery.chosen.whole:
        return PartFate(name=name, comes=None, stays=True, there=len(files))
    known = all(file.blake3 for file in files)
    lost = sum(digests.get(file.path) != file.blake3 for file in files) if known else None
    return PartFate(name=name, comes=comes, there=len(files), lost=lost)


def _there(delivery: Delivery) -> _There:
    """Return the files that are there, as a backup made now would have them."""
    replaced, kit = delivery.target.replaces, delivery.kit
    if replaced is None or delivery.found.content.single_file or not exists(replaced.place):
        return ()
    bare = replace(replaced, extras=(), documents=True)
    storage, source = kit.storage(bare), kit.source(bare)
    try:
        is_open = storage.is_open(source).openness is Openness.OPEN
        if is_open or storage.extent(source).size > _COMPARED:
            return tuple(_File(path=e.path, part=e.part, blake3="") for e in look(source).files)
        with scratch_folder(kit.home.snapshots) as folder:
            files = storage.snapshot(source, folder).files
            return tuple(
                _File(path=file.path, part=file.part, blake3=hash_file(file.local))
                for file in files
            )
    except (BewaarError, OSError):
        return None
