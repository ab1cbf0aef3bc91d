"""One document of a backup: taken out, proven to be what was stored, shown or saved."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bewaar.archive import open_archive
from bewaar.books import Books
from bewaar.errors import (
    DocumentUnknown,
    DocumentUnshown,
    NoViewer,
    TargetExists,
    TargetInside,
    TargetUnwritable,
)
from bewaar.files import hash_file, inside, rename_new
from bewaar.kit import Kit
from bewaar.model import Code
from bewaar.operations.archives import ArchiveWork, Inside
from bewaar.peek import Copies, Recent, is_harmless, is_opened
from bewaar.requests import BackupFile
from bewaar.scratch import scratch_folder
from bewaar.system.showing import show

_PIECE = 1 << 20  # bytes copied at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A document that was taken out."""

    place: Path
    blake3: str  # of its content, which was found there


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWork:
    """Looking at documents, with the rooms that takes."""

    kit: Kit
    books: Books
    archives: ArchiveWork
    recent: Recent[Inside]

    @property
    def copies(self) -> Copies:
        """Where those lie that were taken out."""
        return Copies(folder=self.kit.home.looked_at, clock=self.kit.clock)

    def leaf(self, file: BackupFile, password: str | None) -> Inside:
        """Look inside as `look_inside` does; the same file again is not read again at once."""
        with self.archives.locator.open(file) as located:
            lying = os.fstat(located.stream.fileno())
        key = file, password, lying.st_ino, lying.st_size, lying.st_mtime_ns
        return self.recent.look(key, lambda: self.archives.look_inside(file, password))

    def open(self, file: BackupFile, code: Code, path: str, password: str | None) -> Path:
        """Open a private copy with the program the user has for it, and return where it lies.

        Raises DocumentUnshown for what is only saved, NoViewer, and what `_take` raises.
        """
        if not is_opened(path):
            raise DocumentUnshown(path=path)
        room = self.copies.make_room()
        try:
            copy = self._take(file, code, path, room, password).place
            if not is_harmless(copy):
                raise DocumentUnshown(path=path)
            self.copies.protect(copy)
            with _viewed(path):
                show(copy)
        except BaseException:
            self.copies.remove(room)
            raise
        return copy

    def save(
        self, file: BackupFile, code: Code, path: str, into: Path, password: str | None
    ) -> Path:
        """Save a document to a folder under its own name, and return where it lies.

        Raises TargetInside among the books, TargetExists, TargetUnwritable, and what `_take`
        raises.
        """
        self._refuse_books(into)
        with scratch_folder(self.kit.home.snapshots) as folder:
            taken = self._take(file, code, path, folder, password)
            target = into / taken.place.name
            _put(taken, target)
        return target

    def _take(
        self, file: BackupFile, code: Code, path: str, to: Path, password: str | None
    ) -> "_Taken":
        """Take a document out into an empty folder; its hash is checked on the way.

        Raises DocumentUnknown, and what opening and extracting raise.
        """
        with (
            self.archives.locator.open(file) as located,
            open_archive(
                located.stream,
                file=located.name,
                password=self.archives.password_for(located, password),
                blake3=located.blake3,
                of=located.of,
            ) as archive,
        ):
            for found in archive.extract(to, code=code, paths={path}):
                return _Taken(place=to / path, blake3=found.blake3)
            raise DocumentUnknown(file=located.name, path=path)

    def _refuse_books(self, into: Path) -> None:
        for kept in self.books.all():
            if inside(into, kept.place):
                raise TargetInside(place=str(into), name=kept.name)


@contextmanager
def _viewed(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NoViewer(path=path, reason=str(error)) from error


def _put(taken: _Taken, target: Path) -> None:
    """Put a document where nothing is: moved within a disk, else copied."""
    try:
        rename_new(taken.place, target)
    except FileExistsError as error:
        raise TargetExists(place=str(target)) from error
    except OSError:  # another disk, or one that cannot be written: copying says which
        _copy(taken, target)


def _copy(taken: _Taken, target: Path) -> None:
    """Copy a document, and look whether it came there whole; half of one never stays."""
    begun = False
    try:
        with taken.place.open("rb") as source, target.open("xb") as stream:
            begun = True
            shutil.copyfileobj(source, stream, _PIECE)
        shutil.copystat(taken.place, target)
        if hash_file(target) != taken.blake3:
            raise OSError("copied differently")
    except OSError as error:
        if begun:
            with suppress(OSError):
                target.unlink()
        if isinstance(error, FileExistsError):
            raise TargetExists(place=str(target)) from error
        reason = error.strerror or str(error)
        raise TargetUnwritable(place=str(target.parent), reason=reason) from error
