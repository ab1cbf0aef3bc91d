"""Reading a backup: what is inside, whether all of it is right, and getting it out.

Nothing is believed because a file says so. The list of contents is checked when it is opened;
content counts only once it was read to its end.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3 as new_digest

from bewaar.archive.directory import members
from bewaar.archive.landing import Landing
from bewaar.archive.listing import Listed, compare, read_manifest
from bewaar.archive.manifest import Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.members import contents, locate
from bewaar.archive.names import LOCKED, README, holdable, shown
from bewaar.archive.opening import is_locked, outer_members, unlock
from bewaar.archive.sources import FileSource
from bewaar.archive.wholeness import Wholeness
from bewaar.errors import UnknownAdministration, UnsafeName
from bewaar.model import Code
from bewaar.progress import SILENT, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read from the first byte to the last, and found to be what was written."""

    files: int
    size: int  # of those files, unpacked
    blake3: str  # of the whole archive file
    databases: tuple[tuple[Code, str], ...]  # what lies below `databases_to`, as <code>/<path>


@contextmanager
def open_archive(
    stream: BinaryIO,
    *,
    file: str,
    password: str | None = None,
    blake3: str | None = None,
    progress: Progress = SILENT,
) -> Iterator["Archive"]:
    """Open a backup from a seekable stream, which stays the caller's to close.

    `file` is its name for errors. `blake3`, when the catalogue or the sidecar knows it, is what
    the whole file must be: by it damage is told from ill will and from a wrong password. Raises
    NotABackup, BackupNewer, BackupDamaged, BackupHostile, PasswordNeeded, PasswordWrong,
    PasswordOrDamage.
    """
    yield Archive(FileSource(stream, file), password, blake3, progress)


def needs_password(stream: BinaryIO, *, file: str) -> bool:
    """Return whether a backup has a password.

    Raises NotABackup, BackupDamaged, BackupHostile.
    """
    return is_locked(outer_members(FileSource(stream, file)))


