"""The judge of whatever is offered as a backup: refused by our failures, or given back right."""

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blake3 import blake3

from bewaar.archive import Archive, ManifestAdministration, open_archive
from bewaar.archive.members import contents
from bewaar.archive.names import MANIFEST
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    BackupNewer,
    BewaarError,
    NotABackup,
    PasswordNeeded,
    PasswordOrDamage,
    PasswordWrong,
    UnsafeName,
)
from bewaar.model import Code
from tests.archive.books import tree

REFUSALS = (
    *(NotABackup, BackupNewer, BackupDamaged, BackupHostile),
    *(PasswordNeeded, PasswordWrong, PasswordOrDamage),
)
Books = Mapping[Code, Mapping[str, bytes | None]]  # code → what its folder holds


@dataclass(slots=True)
class Judge:
    """Knows some true backups: one with the manifest of one of them has its books, or none."""

    room: Path  # an empty folder
    true: dict[str, Books] = field(default_factory=dict)  # BLAKE3 of the manifest → books

    def learn(self, data: bytes, password: str | None) -> None:
        """Take a backup for a true one."""
        books, mark = self._read(data, password, None)
        self.true[mark] = books

    def refusal(
        self, data: bytes, password: str | None, digest: str | None = None
    ) -> BewaarError | None:
        """Return how the file was refused, or None when all it holds was given back right.

        Raises AssertionError for a wrong restore, and whatever else reading it raised.
        """
        before = set(self.room.iterdir())
        try:
            books, mark = self._read(data, password, digest)
        except REFUSALS as error:
            return error
        finally:
            assert set(self.room.iterdir()) == before
        assert mark not in self.true or books == self.true[mark], "other books came back"
        return None

    def _read(self, data: bytes, password: str | None, digest: str | None) -> tuple[Books, str]:
        with (
            tempfile.TemporaryDirectory(dir=self.room) as folder,
            open_archive(io.BytesIO(data), file="x", password=password, blake3=digest) as opened,
        ):
            verified = opened.verify()
            assert verified.blake3 == blake3(data).hexdigest()
            books = {
                each.content.code: _taken_out(opened, each, Path(folder))
                for each in opened.manifest.administrations
            }
            inside = opened._inside  # decrypted, as the reader sees it
            plain = inside.read(0, inside.size)
            _same_elsewhere(plain, opened)
        return books, _mark(opened)


def _taken_out(
    opened: Archive, inside: ManifestAdministration, room: Path
) -> Mapping[str, bytes | None]:
    with tempfile.TemporaryDirectory(dir=room) as folder:
        place = Path(folder)
        try:
            opened.extract(place, code=inside.content.code)
        except UnsafeName:  # this computer has no such name: nothing was called restored
            return {}
        for path in place.rglob("*"):
            assert not path.is_symlink()
        found = tree(place)
    told = {file.path: file.blake3 for file in inside.files}
    came = {path: blake3(data).hexdigest() for path, data in found.items() if data is not None}
    assert came == told, "not what the manifest tells"
    return found


def _same_elsewhere(plain: bytes, opened: Archive) -> None:
    """Any other program finds the same members with the same content."""
    try:
        other = zipfile.ZipFile(io.BytesIO(plain))
    except NotImplementedError:  # a member that says it wants a newer program; we do not care
        return
    with other:
        names = [info.orig_filename for info in other.infolist()]
        assert sorted(names) == sorted(opened._members), "another program sees other names"
        for listed in opened._listed:
            content = other.read(f"{listed.code}/{listed.stored}")
            assert blake3(content).hexdigest() == listed.file.blake3


def _mark(opened: Archive) -> str:
    manifest = b"".join(contents(opened._inside, opened._members[MANIFEST]))
    return blake3(manifest).hexdigest()


def quick_room() -> Path:
    """Return where files cost the least: memory, on Linux."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
