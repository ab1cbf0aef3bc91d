"""Writing a backup: the files as they are packed, and last the manifest that lists them."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from blake3 import blake3
from isal import isal_zlib

import bewaar
from bewaar.archive.deflate import pack
from bewaar.archive.directory import MOST_MEMBERS
from bewaar.archive.manifest import (
    FORMAT,
    Item,
    Manifest,
    ManifestAdministration,
    ManifestFile,
    Written,
)
from bewaar.archive.manifest_json import to_bytes
from bewaar.archive.names import MANIFEST, README, fault, key, renamed, shown
from bewaar.archive.parts import parts_of
from bewaar.archive.pipeline import Piece, packed
from bewaar.archive.records import STORED, Entry, ZipStream
from bewaar.archive.sending import Sending
from bewaar.destinations.base import Sink
from bewaar.errors import Fault, NothingChosen, PasswordEmpty, SourceEmpty
from bewaar.model import BackupId, Content
from bewaar.progress import SILENT, Progress
from bewaar.servers.connection import written

_STEP = 256 << 10  # bytes between two reports of how far it is

LANGUAGES = ("en", "nl", "de", "sv")


def write(
    sink: Sink,
    *,
    id: BackupId,  # the word of the manifest
    made_at: datetime,
    items: Sequence[Item],
    password: str | None = None,
    small: bool = False,
    progress: Progress = SILENT,
) -> Written:
    """Write one archive to `sink`, forward only; with a password it is encrypted.

    `small`: it becomes smaller, and that takes longer.

    Raises NothingChosen, SourceEmpty, PasswordEmpty, SourceUnreadable, SourceBusy, Cancelled,
    Fault, and whatever the sink raises. What the sink has got by then is worth nothing.
    """
    _check(items)
    if password == "":
        raise PasswordEmpty
    out = _Hashed(sink)
    job = _Job(id=id, made_at=made_at, items=items, small=small, progress=progress)
    if password is None:
        manifest = _write_plain(out, job)
    else:
        from bewaar.archive.container import locked  # the idle tray does without its libraries

        with locked(out, password, readme=readme("locked"), made_at=made_at) as inside:
            manifest = _write_plain(inside, job)
    return Written(size=out.size, blake3=out.digest.hexdigest(), manifest=manifest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    id: BackupId
    made_at: datetime
    items: Sequence[Item]
    small: bool
    progress: Progress


def _write_plain(sink: Sink, job: _Job) -> Manifest:
    total = sum(item.snapshot.size for item in job.items)
    job.progress.step(0, total)
    with Sending(sink, job.progress) as out:
        plain = _Plain(out, job, total)
        plain.text(README, readme("plain"), readable=True)
        manifest = Manifest(
            format=FORMAT,
            id=job.id,
            made_at=job.made_at,
            app_version=bewaar.__version__,
            administrations=tuple(plain.administration(item) for item in job.items),
        )
        plain.text(MANIFEST, to_bytes(manifest))
        plain.close()
        out.finish()
    return manifest


@cache
def readme(kind: str) -> bytes:
    """Return the explanation in a "plain" or "locked" backup, in all four languages."""
    folder = files(bewaar) / "archive" / "readme"
    texts = [(folder / f"{kind}.{language}.txt").read_text("utf-8") for language in LANGUAGES]
    text = f"\n{'=' * 72}\n\n".join(texts)
    # With a byte order mark and these line ends every Windows shows it right.
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _check(items: Sequence[Item]) -> None:
    if not items:
        raise NothingChosen
    count = sum(len(item.snapshot.files) + len(item.snapshot.folders) for item in items)
    if count > MOST_MEMBERS - 2:
        raise Fault(kind="archive.count", detail=str(count))
    taken = {key(README), key(MANIFEST)}
    for item in items:
        administration = item.administration
        if not item.snapshot.files:
            raise SourceEmpty(place=shown(str(administration.place)))
        code = administration.code
        if fault(code) or "/" in code or key(code) in taken:
            raise Fault(kind="archive.code", detail=shown(code))
        taken.add(key(code))


class _Hashed:
    """A sink that counts and hashes what goes through."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.size = 0
        self.digest = blake3()

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._sink.write(data)


