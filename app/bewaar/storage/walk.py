"""A look through a folder and all below it.

Links to folders are followed; one that leads back to where it lies is named as skipped. Bewaar's
own folders never belong to an administration.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from bewaar.files import openable, reachable
from bewaar.model import Source
from bewaar.paths import home
from bewaar.progress import Progress
from bewaar.storage.entry import (
    Entry,
    Identity,
    Skipped,
    Tree,
    companions,
    entry_of,
    identity_of,
    kind_of,
    listing,
    status_of,
)
from bewaar.storage.parts import part_of
from bewaar.storage.patterns import for_folder, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    local: Path
    path: str  # relative; "" is the place itself
    above: frozenset[Identity]  # itself and what it lies in, to the root of the disk


class Walk:
    """One look through a folder and all below it."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self._excludes = tuple(map(for_folder, source.layout.excludes))
        self._marks = tuple(map(for_folder, source.layout.markers))
        self._own = _own_folders()
        self._files: list[Entry] = []
        self._folders: list[str] = []
        self._skipped: list[Skipped] = []
        self._markers: list[Path] = []

    def tree(self, status: os.stat_result) -> Tree:
        """Look through the place, which has that status."""
        place = self._source.place
        above = frozenset(map(identity_of, map(os.stat, Path(os.path.realpath(place)).parents)))
        waiting = [_Folder(local=place, path="", above=above | {identity_of(status)})]
        while waiting:
            waiting += self._inside(waiting.pop())
        return Tree(
            files=tuple(sorted(self._files, key=lambda entry: entry.path)),
            folders=tuple(sorted(self._folders)),
            skipped=tuple(self._skipped),
            markers=tuple(self._markers),
        )

    def _inside(self, folder: _Folder) -> list[_Folder]:
        """Take in the files of one folder and return the folders in it."""
        self._progress.check()
        prefix = folder.path and folder.path + "/"
        wanted = [e for e in listing(folder.local) if self._wanted(prefix + e.name, e)]
        if not wanted and folder.path and self._source.only is None:
            self._folders.append(folder.path)
        inner = [self._take(prefix + entry.name, entry, folder) for entry in wanted]
        return [each for each in inner if each]

    def _wanted(self, path: str, entry: os.DirEntry[str]) -> bool:
        if matches(path, self._marks):
            self._markers.append(Path(entry.path))
            return False
        layout = self._source.layout
        left_out = not self._source.documents and matches(path, layout.documents)
        return not left_out and not matches(path, self._excludes)

    def _take(self, path: str, entry: os.DirEntry[str], folder: _Folder) -> _Folder | None:
        """Take in one entry; return it when it is a folder to look into."""
        status = status_of(entry)
        if status is None:
            return None
        if stat.S_ISDIR(status.st_mode):
            return self._enter(path, reachable(Path(entry.path)), identity_of(status), folder)
        if not stat.S_ISREG(status.st_mode):
            self._skipped.append(Skipped(path=path, kind=kind_of(status)))
            return None
        if self._source.only is not None and path not in self._source.only:
            return None
        part = part_of(path, self._source.layout)
        self._files.append(entry_of(path, openable(entry.path), status, part=part))
        if entry.is_symlink():
            self._files += companions(path, reachable(Path(entry.path)))
        return None

    def _enter(self, path: str, local: Path, identity: Identity, folder: _Folder) -> _Folder | None:
        if identity in folder.above:
            self._skipped.append(Skipped(path=path, kind="loop"))
            return None
        if identity in self._own:
            return None
        return _Folder(local=local, path=path, above=folder.above | {identity})


def _own_folders() -> frozenset[Identity]:
    ours = home()
    found = (ours.config, ours.data, ours.state, ours.cache)
    return frozenset(identity_of(folder.stat()) for folder in found if folder.is_dir())
