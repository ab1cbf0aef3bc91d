"""What is kept: administrations, what belongs to them, who has them open, a copy of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path

from bewaar.model.names import Code


class StillOpen(StrEnum):
    """What becomes of a backup when its books are still open after everybody was asked (B06)."""

    WAIT = "wait"  # until the last one has closed them
    COPY = "copy"  # begin where the copy is sound all the same, else wait
    POSTPONE = "postpone"  # make none, and say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Plea:
    """With what words to ask for books to be closed, and what follows when they are not."""

    text: str  # the owner's own; "" = Bewaar's
    then: StillOpen
    sound: bool  # whether a copy of them is sound although they are open


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is expected of an administration."""

    every_days: int = 1  # 1 = daily, 7 = weekly
    by_itself: bool = False  # Bewaar begins what is due, where it can; else it only reminds
    from_time: time | None = None  # local time of day before which nothing is due
    keep: int = 10  # proven backups per destination; never fewer than two are kept
    close_minutes: int = 5  # from asking to close the program to the backup; 0 = no countdown
    close_text: str = ""  # what the owner asks in words of his own
    still_open: StillOpen = StillOpen.WAIT


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
class Took:
    """A file of a backup that a program made itself, as it lay when it was taken."""

    path: str
    size: int
    mtime_ns: int
    blake3: str  # of its content, hexadecimal
    new: bool = True  # False: in here again, as the newest of its series


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was taken before of the backups that a program made: at one destination, or anywhere."""

    known: Mapping[tuple[str, int, int], str]  # path, size and time of a file → its BLAKE3
    taken: frozenset[str]  # the BLAKE3 of all that was ever taken
    held: frozenset[str]  # of these, what is in a proven backup now
    since: datetime | None  # what was written from then on is new; None: only the newest is


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a storage needs to know to read an administration."""

    place: Path
    layout: Layout = field(default_factory=Layout)
    documents: bool = True
    extras: tuple[Path, ...] = ()  # folders outside the place that belong to it too
    only: frozenset[str] | None = None  # of a folder, the files that count; None: all
    stored: Stored | None = field(default=None, compare=False)  # None: nobody wants each new one


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
    took: tuple[Took, ...] = ()  # where each new backup of a program is wanted: what came of it

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)
