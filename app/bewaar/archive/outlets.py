"""Where content goes that comes out of a backup: into a file or nowhere, and never unchecked."""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from blake3 import blake3

from bewaar.archive.landing import LandedFile, Landing
from bewaar.archive.listing import Listed
from bewaar.archive.sources import Source
from bewaar.errors import HomeFull, UnsafeName
from bewaar.files import free_space
from bewaar.model import Code


class Content:
    """A file's content on its way, held against the manifest at its end."""

    def __init__(
        self, source: Source, listed: Listed, file: Callable[[], LandedFile] | None
    ) -> None:
        self._source, self._listed = source, listed
        self._digest = blake3()
        self._file = file() if file else None

    def take(self, piece: bytes) -> None:
        """Hash it, and write it where it is to be written."""
        self._digest.update(piece)
        if self._file:
            self._file.write(piece)

    def end(self) -> None:
        """Raise BackupDamaged unless the hash fits."""
        if self._digest.hexdigest() != self._listed.file.blake3:
            raise self._source.damaged("content", self._listed.file.path)
        if self._file:
            self._file.finish()


class Nowhere:
    """Content that only has to be readable."""

    def take(self, piece: bytes) -> None:
        """Let it go."""

    def end(self) -> None:
        """Nothing is left to do."""


class Scratch:
    """Where files are written while a backup is read, to be opened and counted."""

    def __init__(
        self, root: Path | None, listed: tuple[Listed, ...], books: Collection[tuple[Code, str]]
    ) -> None:
        self._root = root
        self._books = books
        self._needed = sum(each.file.size for each in listed if self._wants(each))
        self._landings: dict[Code, Landing] = {}
        self._ends = ExitStack()
        self.databases: list[tuple[Code, str]] = []
        self.books: list[tuple[Code, str]] = []

    def __enter__(self) -> Self:
        """Raise HomeFull when there is no room for all of it; a bomb fills no disk first."""
        free = free_space(self._root) if self._root else None
        if free is not None and self._needed > free:
            raise HomeFull(folder=str(self._root), needed=self._needed, free=free)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def reserve(self, listed: Listed) -> Callable[[], LandedFile] | None:
        """Make the file for a database, or another that is to be counted, when it is wanted.

        One after another, so that each gets its own name also where the disk knows fewer.
        """
        if self._root is None or not self._wants(listed):
            return None
        landing, path = self._landing(self._root, listed.code), listed.file.path
        try:
            file = landing.reserve(path, listed.file.size, listed.file.mtime_ns)
        except UnsafeName:
            path = listed.stored
            file = landing.reserve(path, listed.file.size, listed.file.mtime_ns)
        if listed.file.database:
            self.databases.append((listed.code, path))
        if (listed.code, listed.file.path) in self._books:
            self.books.append((listed.code, path))
        return file

    def _wants(self, listed: Listed) -> bool:
        return listed.file.database or (listed.code, listed.file.path) in self._books

    def _landing(self, root: Path, code: Code) -> Landing:
        if code not in self._landings:
            landing = Landing(root / code, needed=self._needed, scratch=True)
            self._landings[code] = self._ends.enter_context(landing)
        return self._landings[code]