class _Plain:
    """The plain zip while it is written, from its first member to its last."""

    def __init__(self, sink: Sink, job: _Job, total: int) -> None:
        self._zip = ZipStream(sink)
        self._now = int(job.made_at.timestamp())
        self._progress = job.progress
        self._small = job.small
        self._done, self._told, self._total = 0, 0, total
        self._entry = Entry(name="", modified=0)  # the member at hand

    def text(self, name: str, data: bytes, *, readable: bool = False) -> None:
        """Add a member of ours; a readable one is there to be seen in the raw file too."""
        method, body = (STORED, data) if readable else pack(data)
        self._whole(name, self._now, len(data), method, isal_zlib.crc32(data), body)

    def administration(self, item: Item) -> ManifestAdministration:
        """Add all files and empty folders of one administration."""
        snapshot, code = item.snapshot, item.administration.code
        new = renamed([*(file.path for file in snapshot.files), *snapshot.folders])
        listed = []
        with closing(packed(snapshot.files, self._progress, small=self._small)) as pieces:
            for piece in pieces:
                self._piece(f"{code}/{new.get(piece.file.path, piece.file.path)}", piece)
                if piece.last:
                    listed.append(_listed(piece))
        for folder in snapshot.folders:
            self._whole(f"{code}/{new.get(folder, folder)}/", self._now, 0, STORED, 0, b"")
        return _administration(item, tuple(listed), new, _fingerprint(item, listed))

    def close(self) -> None:
        """Add the directory."""
        self._zip.close()

    def _whole(
        self, name: str, modified: int, size: int, method: int, crc: int, body: bytes
    ) -> None:
        entry = Entry(name=name, modified=modified, size=size, method=method, crc=crc)
        self._zip.put(entry, body)

    def _piece(self, name: str, piece: Piece) -> None:
        self._progress.check()
        size, modified = piece.file.size, piece.file.mtime_ns // 1_000_000_000
        if piece.first and piece.last:
            self._whole(name, modified, size, piece.method, piece.crc, piece.body)
        else:
            if piece.first:
                entry = Entry(name=name, modified=modified, size=size, method=piece.method)
                entry.streamed = True
                self._entry = entry
                self._zip.begin(entry)
            self._zip.append(piece.body)
            if piece.last:
                self._zip.end(self._entry, crc=piece.crc)
        self._done += piece.read
        if self._done - self._told >= _STEP or self._done == self._total:
            self._told = self._done
            self._progress.step(self._done, self._total, shown(piece.file.path))


def _listed(piece: Piece) -> ManifestFile:
    file = piece.file
    return ManifestFile(
        path=file.path,
        size=file.size,
        mtime_ns=file.mtime_ns,
        part=file.part,
        blake3=piece.blake3,
        database=file.database,
    )


def _fingerprint(item: Item, listed: Sequence[ManifestFile]) -> str:
    if item.confirm is None:
        return item.snapshot.fingerprint
    return item.confirm({file.path: file.blake3 for file in listed})


def _administration(
    item: Item, listed: tuple[ManifestFile, ...], new: dict[str, str], fingerprint: str
) -> ManifestAdministration:
    administration, snapshot = item.administration, item.snapshot
    return ManifestAdministration(
        content=Content(
            code=administration.code,
            name=administration.name,
            place=written(administration.place),
            program=administration.program,
            storage=administration.storage,
            files=len(listed),
            size=snapshot.size,
            counts=snapshot.counts,
            fingerprint=fingerprint,
            documents=administration.documents,
            single_file=snapshot.single_file,
            program_version=item.program_version,
            parts=parts_of(listed),
            extras=tuple(map(str, administration.extras)),
            openness=snapshot.open_state.openness,
            took=snapshot.took,
        ),
        method=snapshot.method,
        open_state=snapshot.open_state,
        folders=snapshot.folders,
        files=listed,
        renamed=new,
    )
