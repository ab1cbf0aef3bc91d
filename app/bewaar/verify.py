"""Proving a backup: read it back, hash every file, open and count its databases.

A proof is never assumed: it comes from the bytes the destination hands out, past the computer's
memory where the system allows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bewaar.archive import Archive, Manifest, ManifestAdministration, Verified, open_archive
from bewaar.clock import Clock
from bewaar.counting import RULES, is_counted
from bewaar.errors import BackupDamaged, Fault, SourceDamaged
from bewaar.model import BackupId, Code, Content, Counts, Proof
from bewaar.parts import is_booked
from bewaar.progress import SILENT, Progress
from bewaar.scratch import scratch_folder
from bewaar.storage.base import Storage, Tooled

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
        of: BackupId | None = None,
        past_cache: bool = False,
        progress: Progress = SILENT,
    ) -> Reading:
        """Read the whole backup and return the evidence.

        Raises what `open_archive` raises, and BackupDamaged for anything that is not as written.
        """
        with (
            open_archive(
                stream, file=file, password=password, blake3=blake3, of=of, progress=progress
            ) as archive,
            scratch_folder(self.scratch) as folder,
        ):
            return self._read(archive, folder, file=file, past_cache=past_cache, progress=progress)

    def _read(
        self, archive: Archive, folder: Path, *, file: str, past_cache: bool, progress: Progress
    ) -> Reading:
        books = frozenset(
            (administration.content.code, path)
            for administration in archive.manifest.administrations
            for path in counted_in(administration)
        )
        verified = archive.verify(databases_to=folder, books=books, progress=progress)
        for administration in archive.manifest.administrations:
            self._count(administration, verified, folder, file, progress)
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
        verified: Verified,
        folder: Path,
        file: str,
        progress: Progress,
    ) -> None:
        """Count what was read back; it must hold what the manifest says."""
        content = administration.content
        databases = tuple(path for code, path in verified.databases if code == content.code)
        books = tuple(path for code, path in verified.books if code == content.code)
        storage = counting_storage(self.storages, content)
        if storage is None or not (databases or books):
            return
        try:
            counts = storage.count(
                folder / content.code,
                databases,
                progress,
                rule=content.counts.rule,
                books=books,
                single=content.single_file,
            )
        except SourceDamaged as error:
            raise BackupDamaged(file=file, detail=str(error)) from error
        # A name this computer cannot hold was written under another: then only the rows compare.
        paths = {each.path for each in administration.files}
        if not same_counts(content.counts, counts, named={*databases, *books} <= paths):
            raise BackupDamaged(file=file, detail=f"counts of {content.code} differ")


def counting_storage(storages: Storages, content: Content) -> Storage | None:
    """Return what counts such books; None where this computer does not know how, or cannot.

    Then the hashes are all the proof there is; what the backup tells of its counts is believed.
    """
    try:
        storage = storages(content.storage)
    except Fault:
        return None
    return storage if not isinstance(storage, Tooled) or storage.has_tools() else None


def counted_in(administration: ManifestAdministration) -> tuple[str, ...]:
    """Return the files in which bookings were counted by a rule that is known here."""
    content = administration.content
    return tuple(
        file.path
        for file in administration.files
        if is_booked(file.part)
        and is_counted(file.path, content.counts.rule, single=content.single_file)
    )


def same_counts(told: Counts, found: Counts, *, named: bool = True) -> bool:
    """Return whether a second count found the same; without `named` tables may be called otherwise.

    What was counted by a rule that is not known here is believed, as are documents that were
    counted by their files. Where none were told a rule may have come to know them.
    """
    if told.rule in RULES:
        by_rule = RULES[told.rule].documents and told.documents is not None
        if told.transactions != found.transactions:
            return False
        if by_rule and told.documents != found.documents:
            return False
    if told.rule and told.rule not in RULES:
        return not named or found.tables.items() <= told.tables.items()
    if named:
        return dict(told.tables) == dict(found.tables)
    return sorted(told.tables.values()) == sorted(found.tables.values())


def administration_in(manifest: Manifest, code: Code) -> ManifestAdministration | None:
    """Return what a backup holds of one administration."""
    return next((a for a in manifest.administrations if a.content.code == code), None)
