"""Small books on a real disk, as snapshots that can be written into a backup."""

import io
import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bewaar.archive import Item, Written, open_archive, write
from bewaar.model import (
    Administration,
    BackupId,
    Code,
    Counts,
    Openness,
    OpenState,
    Snapshot,
    SnapshotFile,
)
from bewaar.progress import SILENT, Progress

ID = BackupId("0123456789abcdef" * 2)
MADE_AT = datetime(2026, 11, 20, 16, 42, 5, tzinfo=UTC)
MTIME_NS = 1_763_650_925_123_456_700
CODE = Code("JANSEN")
PASSWORD = "kaas-en-brood-é-77"


def administration(code: str = CODE, name: str = "Bakkerij Jansen & zoon") -> Administration:
    return Administration(
        code=Code(code),
        name=name,
        place=Path("/boeken/jansen"),
        program="folder",
        storage="fileset",
    )


def put(folder: Path, content: Mapping[str, bytes]) -> Path:
    """Write files below a folder, by their true relative names."""
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, ns=(MTIME_NS, MTIME_NS))
    return folder


def snapshot(
    folder: Path, *, folders: Iterable[str] = (), parts: Mapping[str, str] | None = None
) -> Snapshot:
    """Take everything in a folder; `parts` maps the start of a path to a part."""
    files = tuple(
        _snapshot_file(folder, path, parts or {})
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )
    return snapshot_of(files, folders=folders)


def snapshot_of(files: tuple[SnapshotFile, ...], *, folders: Iterable[str] = ()) -> Snapshot:
    return Snapshot(
        files=files,
        folders=tuple(folders),
        method="copy",
        open_state=OpenState(openness=Openness.OPEN, evidence=("jansen.LCK",), who="anneke"),
        counts=Counts(transactions=37, documents=None, rule="test", tables={"a.db/entries": 37}),
        signature="signature",
        fingerprint="fingerprint",
    )


def listed_file(
    path: str, local: Path, *, size: int | None = None, part: str = "", database: bool = False
) -> SnapshotFile:
    return SnapshotFile(
        path=path,
        local=local,
        size=local.stat().st_size if size is None else size,
        mtime_ns=MTIME_NS,
        part=part,
        database=database,
    )


def _snapshot_file(folder: Path, path: Path, parts: Mapping[str, str]) -> SnapshotFile:
    name = path.relative_to(folder).as_posix()
    part = next((part for start, part in parts.items() if name.startswith(start)), "")
    return listed_file(name, path, part=part, database=name.endswith(".db"))


@dataclass(frozen=True)
class Made:
    """An archive in memory."""

    data: bytes
    written: Written


def archive(
    *items: Item | Snapshot,
    password: str | None = None,
    small: bool = False,
    progress: Progress = SILENT,
) -> Made:
    """Write an archive of some snapshots, each as an administration of its own."""
    sink = io.BytesIO()
    whole = [
        item
        if isinstance(item, Item)
        else Item(administration=administration(CODE if not n else f"{CODE}{n}"), snapshot=item)
        for n, item in enumerate(items)
    ]
    written = write(
        sink,
        id=ID,
        made_at=MADE_AT,
        items=whole,
        password=password,
        small=small,
        progress=progress,
    )
    return Made(sink.getvalue(), written)


def extract(
    data: bytes, to: Path, *, password: str | None = None, code: str = CODE
) -> dict[str, bytes | None]:
    """Read an archive to its end, take an administration out, and return what came."""
    to.mkdir()
    with open_archive(io.BytesIO(data), file="test.zip", password=password) as opened:
        opened.verify()
        opened.extract(to, code=Code(code))
    return tree(to)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return a folder's whole content by true relative names; an empty folder is None."""
    found: dict[str, bytes | None] = {}
    for above, folders, files in os.walk(folder):
        name = Path(above).relative_to(folder).as_posix()
        if name != "." and not folders and not files:
            found[name] = None
        for file in files:
            path = Path(above) / file
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def noise(size: int, seed: int = 1) -> bytes:
    """Return bytes that do not shrink."""
    return random.Random(seed).randbytes(size)


def bookings(size: int) -> bytes:
    """Return text that shrinks as books do."""
    lines = (
        b"%d;2026-%02d-%02d;Inkoop %d\n" % (n, n % 12 + 1, n % 28 + 1, n * 7)
        for n in range(size // 16 + 1)
    )
    return b"".join(lines)[:size]
