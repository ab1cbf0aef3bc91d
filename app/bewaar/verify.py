"""Proving a backup: read it back, hash every file, open and count its databases.

A proof is never assumed: it comes from the bytes the destination hands out, past the computer's
memory where the system allows.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bewaar.archive import Archive, Manifest, ManifestAdministration, open_archive
from bewaar.clock import Clock
from bewaar.errors import BackupDamaged, HomeFull, HomeUnwritable, SourceDamaged
from bewaar.model import Code, Proof
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Storage

Storages = Callable[[str], Storage]  # kind → storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading a backup to its end has shown."""

    manifest: Manifest
    encrypted: bool
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """What proving needs: storages to count with, room for the databases, the time."""

    storages: Storages
    scratch: Path  # a local folder for databases while they are opened
    clock: Clock

    def prove(
        self,
        stream: BinaryIO,
        *,
        file: str,
        password: str | None = None,
        blake3: str | None = None,
        past_cache: bool = False,
        progress: Progress = SILENT,
    ) -> Reading:
        """Read the whole backup and return the evidence.

        Raises what `open_archive` raises, and BackupDamaged for anything that is not as written.
        """
        with (
            open_archive(
                stream, file=file, password=password, blake3=blake3, progress=progress
            ) as archive,
            scratch_folder(self.scratch) as folder,
        ):
            return self._read(archive, folder, file=file, past_cache=past_cache, progress=progress)

    def _read(
        self, archive: Archive, folder: Path, *, file: str, past_cache: bool, progress: Progress
    ) -> Reading:
        verified = archive.verify(databases_to=folder, progress=progress)
        for administration in archive.manifest.administrations:
            code = administration.content.code
            written = tuple(path for of, path in verified.databases if of == code)
            self._count(administration, written, folder, file, progress)
        return Reading(
            manifest=archive.manifest,
            encrypted=archive.encrypted,
            proof=Proof(
                proven_at=self.clock.now(),
                blake3=verified.blake3,
                files=verified.files,
                size=verified.size,
                databases=len(verified.databases),
                past_cache=past_cache,
            ),
        )

    def _count(
        self,
        administration: ManifestAdministration,
        databases: tuple[str, ...],
        folder: Path,
        file: str,
        progress: Progress,
    ) -> None:
        """Open the databases that were read back; they must hold what the manifest says."""
        content = administration.content
        if not databases:
            return
        try:
            counts = self.storages(content.storage).count(
                folder / content.code, databases, progress
            )
        except SourceDamaged as error:
            raise BackupDamaged(file=file, detail=str(error)) from error
        # A name this computer cannot hold was written under another: then only the rows compare.
        named = set(databases) == {f.path for f in administration.files if f.database}
        told, found = content.counts.tables, counts.tables
        same = told == found if named else sorted(told.values()) == sorted(found.values())
        if not same:
            raise BackupDamaged(file=file, detail=f"counts of {content.code} differ")


def administration_in(manifest: Manifest, code: Code) -> ManifestAdministration | None:
    """Return what a backup holds of one administration."""
    return next((a for a in manifest.administrations if a.content.code == code), None)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a private empty folder and remove it with all that is in it afterwards."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=parent))
    except OSError as error:
        if error.errno == 28:  # ENOSPC
            raise HomeFull(folder=str(parent), needed=None, free=0) from error
        raise HomeUnwritable(folder=str(parent), reason=error.strerror or str(error)) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
