"""One state of an administration: as a backup has it, or as the books are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bewaar.archive import ManifestAdministration
from bewaar.errors import SourceBusy
from bewaar.files import hash_file
from bewaar.kit import Kit
from bewaar.model import Administration, Counts, Snapshot
from bewaar.progress import SILENT, Progress, Stage
from bewaar.scratch import scratch_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is known of a file's content."""

    size: int
    blake3: str
    part: str  # "documents", a fiscal year; "" = the books themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The books at one time."""

    name: str
    at: datetime
    counts: Counts
    files: Mapping[str, Mark]  # by path
    documents: bool  # whether document copies are among them
    single_file: bool
    today: bool = False  # the books themselves, not a backup


def backed_up(found: ManifestAdministration, made_at: datetime) -> Side:
    """Return the books as a backup has them."""
    return Side(
        name=found.content.name,
        at=made_at,
        counts=found.content.counts,
        files={f.path: Mark(size=f.size, blake3=f.blake3, part=f.part) for f in found.files},
        documents=found.content.documents,
        single_file=found.content.single_file,
    )


def today(administration: Administration, kit: Kit, progress: Progress = SILENT) -> Side:
    """Return the books as they are now; nothing is written but copies in Bewaar's own folder.

    Raises as `Storage.snapshot` does.
    """
    storage, source = kit.storage(administration), kit.source(administration)
    at = kit.clock.now()
    progress.stage(Stage.SNAPSHOT, administration.name)
    with scratch_folder(kit.home.snapshots) as folder:
        live = storage.in_place(source, _inner(folder, "live"), progress)
        if live is not None:
            marks = _marks(live.snapshot, progress)
            try:
                live.confirm({path: mark.blake3 for path, mark in marks.items()})
            except SourceBusy:
                pass  # somebody writes: copies stand still
            else:
                return _side(administration, live.snapshot, marks, at)
        snapshot = storage.snapshot(source, _inner(folder, "copy"), progress)
        return _side(administration, snapshot, _marks(snapshot, progress), at)


def _inner(folder: Path, name: str) -> Path:
    inner = folder / name
    inner.mkdir()
    return inner


def _marks(snapshot: Snapshot, progress: Progress) -> dict[str, Mark]:
    marks, done, total = {}, 0, snapshot.size
    for file in snapshot.files:
        digest = hash_file(file.local, progress)
        marks[file.path] = Mark(size=file.size, blake3=digest, part=file.part)
        done += file.size
        progress.step(done, total, file.path)
    return marks


def _side(
    administration: Administration, snapshot: Snapshot, marks: Mapping[str, Mark], at: datetime
) -> Side:
    return Side(
        name=administration.name,
        at=at,
        counts=snapshot.counts,
        files=marks,
        documents=administration.documents,
        single_file=snapshot.single_file,
        today=True,
    )
