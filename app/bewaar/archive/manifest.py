"""What a backup says of itself: the list of everything inside, with hashes.

Plain data; how it is written down stands in `ledger`. Paths are the true ones, as they were on
the disk they came from; `ManifestAdministration.renamed` says where the zip had to use another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bewaar.model import Administration, BackupId, Content, OpenState, Snapshot

FORMAT = 1  # the newest that is written and read here


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What goes in: an administration and the consistent copy that was taken of it."""

    administration: Administration
    snapshot: Snapshot
    program_version: str = ""  # as the books say it
    # With live files in the snapshot: told the BLAKE3 of each file when all are written, it
    # answers with the fingerprint, or raises SourceBusy when they are no consistent copy.
    confirm: Callable[[Mapping[str, str]], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One file inside a backup."""

    path: str  # relative, as the restored file is called
    size: int
    mtime_ns: int
    part: str  # "documents", a fiscal year; "" = the books themselves
    blake3: str  # of its content, hexadecimal
    database: bool  # a SQLite database: opened, checked and counted in the proof


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestAdministration:
    """One administration inside a backup."""

    content: Content
    method: str  # how the snapshot was taken
    open_state: OpenState  # whether its program was open then
    folders: tuple[str, ...]  # the empty ones
    files: tuple[ManifestFile, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)  # path → name in the zip


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a backup says of itself."""

    format: int
    id: BackupId
    made_at: datetime  # aware, UTC
    app_version: str
    administrations: tuple[ManifestAdministration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was handed to the sink."""

    size: int  # bytes of the archive
    blake3: str  # of the archive, hexadecimal
    manifest: Manifest
