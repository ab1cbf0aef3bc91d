"""Making one backup: copy, write, read back, and only then count it.

Whatever goes wrong before the promotion leaves nothing at the destination; whatever goes wrong
after it leaves a proven file that a rebuild finds.
"""

import contextlib
import logging
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bewaar.archive import SIDECAR_SUFFIX, Item, Written, info_of, write
from bewaar.backup.shrunk import baseline_of, refuse_shrunk, tell_dropped, tell_smaller
from bewaar.destinations.base import PART, OpenDestination
from bewaar.destinations.preflight import preflight
from bewaar.errors import (
    BackupDamaged,
    BewaarError,
    NameTaken,
    NotABackup,
    PairBroken,
    PasswordOrDamage,
    PasswordWrong,
    ProofFailed,
    SourceBusy,
    SourceGone,
    SourceUnreadable,
    UnsafeName,
)
from bewaar.files import safe_name
from bewaar.kit import Kit
from bewaar.model import Administration, Backup, BackupId, Code, Snapshot
from bewaar.programs import version_in, version_named
from bewaar.progress import Once, Progress, Stage
from bewaar.scratch import scratch_folder
from bewaar.verify import Reading

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One archive to be made."""

    administrations: tuple[Administration, ...]
    file: str  # the wanted name; another is taken when that one is there already
    password: str | None = field(default=None, repr=False)
    small: bool = False  # smaller, and that takes longer
    accept_fewer: bool = False


def back_up(order: Order, to: OpenDestination, kit: Kit, progress: Progress) -> Backup:
    """Make one proven backup and return it. Raises the source's and the destination's errors."""
    made_at = kit.clock.now()
    file = free_name(possible_name(order.file, to), to)
    attempt = _Attempt(order=order, file=file, made_at=made_at, to=to, kit=kit)
    signatures, written = _taken_and_written(attempt, Once(progress))
    reading = _read_back(order, written, file, to, kit, progress)
    progress.stage(Stage.FINISHING, to.destination.name)
    _promote(file, to)
    backup = _backup(file, written, reading, to)
    _leave_sidecar(backup, written, to, progress)
    kit.catalogue.backups.add(backup, signatures=signatures)
    return backup


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """An archive on its way to a destination."""

    order: Order
    file: str
    made_at: datetime
    to: OpenDestination
    kit: Kit

    def make(self, progress: Progress, *, in_place: bool) -> tuple[dict[Code, str], Written]:
        """Take the books and write them; `in_place`: without copies where that can be.

        Return their signatures, and what was written without the list of its files: all else
        would lie in memory while it is read back.
        """
        order, kit = self.order, self.kit
        with scratch_folder(kit.home.snapshots) as folder:
            items = [
                _take(each, folder, self, progress, in_place=in_place)
                for each in order.administrations
            ]
            for item in items:
                if not order.accept_fewer:
                    baseline = baseline_of(item.administration, kit)
                    refuse_shrunk(item, baseline)
                    tell_dropped(item, baseline, progress)
                    tell_smaller(item, baseline, progress)
            needed = sum(item.snapshot.size for item in items)
            places = [place for item in items for place in item.administration.places]
            preflight(self.to, expected_size(needed, order, kit), places)
            signatures = {i.administration.code: i.snapshot.signature for i in items}
            return signatures, _without_files(self._write(items, progress))

    def _write(self, items: Sequence[Item], progress: Progress) -> Written:
        progress.stage(Stage.WRITING, self.to.destination.name)
        try:
            with self.to.write(self.file) as sink:
                return write(
                    sink,
                    id=BackupId(uuid.uuid4().hex),
                    made_at=self.made_at,
                    items=items,
                    password=self.order.password,
                    small=self.order.small,
                    progress=progress,
                )
        except (SourceBusy, SourceUnreadable, SourceGone, PairBroken) as error:
            if any(item.confirm for item in items):
                raise _Moved from error
            raise


class _Moved(Exception):
    """Books that were read where they lie did not lie still; what was written is removed."""


def _without_files(written: Written) -> Written:
    administrations = (replace(a, files=()) for a in written.manifest.administrations)
    manifest = replace(written.manifest, administrations=tuple(administrations))
    return replace(written, manifest=manifest)


def _taken_and_written(attempt: _Attempt, progress: Progress) -> tuple[dict[Code, str], Written]:
    """Read the books where they lie; when they do not lie still, from copies."""
    try:
        return attempt.make(progress, in_place=True)
    except _Moved as moved:
        LOG.info("copies are taken: %s", moved.__cause__)
    return attempt.make(progress, in_place=False)


class _Tried(Exception):
    """A name can be written; what was begun under it is removed."""


def possible_name(wanted: str, to: OpenDestination) -> str:
    """Return the wanted file name, in plain letters where the destination holds no others."""
    if wanted.isascii():
        return wanted
    try:
        with to.write(wanted):
            raise _Tried
    except (_Tried, NameTaken):
        return wanted
    except UnsafeName:
        plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
        return safe_name(plain)


def free_name(wanted: str, to: OpenDestination) -> str:
    """Return the wanted file name, numbered when it is taken, so that nothing is overwritten."""
    taken = {entry.name.casefold().removesuffix(PART) for entry in to.entries()}
    stem = wanted.removesuffix(".zip")
    name, number = f"{stem}.zip", 2
    while name.casefold() in taken:
        name, number = f"{stem} ({number}).zip", number + 1
    return name


def expected_size(unpacked: int, order: Order, kit: Kit) -> int:
    """Guess an archive's size in bytes: as the last one shrank, else to half."""
    packed = whole = 0
    for administration in order.administrations:
        baseline = kit.catalogue.backups.baseline(administration.code)
        if baseline and len(baseline.backup.contents) == 1:
            packed += baseline.backup.size
            whole += baseline.content.size
    return int(unpacked * packed / whole) if whole else unpacked // 2


