"""What there is to lose: the books that are to be replaced, held against the backup (Z03).

Books that answer questions are asked; others are counted in a copy of them, unless they are large
or somebody works in them. What cannot be told is unknown.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bewaar.archive import ManifestAdministration
from bewaar.errors import BewaarError
from bewaar.kit import Kit
from bewaar.model import Administration, Counts, Openness
from bewaar.restore.target import Target
from bewaar.scratch import scratch_folder

_COUNTED = 256 << 20  # bytes of books that are copied to be counted, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """How the books there differ from those of the backup."""

    changed: bool | None = False  # None = unknown
    newer: int = 0  # files there that were written after the backup was made, if they changed
    counts: Counts = field(default_factory=Counts)  # of the books there, by the backup's rule


def loss_of(target: Target, found: ManifestAdministration, made_at: datetime, kit: Kit) -> Loss:
    """Look at the books that would make way, all of them; nothing is changed."""
    if target.replaces is None:
        return Loss(changed=None)
    asked = _asked(target.replaces, found, kit)
    if asked is not None and _other_rows(asked.tables, found.content.counts.tables):
        return Loss(changed=True, counts=_alike(asked, found))
    changed = _changed(target.replaces, found, kit)
    if asked is not None:
        return Loss(changed=changed, counts=_alike(asked, found))
    if changed is False:
        return Loss(changed=False, counts=found.content.counts)
    return Loss(
        changed=changed,
        newer=0 if target.on_server else _written_after(target.place, made_at),
        counts=_counts(target.replaces, found, kit) if changed else Counts(),
    )


def _asked(replaces: Administration, found: ManifestAdministration, kit: Kit) -> Counts | None:
    """Return what the live books answer; None when nothing is there to hold it against."""
    try:
        return kit.counts_now(replaces) if found.content.counts.tables else None
    except BewaarError:
        return None


def _other_rows(now: Mapping[str, int], then: Mapping[str, int]) -> bool:
    """Whether a table there surely is not what it was."""
    return any(then.get(name) != rows for name, rows in now.items())


def _alike(now: Counts, found: ManifestAdministration) -> Counts:
    """Return counts that may be compared with the backup's: by the same rule."""
    rule = found.content.counts.rule
    return now if rule and now.rule == rule else Counts()


def _changed(replaces: Administration, found: ManifestAdministration, kit: Kit) -> bool | None:
    """Whether the live books differ from the backup's; None when that cannot be told."""
    if not found.content.fingerprint:
        return None
    storage, source = kit.storage(replaces), kit.source(replaces)
    try:
        return storage.fingerprint(source) != found.content.fingerprint
    except BewaarError:
        return None


def _counts(replaces: Administration, found: ManifestAdministration, kit: Kit) -> Counts:
    """Count the books there in a copy of them; unknown when they are large, open or busy."""
    if not found.content.counts.rule:
        return Counts()
    storage, source = kit.storage(replaces), kit.source(replaces)
    try:
        if storage.is_open(source).openness is Openness.OPEN:
            return Counts()
        if storage.extent(source).size > _COUNTED:
            return Counts()
        with scratch_folder(kit.home.snapshots) as folder:
            return _alike(storage.snapshot(source, folder).counts, found)
    except BewaarError:
        return Counts()


def _written_after(place: Path, made_at: datetime) -> int:
    """Return how many files were written since; what cannot be looked at does not count."""
    since = made_at.timestamp()
    return sum(written > since for written in _times(os.fspath(place)))


def _times(place: str) -> Iterator[float]:
    """Yield when each file was written, of a place that is a file or a folder."""
    waiting = [place]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                yield from _times_in(entries, waiting)
        except NotADirectoryError:
            yield os.stat(place).st_mtime  # noqa: PTH116 - plain text is quicker by far
        except OSError:
            continue


def _times_in(entries: Iterator[os.DirEntry[str]], waiting: list[str]) -> Iterator[float]:
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry.stat().st_mtime
        except OSError:
            continue
