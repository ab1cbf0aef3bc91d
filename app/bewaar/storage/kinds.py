"""The kinds of storage, by name."""

from dataclasses import replace
from pathlib import Path

from bewaar.errors import Fault
from bewaar.servers.kinds import SUFFIXES
from bewaar.storage.access import Access
from bewaar.storage.base import Storage
from bewaar.storage.database import Database, Servers
from bewaar.storage.dbf import Dbf
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite import Sqlite
from bewaar.storage.vendor import Vendor

_SERVED = tuple(Database(kind=kind) for kind in SUFFIXES)
_LYING: tuple[Storage, ...] = (Sqlite(), Access(), Dbf(), FileSet(), Vendor())
KINDS: dict[str, Storage] = {str(storage.kind): storage for storage in (*_SERVED, *_LYING)}


def by_kind(kind: str, servers: Servers | None = None) -> Storage:
    """Return the storage of that kind, which reaches its server by `servers`.

    Raises Fault for one this Bewaar does not know.
    """
    if kind not in KINDS:
        raise Fault(kind="storage", detail=kind)
    storage = KINDS[kind]
    if servers and isinstance(storage, Database):
        return replace(storage, server=servers)
    return storage


def best_for(place: Path) -> str | None:
    """Return the kind that suits what lies there best, None when nothing does."""
    return next((kind for kind, storage in KINDS.items() if storage.fits(place)), None)
