"""Backups that nobody should ever get: right in everything but one thing."""

import dataclasses
import io
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from blake3 import blake3
from isal import isal_zlib

from bewaar.archive.container import locked
from bewaar.archive.deflate import pack
from bewaar.archive.manifest import FORMAT, Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.manifest_json import to_bytes
from bewaar.archive.names import MANIFEST, README
from bewaar.archive.records import CENTRAL, CENTRAL_SIGN, STORED, Entry, ZipStream
from bewaar.archive.writer import readme
from bewaar.model import Code, Content, Counts, Openness, OpenState
from tests.archive.books import CODE, ID, MADE_AT, PASSWORD

BOOKS: Mapping[str, bytes] = {"a.txt": b"a" * 500, "b/c.db": b"c" * 99}

METHOD, CRC, PACKED, SIZE, OUTSIDE, OFFSET = 10, 16, 20, 24, 38, 42  # places in a central record


def manifest_of(
    files: Mapping[str, bytes],
    *,
    code: str = CODE,
    renamed: Mapping[str, str] | None = None,
    folders: tuple[str, ...] = (),
) -> Manifest:
    """Return a manifest that fits these files."""
    listed = tuple(
        ManifestFile(
            path=path,
            size=len(data),
            mtime_ns=0,
            part="",
            blake3=blake3(data).hexdigest(),
            database=path.endswith(".db"),
        )
        for path, data in files.items()
    )
    content = Content(
        code=Code(code),
        name="Jansen",
        place="/boeken",
        program="folder",
        storage="fileset",
        files=len(listed),
        size=sum(map(len, files.values())),
        counts=Counts(),
    )
    inside = ManifestAdministration(
        content=content,
        method="copy",
        open_state=OpenState(openness=Openness.CLOSED),
        folders=folders,
        files=listed,
        renamed=renamed or {},
    )
    return Manifest(
        format=FORMAT, id=ID, made_at=MADE_AT, app_version="9", administrations=(inside,)
    )


class Forge:
    """A backup under construction; change what you like before it is closed."""

    def __init__(
        self, files: Mapping[str, bytes] = BOOKS, manifest: Manifest | None = None
    ) -> None:
        self.sink = io.BytesIO()
        self.zip = ZipStream(self.sink)
        self.entries: dict[str, Entry] = {}
        self.manifest = manifest or manifest_of(files)
        self.add(README, readme("plain"), method=STORED)
        for path, data in files.items():
            self.add(f"{CODE}/{path}", data)

    def add(self, name: str, data: bytes, *, method: int | None = None) -> Entry:
        """Add a member; its entry may still be changed, which then shows in the directory only."""
        best, body = pack(data)
        if method == STORED:
            best, body = STORED, data
        crc = isal_zlib.crc32(data)
        entry = Entry(name=name, modified=0, size=len(data), method=best, crc=crc)
        self.zip.put(entry, body)
        self.entries[name] = entry
        return entry

    def closed(self, manifest: bytes | None = None) -> bytes:
        """Finish it with a manifest, this one or the fitting one."""
        self.add(MANIFEST, to_bytes(self.manifest) if manifest is None else manifest)
        self.zip.close()
        return self.sink.getvalue()


def twin(entry: Entry, name: str) -> Entry:
    """Return a second directory entry for the same bytes."""
    return dataclasses.replace(entry, name=name)


def patched(data: bytes, name: str, place: int, layout: str, value: int) -> bytes:
    """Change a field of a member's record in the directory."""
    record = data.rindex(CENTRAL_SIGN, 0, data.rindex(name.encode()))
    assert data[record + CENTRAL.size :].startswith(name.encode())
    changed = bytearray(data)
    struct.pack_into(layout, changed, record + place, value)
    return bytes(changed)


def encrypted(inside: bytes) -> bytes:
    """Return an encrypted backup around whatever it is."""
    sink = io.BytesIO()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with locked(sink, PASSWORD, readme=readme("locked"), made_at=moment) as member:
        member.write(inside)
    return sink.getvalue()


Change = Callable[[Forge], bytes]
