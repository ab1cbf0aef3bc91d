"""What a backup holds, the proof under it, and the backups that programs make themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bewaar.model.books import Counts, Openness, Took
from bewaar.model.names import BackupId, Code, DestinationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of an administration that can be restored on its own."""

    name: str  # see `parts`; "" = the books themselves
    files: int
    size: int  # unpacked, bytes
    newest_ns: int  # when the file in it that was written last was written

    @property
    def newest(self) -> datetime | None:
        """The same as a moment; None for one that no calendar has."""
        return moment_of(self.newest_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFate:
    """What becomes of one part of the books in a restore: what comes, what goes."""

    name: str
    comes: Part | None  # out of the backup; None: what is there stays, or goes without another
    stays: bool = False  # nothing of it is touched
    there: int | None = None  # files that are there now; None = unknown
    lost: int | None = None  # of those, how many the backup does not hold just so; None = unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One administration inside a backup."""

    code: Code
    name: str
    place: str  # where it lay, as written on the computer that made the backup
    program: str
    storage: str
    files: int
    size: int  # unpacked
    counts: Counts
    fingerprint: str = ""  # of the live data the snapshot was taken from
    documents: bool = True  # whether document copies are in it
    single_file: bool = False  # the administration is one file, not a folder
    program_version: str = ""  # as the books say it; "" = unknown
    parts: tuple[Part, ...] = ()  # in their order; empty when all of it is the books themselves
    extras: tuple[str, ...] = ()  # where its extra folders lay: the first is the part "extra/1"
    openness: Openness | None = None  # whether its program had it open then; None = not told
    took: tuple[Took, ...] = ()  # where each new backup of its program is taken in: the files


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence under a backup: what was read back, and when."""

    proven_at: datetime
    blake3: str  # of the archive, hexadecimal
    files: int  # inflated, hashed and compared with the manifest
    size: int  # of those files
    databases: int  # opened, checked and counted
    past_cache: bool  # whether it was read from the medium, not from memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One proven archive file at one destination."""

    id: BackupId
    destination: DestinationId
    file: str  # its name there
    made_at: datetime
    size: int  # of the archive
    encrypted: bool
    contents: tuple[Content, ...]  # empty when encrypted and never opened here
    proof: Proof | None  # None: found at the destination, not yet read back here
    locked: bool = False  # never removed by retention

    @property
    def codes(self) -> tuple[Code, ...]:
        """The administrations inside."""
        return tuple(content.code for content in self.contents)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTold:
    """A backup that a program made and that is not taken, and why."""

    file: str
    reason: str  # "end", "growing", "open", "pair"; of a damaged one "checksum", "page", …
    missing: str = ""  # the other half; who has it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """What lies in a folder where a program puts its own backups."""

    newest: str = ""  # the newest that is done
    newest_at: datetime | None = None  # when its program wrote it; None: there is none
    series: int = 0  # how many of different names count, the newest of each
    waiting: tuple[UnitTold, ...] = ()  # half-written, or half of a pair
    damaged: tuple[UnitTold, ...] = ()
    others: int = 0  # files that are no backups, and are not kept
    fresh: int = 0  # not stored yet, at most: some may turn out to be copies of what is
    left: int = 0  # were there before each new one was wanted, and are not stored
    left_size: int = 0  # bytes

    @property
    def growing(self) -> bool:
        """Whether one may be done any moment, which nobody will tell."""
        return any(each.reason in {"growing", "open"} for each in self.waiting)


def moment_of(ns: int) -> datetime | None:
    """Return a file's time, in nanoseconds since 1970, as a moment; None where there is none."""
    try:
        at = datetime.fromtimestamp(ns / 1e9, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return at if 1970 < at.year < 9999 else None
