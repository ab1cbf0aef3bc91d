"""The kinds of storage, by name."""

from pathlib import Path

from bewaar.errors import Fault
from bewaar.storage.access import Access
from bewaar.storage.base import Storage
from bewaar.storage.dbf import Dbf
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.vendor import Vendor

KINDS: dict[str, Storage] = {s.kind: s for s in (Sqlite(), Access(), Dbf(), FileSet(), Vendor())}


def by_kind(kind: str) -> Storage:
    """Return the storage of that kind. Raises Fault for one this Bewaar does not know."""
    if kind not in KINDS:
        raise Fault(kind="storage", detail=kind)
    return KINDS[kind]


def best_for(place: Path) -> str | None:
    """Return the kind that suits what lies there best, None when nothing does."""
    return next((kind for kind, storage in KINDS.items() if storage.fits(place)), None)
