"""Making the catalogue's index of a destination again from the files that lie there.

The archives are the truth. What is found counts as a backup, and as proven only when it was
proven before and is still the same file; a lost sidecar is written again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bewaar.archive import FORMAT, SIDECAR_SUFFIX, Info, info_of, open_archive
from bewaar.destinations.base import Entry, OpenDestination
from bewaar.errors import (
    BackupDamaged,
    BackupGone,
    BackupHostile,
    BackupNewer,
    BewaarError,
    DestinationFault,
    NotABackup,
    PasswordNeeded,
    PasswordOrDamage,
    PasswordWrong,
)
from bewaar.files import hash_stream
from bewaar.kit import Kit
from bewaar.locate import sidecar
from bewaar.model import Backup, BackupId, Content, Counts
from bewaar.progress import Progress, Stage

LOCKED_UP = (PasswordNeeded, PasswordWrong, PasswordOrDamage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a destination turned out to hold."""

    backups: int
    gone: int  # known before, no longer there
    damaged: tuple[str, ...]
    foreign: tuple[str, ...]  # zip files that are no backups


def rebuild(
    to: OpenDestination, kit: Kit, *, password: Callable[[], str | None], progress: Progress
) -> Rebuilt:
    """Look at every file there and write the index anew; `password` is asked when one is needed."""
    progress.stage(Stage.LISTING, to.destination.name)
    entries = sorted(to.entries(), key=lambda entry: entry.name)
    archives = [entry for entry in entries if is_archive(entry)]
    found, damaged, foreign = 0, [], []
    for number, entry in enumerate(archives):
        progress.step(number, len(archives), entry.name)
        progress.check()
        try:
            _index(entry, to, kit, password, progress)
            found += 1
        except BackupGone:  # since the list was made
            continue
        except (NotABackup, BackupNewer):
            foreign.append(entry.name)
        except (BackupDamaged, BackupHostile, DestinationFault):
            damaged.append(entry.name)
            progress.note("rebuild.damaged", file=entry.name)
    return Rebuilt(
        backups=found,
        gone=_forget_gone({entry.name for entry in entries}, to, kit),
        damaged=tuple(damaged),
        foreign=tuple(foreign),
    )


def is_archive(entry: Entry) -> bool:
    """Return whether a file may be a backup, going by its name."""
    return entry.name.lower().endswith(".zip")


def _index(
    entry: Entry,
    to: OpenDestination,
    kit: Kit,
    password: Callable[[], str | None],
    progress: Progress,
) -> None:
    known = kit.catalogue.backups.named(to.destination.id, entry.name)
    understood = known and (known.contents or known.encrypted)
    if known and understood and known.proof and known.size == entry.size:
        return
    info = sidecar(to, entry.name)
    if info is None or info.size != entry.size:
        info = _info_from_archive(entry, to, password, progress)
    if not _is_copy(info, entry, to, kit):
        backup = _backup(
            info, entry, to, locked=info.locked or (known is not None and known.locked)
        )
        kit.catalogue.backups.add(backup, signatures={}, blake3=info.blake3)


def _is_copy(info: Info, entry: Entry, to: OpenDestination, kit: Kit) -> bool:
    """Whether it is a second file of a backup that lies there already: it takes nothing from it."""
    known = kit.catalogue.backups.copy_at(info.id, to.destination.id)
    if known is None or known.file == entry.name:
        return False
    return any((e.name, e.size) == (known.file, known.size) for e in to.entries())


def _info_from_archive(
    entry: Entry, to: OpenDestination, password: Callable[[], str | None], progress: Progress
) -> Info:
    """Open the archive itself, and leave the sidecar that was missing. Raises as opening does."""
    with to.read(entry.name) as stream:
        digest = hash_stream(stream, progress)
        stream.seek(0)
        try:
            with open_archive(stream, file=entry.name, password=password()) as archive:
                info = info_of(
                    archive.manifest, size=entry.size, blake3=digest, encrypted=archive.encrypted
                )
        except LOCKED_UP:
            return _closed(entry, digest)
    try:
        to.put(entry.name + SIDECAR_SUFFIX, info.to_bytes())
    except BewaarError:
        progress.note("sidecar.missing", file=entry.name)
    return info


def _closed(entry: Entry, digest: str) -> Info:
    """Return what can be said of an encrypted backup that nobody here can open."""
    return Info(
        format=FORMAT,
        id=BackupId(digest[:32]),
        made_at=entry.modified,
        size=entry.size,
        blake3=digest,
        encrypted=True,
        codes=(),
        contents=(),
    )


def _backup(info: Info, entry: Entry, to: OpenDestination, *, locked: bool) -> Backup:
    contents = tuple({each.code: each for each in info.contents}.values()) or tuple(
        Content(
            code=code,
            name=code,
            place="",
            program="",
            storage="",
            files=0,
            size=0,
            counts=Counts(),
        )
        for code in dict.fromkeys(info.codes)
    )
    return Backup(
        id=info.id,
        destination=to.destination.id,
        file=entry.name,
        made_at=info.made_at,
        size=entry.size,
        encrypted=info.encrypted,
        contents=contents,
        proof=None,
        locked=locked,
    )


def _forget_gone(names: set[str], to: OpenDestination, kit: Kit) -> int:
    gone = [b for b in kit.catalogue.backups.at(to.destination.id) if b.file not in names]
    for backup in gone:
        kit.catalogue.backups.remove(backup.id, to.destination.id)
    return len(gone)
