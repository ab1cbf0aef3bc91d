"""Names in a backup that this computer cannot have: which they are, and what they will be here."""

from collections.abc import Iterator

from bewaar.archive import ManifestAdministration
from bewaar.archive.names import holdable, shown
from bewaar.errors import UnsafeName
from bewaar.model import Note
from bewaar.requests import RestoreMode, RestoreRequest

_SHOWN = 10


def allows_others(request: RestoreRequest, found: ManifestAdministration) -> bool:
    """Return whether files may come under other names.

    Beside everything that is there other names are better than none; books that are replaced have
    a program that looks for the names they have.
    """
    return request.mode is RestoreMode.NEW and not found.content.single_file


def told(request: RestoreRequest, found: ManifestAdministration) -> Iterator[Note]:
    """Yield what will come under another name. Raises UnsafeName where none may."""
    paths = [*(file.path for file in found.files), *found.folders]
    strange = [path for path in paths if not holdable(path)]
    for path in strange:
        if not allows_others(request, found) or path not in found.renamed:
            raise UnsafeName(path=shown(path))
    if strange:
        yield Note(code="names.others", params={"n": len(strange)})
    for path in strange[:_SHOWN]:
        yield Note(code="file.maps", params={"path": shown(path), "as_": found.renamed[path]})
