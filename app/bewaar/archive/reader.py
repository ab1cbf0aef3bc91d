"""Reading a backup: what is inside, whether all of it is right, and getting it out.

Nothing is believed because a file says so. The list of contents is checked when it is opened;
content counts only once it was read to its end.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from bewaar.archive.directory import members
from bewaar.archive.landing import Landing
from bewaar.archive.listing import Listed, compare, read_manifest
from bewaar.archive.manifest import Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.members import contents, locate
from bewaar.archive.names import LOCKED, README, holdable, shown
from bewaar.archive.naming import Names
from bewaar.archive.opening import is_locked, may_be_locked, outer_members, unlock
from bewaar.archive.outlets import Content, Nowhere, Scratch
from bewaar.archive.sources import FileSource
from bewaar.archive.unpacking import Wanted, unpacked
from bewaar.archive.wholeness import Wholeness
from bewaar.errors import UnknownAdministration, UnsafeName
from bewaar.model import BackupId, Code
from bewaar.progress import SILENT, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read from the first byte to the last, and found to be what was written."""

    files: int
    size: int  # of those files, unpacked
    blake3: str  # of the whole archive file
    databases: tuple[tuple[Code, str], ...]  # what lies below `databases_to`, as <code>/<path>
    books: tuple[tuple[Code, str], ...] = ()  # what of the wanted `books` lies there too


@contextmanager
def open_archive(
    stream: BinaryIO,
    *,
    file: str,
    password: str | None = None,
    blake3: str | None = None,
    of: BackupId | None = None,
    progress: Progress = SILENT,
) -> Iterator["Archive"]:
    """Open a backup from a seekable stream, which stays the caller's to close.

    `file` is its name for errors. `blake3`, when the catalogue or the sidecar knows it, is what
    the whole file must be: by it damage is told from ill will and from a wrong password; `of`
    says for which backup it was noted, where that may be another. Raises
    NotABackup, BackupNewer, BackupDamaged, BackupHostile, PasswordNeeded, PasswordWrong,
    PasswordOrDamage.
    """
    yield Archive(FileSource(stream, file), password, blake3, of, progress)


def needs_password(stream: BinaryIO, *, file: str) -> bool:
    """Return whether a backup has a password; the long list of one that has none is not read.

    Raises NotABackup, BackupDamaged, BackupHostile.
    """
    return may_be_locked(whole := FileSource(stream, file)) and is_locked(outer_members(whole))


