"""One more copy of a backup elsewhere, and a backup from elsewhere among the others."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePath

from bewaar.backup.copied import copy_backup
from bewaar.errors import BackupThere
from bewaar.jobs import Outcome
from bewaar.kit import Kit
from bewaar.model import DestinationKind
from bewaar.operations.archives import ArchiveWork
from bewaar.places import Places
from bewaar.progress import Progress
from bewaar.requests import BackupFile, CopyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyWork:
    """Copies of backups, with the rooms they need."""

    kit: Kit
    places: Places
    archives: ArchiveWork

    def check(self, request: CopyRequest) -> None:
        """Refuse at once what cannot be copied there.

        Raises DestinationUnknown, BackupThere, and what opening the backup raises.
        """
        there = self.places.get(request.destination)
        found = self.archives.locator.whereabouts(request.file)
        if found.destination == there.id or _lies_in(request.file, there.folder):
            raise BackupThere(name=there.name, file=PurePath(found.file).name)
        self.archives.look_inside(request.file, request.password)

    def copy(self, request: CopyRequest, progress: Progress) -> Outcome:
        """Copy a backup to a destination; it counts there once it was read back."""
        to = self.places.open(request.destination)
        try:
            with self.archives.locator.open(request.file) as located:
                password = self.archives.password_for(located, request.password)
                copied = copy_backup(located, to, self.kit, password=password, progress=progress)
        finally:
            self.places.look_for_unfinished(to)
        name = to.destination.name
        progress.note("copy.placed", file=copied.file, name=name, size=copied.size)
        if to.destination.kind is DestinationKind.DRIVE:
            progress.note("drive.unpluggable", name=name)
        return Outcome(backups=(copied.id,), result={"file": copied.file, "size": copied.size})


def _lies_in(file: BackupFile, folder: Path) -> bool:
    real = os.path.realpath  # answers also where nothing is
    return file.path is not None and real(file.path.parent) == real(folder)
