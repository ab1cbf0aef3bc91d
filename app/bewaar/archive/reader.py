"""Reading a backup file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bewaar.archive.manifest import Manifest, ManifestFile
from bewaar.model import Code
from bewaar.progress import SILENT, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read from the first byte to the last, and found to be what was written."""

    files: int
    size: int  # of those files, unpacked
    blake3: str  # of the whole archive file
    databases: tuple[tuple[Code, str], ...]  # what lies below `databases_to`, as <code>/<path>


class Archive:
    """An open backup file; nothing in it has been believed yet but its list of contents."""

    manifest: Manifest
    encrypted: bool

    def verify(
        self, *, databases_to: Path | None = None, progress: Progress = SILENT
    ) -> Verified:
        """Read everything and compare it with the manifest."""
        raise NotImplementedError

    def extract(
        self,
        to: Path,
        *,
        code: Code,
        parts: Collection[str] | None = None,
        progress: Progress = SILENT,
    ) -> tuple[ManifestFile, ...]:
        """Write an administration's files into the existing empty folder `to`."""
        raise NotImplementedError


@contextmanager
def open_archive(
    stream: BinaryIO,
    *,
    file: str,
    password: str | None = None,
    blake3: str | None = None,
    progress: Progress = SILENT,
) -> Iterator[Archive]:
    """Open a backup from a seekable stream."""
    raise NotImplementedError


def needs_password(stream: BinaryIO, *, file: str) -> bool:
    """Return whether a Bewaar backup has a password. Raises NotABackup, BackupDamaged."""
    raise NotImplementedError