class Archive:
    """An open backup. Its manifest fits what the zip says it holds; no content is proven yet."""

    manifest: Manifest
    encrypted: bool

    def __init__(
        self,
        whole: FileSource,
        password: str | None,
        expected: str | None,
        of: BackupId | None,
        progress: Progress,
    ) -> None:
        """Open it; use `open_archive`."""
        self._whole = whole
        witness = Wholeness(whole, None, expected, of)
        with witness.outranking(progress):
            outer = outer_members(whole)
            self.encrypted = is_locked(outer)
            unlocked = unlock(whole, outer[LOCKED], password) if self.encrypted else None
        self._outer = outer
        self._inside = unlocked or whole
        self._wholeness = Wholeness(whole, unlocked, expected, of)
        with self._wholeness.outranking(progress):
            self._members = members(self._inside) if unlocked else outer
            self.manifest = read_manifest(self._inside, self._members, file=whole.file)
            self._wholeness.understood(self.manifest.id)
            self._listed = compare(self._inside, self._members, self.manifest)

    def verify(
        self,
        *,
        databases_to: Path | None = None,
        books: Collection[tuple[Code, str]] = frozenset(),
        progress: Progress = SILENT,
    ) -> Verified:
        """Read everything once, and compare all of it with the manifest and the witnesses.

        Databases, and the `books` by code and path, are also written below the folder
        `databases_to`, which is made when it is not there, so that the caller can open and count
        them; a name this computer cannot hold is written as the zip has it. They may be believed
        when this returns. Raises BackupDamaged, BackupHostile, Cancelled, HomeFull,
        HomeUnwritable.
        """
        with self._wholeness.outranking(progress):
            self._wholeness.watch()
            scratch = Scratch(databases_to, self._listed, books)
            self._read_all(scratch, progress)
        digest = self._wholeness.finish(progress)
        return Verified(
            files=len(self._listed),
            size=sum(listed.file.size for listed in self._listed),
            blake3=digest,
            databases=tuple(scratch.databases),
            books=tuple(scratch.books),
        )

    def extract(
        self,
        to: Path,
        *,
        code: Code,
        parts: Collection[str] | None = None,
        paths: Collection[str] | None = None,
        safe_names: bool = False,
        progress: Progress = SILENT,
    ) -> tuple[ManifestFile, ...]:
        """Write an administration, or the named parts of it, into the existing empty folder `to`.

        With `paths` only these of its files, and no empty folders.

        Every file's hash is checked while it is written, times are set, everything is on the
        medium when this returns. With `safe_names` what cannot have its name there gets the one
        it has in the zip; that is told as a note, and the files come back with the names they
        got. After a failure what lies in `to` is worth nothing. Raises
        UnknownAdministration, UnsafeName, TargetExists, TargetFull, TargetUnwritable,
        BackupDamaged, BackupHostile, Cancelled.
        """
        inside = self._administration(code)
        wanted = [
            listed
            for listed in self._listed
            if listed.code == code
            and (parts is None or listed.file.part in parts)
            and (paths is None or listed.file.path in paths)
        ]
        folders = inside.folders if paths is None and (parts is None or "" in parts) else ()
        for path in [*(listed.file.path for listed in wanted), *folders]:
            if not holdable(path) and not (safe_names and path in inside.renamed):
                raise UnsafeName(path=shown(path))
        self._check_before_writing(wanted, progress)
        total = sum(listed.file.size for listed in wanted)
        with Landing(to, needed=total) as landing:
            names = Names(landing, inside.renamed if safe_names else {})
            with self._wholeness.outranking(progress):
                self._unpack(self._landed(wanted, names), total, progress)
            for folder in folders:
                names.folder(folder)
            landing.settle(progress)
        for path, name in names.changed.items():
            progress.note("file.mapped", path=shown(path), as_=name)
        return tuple(_called(listed.file, names.changed) for listed in wanted)

    def _administration(self, code: Code) -> ManifestAdministration:
        for inside in self.manifest.administrations:
            if inside.content.code == code:
                return inside
        raise UnknownAdministration(code=code)

    def _check_before_writing(self, wanted: list[Listed], progress: Progress) -> None:
        """Prove an encrypted backup authentic, and every member in its own place."""
        unproven = self.encrypted and not self._wholeness.proven
        if unproven:
            self._wholeness.watch()
            self._wholeness.read_on(progress)
        with self._wholeness.outranking(progress):
            for listed in wanted:
                progress.check()
                locate(self._inside, listed.member)
        if unproven:
            self._wholeness.finish(progress)

    def _read_all(self, scratch: Scratch, progress: Progress) -> None:
        """Read every member in the order of their bytes."""
        if self.encrypted:
            for _ in contents(self._whole, self._outer[README]):
                progress.check()
        total = sum(listed.file.size for listed in self._listed)
        with scratch:
            self._unpack(self._checked(scratch), total, progress)

    def _unpack(self, wanted: Iterator[Wanted], total: int, progress: Progress) -> None:
        done = 0
        progress.step(done, total)
        with closing(unpacked(self._inside, wanted, progress)) as steps:
            for step in steps:
                done += step.size
                progress.step(done, total, shown(step.path))

    def _checked(self, scratch: Scratch) -> Iterator[Wanted]:
        """Yield all members, whose content is only looked at, but for what is to be counted."""
        by_name = {f"{listed.code}/{listed.stored}": listed for listed in self._listed}
        for name, member in self._members.items():
            if listed := by_name.get(name):
                file = scratch.reserve(listed)
                target = partial(Content, self._inside, listed, file)
                yield Wanted(member=member, path=listed.file.path, target=target)
            else:
                yield Wanted(member=member, path="", target=Nowhere)

    def _landed(self, wanted: list[Listed], names: Names) -> Iterator[Wanted]:
        """Yield the members that are written, in the order of their bytes."""
        for listed in sorted(wanted, key=lambda listed: listed.member.offset):
            file = listed.file
            make = names.file(file.path, file.size, file.mtime_ns)
            target = partial(Content, self._inside, listed, make)
            yield Wanted(member=listed.member, path=file.path, target=target)


def _called(file: ManifestFile, changed: Mapping[str, str]) -> ManifestFile:
    """Return a file by the name it got."""
    return replace(file, path=changed[file.path]) if file.path in changed else file
