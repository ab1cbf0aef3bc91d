"""The sidecar: what a list of backups needs without opening them.

Never needed to restore; a lost one is made again from the backup.
"""

from dataclasses import dataclass
from datetime import datetime

from bewaar.archive.manifest import Manifest
from bewaar.model import BackupId, Code, Content

SIDECAR_SUFFIX = ".info.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """A backup in short."""

    format: int
    id: BackupId
    made_at: datetime
    size: int  # of the archive
    blake3: str  # of the archive, hexadecimal
    encrypted: bool
    codes: tuple[Code, ...]
    contents: tuple[Content, ...]  # without places and fingerprints; empty when encrypted

    def to_bytes(self) -> bytes:
        """Return the sidecar file's content."""
        raise NotImplementedError

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str = "") -> "Info":
        """Read a sidecar. Raises BackupDamaged, BackupNewer."""
        raise NotImplementedError


def info_of(manifest: Manifest, *, size: int, blake3: str, encrypted: bool) -> Info:
    """Return what the sidecar of that archive says."""
    raise NotImplementedError
