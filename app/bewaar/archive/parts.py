"""The parts of what a backup holds, told from the list of its files."""

from collections.abc import Iterable

from bewaar.archive.manifest import ManifestFile
from bewaar.model import Part
from bewaar.parts import BOOKS, order


def parts_of(files: Iterable[ManifestFile]) -> tuple[Part, ...]:
    """Return the parts in their order; none when all of it is the books themselves."""
    held: dict[str, list[ManifestFile]] = {}
    for file in files:
        held.setdefault(file.part, []).append(file)
    if held.keys() <= {BOOKS}:
        return ()
    return tuple(_part(name, held[name]) for name in sorted(held, key=order))


def _part(name: str, files: list[ManifestFile]) -> Part:
    return Part(
        name=name,
        files=len(files),
        size=sum(file.size for file in files),
        newest_ns=max(file.mtime_ns for file in files),
    )
