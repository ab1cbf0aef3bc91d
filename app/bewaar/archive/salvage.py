"""Saving what can be saved from a damaged backup: every file whose hash still fits, no other.

The manifest names the files and their content is found by its hash, whatever became of the
records around it. Without the manifest a member's own CRC is the only witness, and the result
says so. Nothing here ever calls a backup whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.directory import Member, members
from bewaar.archive.landing import Landing
from bewaar.archive.listing import check_manifest
from bewaar.archive.manifest import Manifest
from bewaar.archive.manifest_json import from_bytes
from bewaar.archive.names import MANIFEST, fault, key, shown
from bewaar.archive.salvage_lock import inside
from bewaar.archive.salvage_scan import Content, Found, measure, placed, scan, starts
from bewaar.archive.salvage_stream import Patient
from bewaar.archive.sources import FileSource
from bewaar.errors import BackupDamaged, BackupHostile, NothingSaved, UnsafeName
from bewaar.progress import SILENT, Progress

_LARGEST_MANIFEST = 1 << 30  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A file that did not come back."""

    path: str  # below the folder, with the administration's code
    reason: str  # "damaged", or "name": this computer cannot hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What came back."""

    files: int
    size: int
    lost: tuple[Lost, ...]
    hashed: bool  # by the manifest's hashes; else only by each member's CRC
    complete: bool  # whether `lost` names all that is lost; else the list itself was lost


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    path: str
    mtime_ns: int
    found: Found | None


class Wreck:
    """A backup that may be damaged anywhere, looked through once."""

    def __init__(
        self, stream: BinaryIO, *, file: str, password: str | None, progress: Progress
    ) -> None:
        """Find what is there.

        Raises NothingSaved, PasswordNeeded, PasswordWrong, PasswordOrDamage, Cancelled.
        """
        whole = FileSource(cast("BinaryIO", Patient(stream, progress.check)), file)
        self._source = inside(whole, password)
        self._directory = self._listed_by_the_zip()
        self._found: list[Found] = []
        self._seen: list[str] = []  # names of members whose content is lost
        for each in scan(self._source, progress):
            if isinstance(each, Found):
                self._found.append(each)
            else:
                self._seen.append(each.name)
        self._found += self._by_directory(progress)
        self.manifest = self._read_manifest(progress)
        if self.manifest is None and not any(map(_fits_by_itself, self._found)):
            raise NothingSaved(file=file, detail="no member")

    def save(self, to: Path, progress: Progress) -> Salvaged:
        """Write what can be saved into the existing empty folder `to`.

        Raises TargetExists, TargetFull, TargetUnwritable, Cancelled.
        """
        wanted = list(self._by_hash(self.manifest) if self.manifest else self._by_sum())
        total = sum(each.found.size for each in wanted if each.found)
        lost, files, size = [], 0, 0
        with Landing(to, needed=total) as landing:
            progress.step(0, total)
            for each in wanted:
                reason = self._save(each, landing, progress)
                if reason or each.found is None:
                    lost.append(Lost(path=shown(each.path), reason=reason or "damaged"))
                    continue
                files, size = files + 1, size + each.found.size
                progress.step(size, total, shown(each.path))
            landing.settle(progress)
        return Salvaged(
            files=files,
            size=size,
            lost=tuple(lost),
            hashed=self.manifest is not None,
            complete=self.manifest is not None or bool(self._directory),
        )

    def _save(self, wanted: _Wanted, landing: Landing, progress: Progress) -> str:
        """Write a file and return why it did not come back; "" = it did."""
        if wanted.found is None:
            return "damaged"
        try:
            file = landing.file(wanted.path, wanted.found.size, wanted.mtime_ns)
        except UnsafeName:
            return "name"
        digest = blake3()
        try:
            for piece in Content(self._source, wanted.found.place).pieces():
                progress.check()
                digest.update(piece)
                file.write(piece)
        except BackupDamaged:  # a medium that dies meanwhile
            digest.reset()
        if digest.hexdigest() != wanted.found.blake3:
            file.remove()
            return "damaged"
        file.finish()
        return ""

    # ── What is there ───────────────────────────────────────────────────────────────────────

    def _listed_by_the_zip(self) -> dict[str, Member]:
        try:
            return members(self._source)
        except (BackupDamaged, BackupHostile):
            return {}

    def _by_directory(self, progress: Progress) -> list[Found]:
        """Return the members that only the directory still leads to."""
        known = starts(self._found)
        places = (placed(each) for each in self._directory.values() if not each.folder)
        missing = [place for place in places if place.start not in known and place.start > 0]
        return [each for place in missing if (each := measure(self._source, place, progress))]

    def _read_manifest(self, progress: Progress) -> Manifest | None:
        for each in reversed(self._found):
            if each.place.name != MANIFEST or each.size > _LARGEST_MANIFEST:
                continue
            data = bytearray()
            for piece in Content(self._source, each.place).pieces():
                progress.check()
                data += piece
            told = each.place.told
            if told and told[0] != isal_zlib.crc32(data):
                continue
            try:
                manifest = from_bytes(bytes(data), file=MANIFEST)
                check_manifest(self._source, manifest)
            except (BackupDamaged, BackupHostile):
                continue
            return manifest
        return None

    # ── What may come back ──────────────────────────────────────────────────────────────────

    def _by_hash(self, manifest: Manifest) -> Iterator[_Wanted]:
        """Yield every file of the manifest; each member stands for one file, its own first."""
        at_hand: dict[tuple[str, int], list[Found]] = {}
        for each in self._found:
            at_hand.setdefault((each.blake3, each.size), []).append(each)
        for inside_ in manifest.administrations:
            for file in inside_.files:
                path = f"{inside_.content.code}/{file.path}"
                stored = inside_.renamed.get(file.path, file.path)
                some = at_hand.get((file.blake3, file.size), [])
                some.sort(
                    key=lambda one, own=f"{inside_.content.code}/{stored}": (  # type: ignore[misc]
                        one.place.name == own
                    )
                )
                found = some.pop() if some else None
                yield _Wanted(path=path, mtime_ns=file.mtime_ns, found=found)

    def _by_sum(self) -> Iterator[_Wanted]:
        """Yield what has a CRC that fits and a name that is safe everywhere, then what is lost."""
        taken: set[str] = set()
        for each in self._found:
            name = each.place.name
            if _fits_by_itself(each) and key(name) not in taken:
                taken.add(key(name))
                yield _Wanted(path=name, mtime_ns=each.place.seconds * 10**9, found=each)
        broken = (each.place.name for each in self._found if not each.sum_fits)
        for name in dict.fromkeys([*self._directory, *self._seen, *broken]):
            if _is_a_file(name) and key(name) not in taken:
                yield _Wanted(path=name, mtime_ns=0, found=None)


def unlock_wreck(stream: BinaryIO, *, file: str, password: str | None) -> None:
    """Try a password without looking further. Raises what `Wreck` raises at once."""
    inside(FileSource(cast("BinaryIO", Patient(stream, SILENT.check)), file), password)


def _fits_by_itself(found: Found) -> bool:
    return found.sum_fits and found.place.ours and _is_a_file(found.place.name)


def _is_a_file(name: str) -> bool:
    return "/" in name and not fault(name)
