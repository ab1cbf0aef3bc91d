"""The words of Bewaar, one per thing: administrations, backups, proofs, destinations, policies.

Plain frozen data that touches no disk. Times are aware UTC, sizes are bytes, paths inside an
administration are relative with `/` between the names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import NewType

Code = NewType("Code", str)  # an administration's code: unique here, fit for a file name
BackupId = NewType("BackupId", str)  # 32 hexadecimal digits, the same wherever the file goes
DestinationId = NewType("DestinationId", str)  # 32 hexadecimal digits, also in its id file
JobId = NewType("JobId", str)  # 32 hexadecimal digits
Account = NewType("Account", str)  # a login on a server: "server:postgresql:anna@localhost:5432"

VENDOR = "vendor"  # kind of storage: backups that a program makes itself
SAFETY = DestinationId("5afe" * 8)  # Bewaar's own folder, for copies made before a restore


# ── What is kept ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is expected of an administration."""

    every_days: int = 1  # 1 = daily, 7 = weekly
    by_itself: bool = False  # Bewaar begins what is due, where it can; else it only reminds
    from_time: time | None = None  # local time of day before which nothing is due
    keep: int = 10  # proven backups per destination; never fewer than two are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One company's books in one program."""

    code: Code
    name: str
    place: Path  # a folder, or a single file
    program: str  # id of a profile: "gnucash", "folder", …
    storage: str  # kind of storage: "fileset", "sqlite", …
    marked: bool = False  # the user's own selection, for "back up the marked ones"
    documents: bool = True  # whether document copies are part of its backups
    managed_elsewhere: bool = False  # another program makes the backups: watch and report only
    vault: bool = False  # its program makes backups there: each new one is taken in by itself
    policy: Policy | None = None  # None: the general one
    extras: tuple[Path, ...] = ()  # folders outside the place that belong to its backups too

    @property
    def places(self) -> tuple[Path, ...]:
        """Where all that belongs to it lies."""
        return (self.place, *self.extras)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What of a place belongs to the administration, as its program's profile says.

    Patterns are globs over relative paths, matched without regard to case; `**` spans folders.
    `{name}` and `{stem}` stand for a file's own name, with and without its ending: "{name}.LCK" is
    the lock beside a book, in a folder beside any of its files.
    """

    excludes: tuple[str, ...] = ()  # locks, temporary files: never part of a backup
    documents: tuple[str, ...] = ()  # document copies: part of it only when the user wants
    shared: tuple[str, ...] = ()  # layouts, templates, the program's own tables: a part of its own
    years: tuple[str, ...] = ()  # expressions for a fiscal year's folder or file; a group: its name
    markers: tuple[str, ...] = ()  # files that exist while the program has it open
    pairs: tuple[
        tuple[str, str], ...
    ] = ()  # endings that are worth nothing alone: (".zip", ".ztx")
    lock_rows: str = ""  # SQL: computer and process number of each that has a SQLite book open
    processes: tuple[str, ...] = ()  # its programs, where they let go of the files they work with:
    # while one runs its markers are no left-overs, and without markers nobody can tell
    services: tuple[str, ...] = ()  # processes that have the books open as long as they run
    count: tuple[str, ...] = ()  # rules to count bookings by, see `counting`; the first that can


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a storage needs to know to read an administration."""

    place: Path
    layout: Layout = field(default_factory=Layout)
    documents: bool = True
    extras: tuple[Path, ...] = ()  # folders outside the place that belong to it too
    only: frozenset[str] | None = None  # of a folder, the files that count; None: all


class Openness(StrEnum):
    """Whether a program has the administration open."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """Who has it open, or may have: one program on one computer."""

    evidence: tuple[str, ...]  # names of lock files, of processes
    sure: bool  # False: the sign may be left over, or be about other books
    program: str = ""  # as the system calls it; "" = unknown
    computer: str = ""  # "" = this one
    person: str = ""
    since: datetime | None = None  # when it was opened
    running_since: datetime | None = None  # of the program: it had it open at most since then


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenState:
    """Whether it is open, and what says so."""

    openness: Openness
    evidence: tuple[str, ...] = ()  # names of lock files, of processes
    who: str = ""  # user or computer, when the evidence names it
    users: tuple[InUse, ...] = ()  # who all; empty when read from a backup

    @property
    def in_use(self) -> bool:
        """Whether it is open, or a program runs that may have it open."""
        return self.openness is Openness.OPEN or any(user.program for user in self.users)

    @property
    def since(self) -> datetime | None:
        """Since when at the latest it has been open; None is unknown."""
        known = [user.since or user.running_since for user in self.users if user.sure]
        return min((moment for moment in known if moment), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the books hold, in a bookkeeper's words; None is "unknown"."""

    transactions: int | None = None
    documents: int | None = None
    rule: str = ""  # how it was counted: "gnucash.transactions"
    tables: Mapping[str, int] = field(default_factory=dict)  # "file.sqlite/table" → rows
    newest: date | None = None  # the date of the newest transaction; None is "unknown"


