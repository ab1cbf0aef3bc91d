"""Getting at a backup file: a known one, one at a destination, or any file on this computer."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bewaar.archive import SIDECAR_SUFFIX, Info
from bewaar.catalogue import Catalogue
from bewaar.destinations.base import OpenDestination
from bewaar.errors import (
    BackupDamaged,
    BackupGone,
    BackupUnknown,
    BewaarError,
    DestinationFault,
    NotABackup,
)
from bewaar.files import exists
from bewaar.model import Backup, BackupId, Code, DestinationId
from bewaar.requests import BackupFile

SIDECAR_LIMIT = 4_000_000  # bytes; a sidecar is small, anything else is not one


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An archive that is open for reading."""

    stream: BinaryIO
    name: str
    blake3: str | None  # what the whole file should hash to, when that is known
    of: BackupId | None  # whose hash that is, when a sidecar says so, which may have strayed
    past_cache: bool
    backup: Backup | None  # what the catalogue knows of it

    def check(self, id: BackupId) -> None:
        """Raise BackupDamaged when another backup lies under the name of the one that was meant.

        One that could not be opened yet when it was indexed is known by its hash instead.
        """
        if self.backup and self.backup.id not in {id, (self.blake3 or "")[:32]}:
            raise BackupDamaged(file=self.name, detail="another backup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a file lies that a job is to read."""

    file: str  # its name at the destination, else its whole path
    destination: DestinationId | None
    codes: tuple[Code, ...]  # of the administrations in it, as far as the catalogue knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Finds the file that a request means."""

    catalogue: Catalogue
    open_destination: Callable[[DestinationId], OpenDestination]

    @contextmanager
    def open(self, file: BackupFile) -> Iterator[Located]:
        """Open the file for the block. Raises BackupGone, BackupUnknown, the destination's."""
        if file.path is not None:
            with self._anywhere(file.path) as located:
                yield located
            return
        known = self.known(file)
        if known is None and file.destination is None:
            raise BackupUnknown(id=file.backup or file.name)
        destination = known.destination if known else file.destination
        assert destination is not None  # noqa: S101  one of the two is known here
        with self._there(destination, known.file if known else file.name, known) as located:
            yield located

    def known(self, file: BackupFile) -> Backup | None:
        """Return what the catalogue knows of the file. Raises BackupUnknown for an unknown id."""
        if file.backup is not None:
            backups = self.catalogue.backups
            there = backups.copy_at(file.backup, file.destination) if file.destination else None
            return there or backups.get(file.backup)
        if file.destination is not None:
            return self.catalogue.backups.named(file.destination, file.name)
        return None

    def whereabouts(self, file: BackupFile) -> Whereabouts:
        """Return where the file lies, without looking. Raises BackupUnknown for an unknown id."""
        if file.path is not None:
            return Whereabouts(file=str(file.path), destination=None, codes=())
        known = self.known(file)
        if known is None:
            return Whereabouts(file=file.name, destination=file.destination, codes=())
        return Whereabouts(file=known.file, destination=known.destination, codes=known.codes)

    @contextmanager
    def _there(self, id: DestinationId, name: str, known: Backup | None) -> Iterator[Located]:
        destination = self.open_destination(id)
        digest = self.catalogue.backups.digest(known.id, id) if known else None
        info = None if digest else sidecar(destination, name)
        with destination.read(name) as stream:
            info = _of_that_size(info, stream)
            yield Located(
                stream=stream,
                name=name,
                blake3=info.blake3 if info else digest,
                of=info.id if info else None,
                past_cache=destination.reads_past_cache,
                backup=known,
            )

    @contextmanager
    def _anywhere(self, path: Path) -> Iterator[Located]:
        try:
            stream = _opened(path)
        except (FileNotFoundError, ValueError) as error:  # also a name that no file can have
            raise BackupGone(file=str(path)) from error
        except OSError as error:
            raise DestinationFault(name=str(path), reason=error.strerror or str(error)) from error
        with stream:
            info = _of_that_size(_sidecar_beside(path), stream)
            yield Located(
                stream=stream,
                name=path.name,
                blake3=info.blake3 if info else None,
                of=info.id if info else None,
                past_cache=False,
                backup=None,
            )


def sidecar(destination: OpenDestination, name: str) -> Info | None:
    """Read the sidecar of an archive; one that is absent or damaged counts as none."""
    try:
        with destination.read(name + SIDECAR_SUFFIX) as stream:
            return Info.from_bytes(stream.read(SIDECAR_LIMIT))
    except BewaarError:
        return None


def _of_that_size(info: Info | None, stream: BinaryIO) -> Info | None:
    """Return what a sidecar says when the file has the size it tells.

    Otherwise the file was cut, which shows, or the sidecar is another's; no need to read it all.
    """
    try:
        return info if info and info.size == stream.seek(0, os.SEEK_END) else None
    except OSError:
        return None


def _opened(path: Path) -> BinaryIO:
    """Open a file that someone chose. Raises NotABackup for a folder, a pipe or a device.

    Without waiting: a pipe that nobody writes to would hold us for ever.
    """
    if exists(path) and not path.is_file():
        raise NotABackup(file=path.name, detail="no ordinary file")
    stream = open(path, "rb", opener=_at_once)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise NotABackup(file=path.name, detail="no ordinary file")
    return stream


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _sidecar_beside(path: Path) -> Info | None:
    try:
        with _opened(path.with_name(path.name + SIDECAR_SUFFIX)) as stream:
            return Info.from_bytes(stream.read(SIDECAR_LIMIT))
    except (OSError, ValueError, BewaarError):
        return None