class Archive:
    """An open backup. Its manifest fits what the zip says it holds; no content is proven yet."""

    manifest: Manifest
    encrypted: bool

    def __init__(
        self, whole: FileSource, password: str | None, expected: str | None, progress: Progress
    ) -> None:
        """Open it; use `open_archive`."""
        self._whole = whole
        witness = Wholeness(whole, None, expected)
        with witness.outranking(progress):
            outer = outer_members(whole)
            self.encrypted = is_locked(outer)
            unlocked = unlock(whole, outer[LOCKED], password) if self.encrypted else None
        self._outer = outer
        self._inside = unlocked or whole
        self._wholeness = Wholeness(whole, unlocked, expected)
        with self._wholeness.outranking(progress):
            self._members = members(self._inside) if unlocked else outer
            self.manifest = read_manifest(self._inside, self._members, file=whole.file)
            self._wholeness.password_fits = True
            self._listed = compare(self._inside, self._members, self.manifest)

    def verify(self, *, databases_to: Path | None = None, progress: Progress = SILENT) -> Verified:
        """Read everything once, and compare all of it with the manifest and the witnesses.

        Databases are also written below the folder `databases_to`, which is made when it is not
        there, so that the caller can open and count them; a name this computer cannot hold is
        written as the zip has it. They may be believed when this returns. Raises BackupDamaged,
        BackupHostile, Cancelled, HomeFull, HomeUnwritable.
        """
        with self._wholeness.outranking(progress):
            self._wholeness.watch()
            databases = self._read_all(databases_to, progress)
        digest = self._wholeness.finish(progress)
        return Verified(
            files=len(self._listed),
            size=sum(listed.file.size for listed in self._listed),
            blake3=digest,
            databases=databases,
        )

    def extract(
        self,
        to: Path,
        *,
        code: Code,
        parts: Collection[str] | None = None,
        progress: Progress = SILENT,
    ) -> tuple[ManifestFile, ...]:
        """Write an administration, or the named parts of it, into the existing empty folder `to`.

        Every file's hash is checked while it is written, times are set, everything is on the
        medium when this returns. After a failure what lies in `to` is worth nothing. Raises
        UnknownAdministration, UnsafeName, TargetExists, TargetFull, TargetUnwritable,
        BackupDamaged, BackupHostile, Cancelled.
        """
        inside = self._administration(code)
        wanted = [
            listed
            for listed in self._listed
            if listed.code == code and (parts is None or listed.file.part in parts)
        ]
        folders = inside.folders if parts is None or "" in parts else ()
        for path in [*(listed.file.path for listed in wanted), *folders]:
            if not holdable(path):
                raise UnsafeName(path=shown(path))
        self._check_before_writing(wanted, progress)
        total = sum(listed.file.size for listed in wanted)
        landing = Landing(to, needed=total)
        steps = _Steps(progress, total)
        with self._wholeness.outranking(progress):
            for listed in wanted:
                landing.file(listed.file.path, listed.file.mtime_ns, self._pieces(listed, steps))
        for folder in folders:
            landing.folder(folder)
        landing.settle(progress)
        return tuple(listed.file for listed in wanted)

    def _administration(self, code: Code) -> ManifestAdministration:
        for inside in self.manifest.administrations:
            if inside.content.code == code:
                return inside
        raise UnknownAdministration(code=code)

    def _check_before_writing(self, wanted: list[Listed], progress: Progress) -> None:
        """Prove an encrypted backup authentic, and every member in its own place."""
        if self.encrypted and not self._wholeness.proven:
            self._wholeness.watch()
            self._wholeness.finish(progress)
        with self._wholeness.outranking(progress):
            for listed in wanted:
                progress.check()
                locate(self._inside, listed.member)

    def _read_all(
        self, databases_to: Path | None, progress: Progress
    ) -> tuple[tuple[Code, str], ...]:
        """Read every member in the order of their bytes."""
        steps = _Steps(progress, sum(listed.file.size for listed in self._listed))
        by_name = {f"{listed.code}/{listed.stored}": listed for listed in self._listed}
        scratch = _Scratch(databases_to, self._listed)
        if self.encrypted:
            _exhaust(contents(self._whole, self._outer[README]))
        for name, member in self._members.items():
            listed = by_name.get(name)
            if listed is None:
                _exhaust(contents(self._inside, member))
            elif not scratch.take(listed, self._pieces(listed, steps)):
                _exhaust(self._pieces(listed, steps))
        return tuple(scratch.taken)

    def _pieces(self, listed: Listed, steps: "_Steps") -> Iterator[bytes]:
        """Yield a file's content; raise BackupDamaged at its end unless the hash fits."""
        digest = new_digest()
        for piece in contents(self._inside, listed.member):
            steps.forward(len(piece), listed.file.path)
            digest.update(piece)
            yield piece
        steps.forward(0, listed.file.path)
        if digest.hexdigest() != listed.file.blake3:
            raise self._inside.damaged("content", listed.file.path)


class _Steps:
    """Counts the bytes that are through."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total
        progress.step(0, total)

    def forward(self, count: int, path: str) -> None:
        self._progress.check()
        self._done += count
        self._progress.step(self._done, self._total, shown(path))


class _Scratch:
    """Where databases are written while a backup is read, to be opened and counted."""

    def __init__(self, root: Path | None, listed: tuple[Listed, ...]) -> None:
        self._root = root
        self._needed = sum(each.file.size for each in listed if each.file.database)
        self._landings: dict[Code, Landing] = {}
        self.taken: list[tuple[Code, str]] = []

    def take(self, listed: Listed, pieces: Iterator[bytes]) -> bool:
        """Write it when it is a database and wanted."""
        if self._root is None or not listed.file.database:
            return False
        landing, path = self._landing(self._root, listed.code), listed.file.path
        try:
            landing.file(path, listed.file.mtime_ns, pieces)
        except UnsafeName:
            path = listed.stored
            landing.file(path, listed.file.mtime_ns, pieces)
        self.taken.append((listed.code, path))
        return True

    def _landing(self, root: Path, code: Code) -> Landing:
        if code not in self._landings:
            self._landings[code] = Landing(root / code, needed=self._needed, scratch=True)
        return self._landings[code]


def _exhaust(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        pass