# ── A consistent copy ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFile:
    """One file of a snapshot."""

    path: str  # relative, as the restored file will be called
    local: Path  # where its consistent content can be read now
    live: bool = False  # that is the file itself: believed once `Live.confirm` has looked again
    size: int
    mtime_ns: int  # of the original
    part: str = ""  # see `parts`; "" = the books themselves
    database: bool = False  # opened, checked and counted in the proof, as its storage can


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A consistent copy of an administration at one instant, on local disk."""

    files: tuple[SnapshotFile, ...]
    folders: tuple[str, ...]  # the empty ones, so that the tree comes back whole
    method: str  # how it was taken: "copy", "sqlite-backup", "copy+sqlite-backup"
    open_state: OpenState
    counts: Counts
    signature: str  # of the live data when it was taken, see `Storage.signature`
    fingerprint: str  # of the live data when it was taken, see `Storage.fingerprint`
    single_file: bool = False  # the administration is one file, not a folder

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)


# ── Backups that a program makes itself ─────────────────────────────────────────────────────


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


# ── A backup and its proof ──────────────────────────────────────────────────────────────────


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


# ── Where backups go ────────────────────────────────────────────────────────────────────────


class DestinationKind(StrEnum):
    """How a destination is reached."""

    FOLDER = "folder"
    DRIVE = "drive"  # a stick or portable disk, known by its id file wherever it is mounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place where backups go, as the user set it up."""

    id: DestinationId
    name: str
    kind: DestinationKind
    folder: Path  # of a drive: where it was last seen
    occasional: bool = False  # used once from "another folder…", not offered by default


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What can be said of a destination before anything is written."""

    free: int | None  # bytes; None = unknown
    total: int | None
    largest_file: int | None  # the file system's limit in bytes; None = no limit known
    file_system: str = ""  # "vfat", "ext4"; "" = unknown
    same_disk_as_system: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A mounted volume, as the operating system lists it."""

    mount: Path
    label: str
    serial: str  # a hint only
    file_system: str
    removable: bool


# ── How it stands ───────────────────────────────────────────────────────────────────────────


class Standing(StrEnum):
    """How an administration stands, from calm to trouble."""

    PROVEN = "proven"  # unchanged since its last proven backup
    CHANGED = "changed"  # changed, or never stored, within the policy's time
    OVERDUE = "overdue"  # the policy's time has passed
    UNKNOWN = "unknown"  # it cannot be looked at: nothing may be claimed
    FAILED = "failed"  # its last backup failed and nobody has read that yet
    ELSEWHERE = "elsewhere"  # another program makes its backups


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was last seen of an administration's live data."""

    seen_at: datetime
    reachable: bool
    signature: str  # of the live data; "" when it could not be reached
    changed_since: datetime | None  # first sight of a change after the last proven backup
    vault: Vault | None = None  # where a program puts its own backups


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that went wrong, kept until somebody has read it."""

    job: JobId
    at: datetime
    code: str  # of the error class
    params: Mapping[str, str | int | float | bool | None]
    administration: Code | None
    destination: DestinationId | None
    kind: "JobKind | None" = None  # what the job was for


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything Today says about one administration."""

    administration: Administration
    standing: Standing
    last: Backup | None  # the newest proven one, wherever it is
    observation: Observation | None
    overdue_since: datetime | None
    failure: Failure | None

    @property
    def awaits_program(self) -> bool:
        """Whether all is stored, but its program made no new backup for too long."""
        seen = self.observation
        late = self.standing is Standing.OVERDUE and self.administration.vault
        return late and seen is not None and seen.changed_since is None


# ── After an interruption ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was found and done about a restore that had been interrupted."""

    place: Path
    name: str
    outcome: str  # "finished", "undone", "stuck"; of a server also "away", and "kept" too long
    at: datetime
    shown: str = ""  # what the place is called where it is no folder: a database


# ── After a restore ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to do after a restore."""

    code: str  # "bank.apply": `messages` knows the sentence
    named: str = ""  # what it names: a bank
    done_at: datetime | None = None  # when it was ticked off


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What is to be done after one restore; open until all is ticked off, or it is put away."""

    number: int  # in the order of the restores
    administration: Code
    program: str  # id of the profile that asks for it
    restored_at: datetime
    made_at: datetime  # of the backup
    checks: tuple[Check, ...]
    put_away: bool = False

    @property
    def left(self) -> int:
        """How many are not ticked off."""
        return sum(1 for check in self.checks if check.done_at is None)


# ── Long operations ─────────────────────────────────────────────────────────────────────────


class JobKind(StrEnum):
    """What a job does."""

    BACKUP = "backup"
    RESTORE = "restore"
    SALVAGE = "salvage"
    VERIFY = "verify"
    UNDO = "undo"
    REBUILD = "rebuild"
    COPY = "copy"  # of a backup, to one more destination
    COMPARE = "compare"  # a backup with the books as they are
    REMOVE = "remove"  # of a backup, by somebody


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # Bewaar or the computer stopped in the middle

    @property
    def over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self not in {JobState.QUEUED, JobState.RUNNING, JobState.STOPPING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a job told along the way: a code with parameters."""

    code: str
    params: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One long operation."""

    id: JobId
    kind: JobKind
    state: JobState
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    destination: DestinationId | None
    codes: tuple[Code, ...]
    stage: str  # a `Stage`, with its subject
    subject: str
    done: int  # bytes of the present stage
    total: int
    notes: tuple[Note, ...]
    error: Failure | None  # why it failed
    backups: tuple[BackupId, ...]  # those it proved
    by_itself: bool = False  # nobody clicked: it yields to all other work on the computer
    repeats: int = 0  # how often it was begun anew because Bewaar had ended in the middle of it
    result: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    file: str = ""  # the backup it reads: its name at the destination, else its whole path