def _take(
    administration: Administration,
    folder: Path,
    attempt: _Attempt,
    progress: Progress,
    *,
    in_place: bool,
) -> Item:
    progress.stage(Stage.SNAPSHOT, administration.name)
    copy = folder / administration.code
    copy.mkdir()
    kit = attempt.kit
    storage = kit.storage(administration)
    source = kit.source(administration, attempt.to.destination.id)
    if in_place and (live := storage.in_place(source, copy, progress)):
        return Item(
            administration=administration,
            snapshot=live.snapshot,
            program_version=_version(administration, live.snapshot, kit),
            confirm=live.confirm,
        )
    snapshot = storage.snapshot(source, copy, progress)
    progress.check()
    return Item(
        administration=administration,
        snapshot=snapshot,
        program_version=_version(administration, snapshot, kit),
    )


def _version(administration: Administration, snapshot: Snapshot, kit: Kit) -> str:
    """Return the version that the copied books are of; "" when they do not say."""
    profile = kit.profile_of(administration.program)
    if profile is None:
        return ""
    if not snapshot.single_file:
        return version_named((Path(file.path).name for file in snapshot.files), profile.version)
    main = (file.local for file in snapshot.files if file.path == administration.place.name)
    return next((version_in(file, profile.version) for file in main), "")


def _read_back(
    order: Order, written: Written, file: str, to: OpenDestination, kit: Kit, progress: Progress
) -> Reading:
    """Prove the `.part`, or remove it: what does not read back never counts."""
    progress.stage(Stage.PROVING, to.destination.name)
    try:
        with to.read(file + PART) as stream:
            return kit.prover.prove(
                stream,
                file=file,
                password=order.password,
                blake3=written.blake3,
                past_cache=to.reads_past_cache,
                progress=progress,
            )
    except (BackupDamaged, NotABackup, PasswordWrong, PasswordOrDamage) as error:
        _drop_part(file, to)
        raise ProofFailed(file=file, detail=str(error)) from error
    except BaseException:
        _drop_part(file, to)
        raise


def _promote(file: str, to: OpenDestination) -> None:
    """Give the proven `.part` its name, or remove it: somebody may have taken the name."""
    try:
        to.promote(file)
    except BaseException:
        _drop_part(file, to)
        raise


def _drop_part(file: str, to: OpenDestination) -> None:
    with contextlib.suppress(BewaarError):
        to.remove(file + PART)


def _leave_sidecar(
    backup: Backup, written: Written, to: OpenDestination, progress: Progress
) -> None:
    """Write the small file that spares others opening the archive; it can be made again."""
    info = info_of(
        written.manifest, size=written.size, blake3=written.blake3, encrypted=backup.encrypted
    )
    try:
        to.put(backup.file + SIDECAR_SUFFIX, info.to_bytes())
    except BewaarError as error:
        LOG.warning("no sidecar for %s: %s", backup.file, error)
        progress.note("sidecar.missing", file=backup.file)


def _backup(file: str, written: Written, reading: Reading, to: OpenDestination) -> Backup:
    return Backup(
        id=written.manifest.id,
        destination=to.destination.id,
        file=file,
        made_at=written.manifest.made_at,
        size=written.size,
        encrypted=reading.encrypted,
        contents=tuple(each.content for each in written.manifest.administrations),
        proof=reading.proof,
    )
