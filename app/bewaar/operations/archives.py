"""Looking at backups that exist: what is inside, are they sound, what lies at a destination."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bewaar.archive import SIDECAR_SUFFIX, Manifest, needs_password, open_archive
from bewaar.backup.tidy import present, remove
from bewaar.destinations.base import OpenDestination
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    BackupUnknown,
    BewaarError,
    NotABackup,
)
from bewaar.jobs import Outcome
from bewaar.kit import Kit
from bewaar.locate import Located, Locator, sidecar
from bewaar.model import SAFETY, Backup, BackupId, DestinationId
from bewaar.places import Places, unfinished
from bewaar.progress import Progress, Stage
from bewaar.rebuild import is_archive, rebuild
from bewaar.requests import BackupFile
from bewaar.retention import check_removal

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a backup says of itself once it is open."""

    file: str
    encrypted: bool
    made_at: datetime
    manifest: Manifest
    known: Backup | None  # what the catalogue knows of it


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWork:
    """Reading backups, with the rooms that takes."""

    kit: Kit
    places: Places
    locator: Locator
    kept_password: Callable[[], str | None]

    def look_inside(self, file: BackupFile, password: str | None) -> Inside:
        """Open a backup as far as its list of contents. Raises what `open_archive` raises."""
        with (
            self.locator.open(file) as located,
            open_archive(
                located.stream,
                file=located.name,
                password=self.password_for(located, password),
                blake3=located.blake3,
                of=located.of,
            ) as archive,
        ):
            located.check(archive.manifest.id)
            return Inside(
                file=located.name,
                encrypted=archive.encrypted,
                made_at=archive.manifest.made_at,
                manifest=archive.manifest,
                known=located.backup,
            )

    def password_for(self, located: Located, given: str | None) -> str | None:
        """Return the password to try: the one given, else the one kept here when one is needed."""
        if given is not None:
            return given
        try:
            needed = needs_password(located.stream, file=located.name)
        except (BackupDamaged, BackupHostile, NotABackup):
            needed = False  # opening it will say so, and knows more witnesses
        located.stream.seek(0)
        return self.kept_password() if needed else None

    def try_password(self, file: BackupFile, password: str | None) -> None:
        """Raise what opening a backup that has a password would raise; others are not opened."""
        with self.locator.open(file) as located:
            try:
                locked = needs_password(located.stream, file=located.name)
            except (BackupDamaged, BackupHostile, NotABackup):
                return  # opening it will say so, and knows more witnesses
        if locked:
            self.look_inside(file, password)

    def verify(self, file: BackupFile, password: str | None, progress: Progress) -> Outcome:
        """Read a backup to its end again; one that fails loses its proof."""
        with self.locator.open(file) as located:
            progress.stage(Stage.CHECKING, located.name)
            try:
                reading = self.kit.prover.prove(
                    located.stream,
                    file=located.name,
                    password=self.password_for(located, password),
                    blake3=located.blake3,
                    of=located.of,
                    past_cache=located.past_cache,
                    progress=progress,
                )
            except (BackupDamaged, NotABackup, BackupHostile):
                if located.backup:
                    backups = self.kit.catalogue.backups
                    backups.prove(located.backup.id, located.backup.destination, None)
                raise
        if located.backup:
            known, proof = located.backup, reading.proof
            self.kit.catalogue.backups.prove(known.id, known.destination, proof)
        return Outcome(
            backups=(located.backup.id,) if located.backup else (),
            result={
                "file": located.name,
                "files": reading.proof.files,
                "size": reading.proof.size,
                "databases": reading.proof.databases,
                "blake3": reading.proof.blake3,
            },
        )

    def lock(self, id: BackupId, *, locked: bool) -> None:
        """Lock a backup against removal, or unlock it. Raises BackupUnknown.

        The sidecars say so too, where they can be had: then it holds when the catalogue is lost.
        """
        backups = self.kit.catalogue.backups
        backups.get(id)
        backups.lock(id, locked=locked)
        for copy in backups.copies(id):
            try:
                to = self.places.open(copy.destination)
                if info := sidecar(to, copy.file):
                    to.put(copy.file + SIDECAR_SUFFIX, replace(info, locked=locked).to_bytes())
            except BewaarError as error:
                LOG.warning("the sidecar of %s does not know of the lock: %s", copy.file, error)

    def find(self, id: BackupId, destination: DestinationId | None) -> Backup:
        """Return a backup, of several copies the one at a destination. Raises BackupUnknown."""
        backups = self.kit.catalogue.backups
        there = backups.copy_at(id, destination) if destination else None
        return there or backups.get(id)

    def remove(self, id: BackupId, destination: DestinationId) -> Backup:
        """Remove a copy for good and return what it was. Raises BackupLocked, BackupUnknown."""
        backup, to = self.removable(id, destination)
        remove(backup, to, self.kit)
        return backup

    def removable(self, id: BackupId, destination: DestinationId) -> tuple[Backup, OpenDestination]:
        """Return a copy that may go, and where it lies. Raises BackupLocked, BackupUnknown."""
        to = self.places.open(destination)
        backup = self.kit.catalogue.backups.copy_at(id, destination)
        if backup is None:
            raise BackupUnknown(id=id)
        check_removal(backup, present(to, self.kit))
        return backup, to

    def unindexed(self) -> list[DestinationId]:
        """Return the destinations that are here and whose files the catalogue never looked at.

        It may have been lost, or the destination may come from another computer.
        """
        facts = self.kit.catalogue.facts
        known = (SAFETY, *(destination.id for destination in self.places.all()))
        return [id for id in known if facts.moment(_indexed(id)) is None and self._holds_some(id)]

    def _holds_some(self, id: DestinationId) -> bool:
        try:
            found = any(is_archive(entry) for entry in self.places.open(id).entries())
        except BewaarError:  # not here now
            return False
        if not found:
            self.kit.catalogue.facts.remember(_indexed(id), self.kit.clock.now())
        return found

    def rebuild(self, destination: DestinationId, progress: Progress) -> Outcome:
        """Make the index of a destination again from its files."""
        to = self.places.open(destination)
        try:
            done = rebuild(to, self.kit, password=self.kept_password, progress=progress)
        finally:
            self.places.look_for_unfinished(to)
        self.kit.catalogue.facts.remember(_indexed(destination), self.kit.clock.now())
        return Outcome(
            result={
                "backups": done.backups,
                "gone": done.gone,
                "damaged": len(done.damaged),
                "foreign": len(done.foreign),
                "unfinished": len(unfinished(to)),
            }
        )


def _indexed(destination: DestinationId) -> str:
    """Return the name under which the catalogue remembers that it was looked through."""
    return f"indexed {destination}"
