"""What every kind of storage can do.

A storage reads an administration without ever writing to it. It knows no program: what belongs
to an administration comes with the `Source`. The contract suite in tests/contract is the real
definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from bewaar.model import Counts, OpenState, Snapshot, Source, Vault
from bewaar.progress import SILENT, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much an administration holds, for plans and estimates."""

    files: int
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A backup of a program that was there before each new one was wanted, and is not stored."""

    mtime_ns: int
    size: int  # bytes


class Live(Protocol):
    """Books that are read where they lie, and believed once a second look found them the same."""

    @property
    def snapshot(self) -> Snapshot:
        """What is to be read; its databases are copies, its fingerprint is not known yet."""
        ...

    def confirm(self, digests: Mapping[str, str]) -> str:
        """Take the BLAKE3 of what was read of each file, and return the fingerprint.

        Raises SourceBusy when anything moved since the first look: what was read is worth
        nothing then. Raises as `Storage.snapshot`.
        """
        ...


class Storage(Protocol):
    """One way in which books lie on a disk."""

    @property
    def kind(self) -> str:
        """The name it has in settings and manifests: "fileset", "sqlite"."""
        ...

    @property
    def sound_while_open(self) -> bool:
        """Whether a copy is sound even while a program works in the books."""
        ...

    def fits(self, place: Path) -> bool:
        """Return whether this storage can read what lies at `place`; never raises for bad data."""
        ...

    def is_open(self, source: Source) -> OpenState:
        """Return whether a program has it open, with the evidence; unknown is an answer."""
        ...

    def signature(self, source: Source) -> str:
        """Return a cheap mark of the live data (names, sizes, times); reads no file's content.

        Equal marks do not prove equal content. Raises SourceGone, SourceUnreadable.
        """
        ...

    def fingerprint(self, source: Source, progress: Progress = SILENT) -> str:
        """Return a BLAKE3 mark of the live data's names and content; equal means unchanged.

        Raises SourceGone, SourceUnreadable, SourceBusy.
        """
        ...

    def extent(self, source: Source) -> Extent:
        """Return how many files and bytes a snapshot would hold. Raises as `signature`."""
        ...

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Take a consistent copy into the empty folder `to`, or raise and leave `to` as rubbish.

        Counts and checks are taken from the copy. Raises SourceGone, SourceEmpty,
        SourceUnreadable, SourceBusy, SourceDamaged, PairBroken, HomeFull, Cancelled.
        """
        ...

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer the books as they lie, with copies of their databases in the empty folder `to`.

        None when somebody may write to them, and where it spares nothing: then take a snapshot.
        Raises as `snapshot`.
        """
        ...

    def count(
        self,
        folder: Path,
        paths: tuple[str, ...],
        progress: Progress = SILENT,
        *,
        rule: str = "",
        books: tuple[str, ...] = (),
        single: bool = False,
    ) -> Counts:
        """Open the databases `paths` below a restored or extracted `folder`, check and count them.

        With the `rule` by which a snapshot was counted, bookings are counted in the files `books`
        again; `single`: the books are one file. Raises SourceDamaged when a database fails its
        integrity check.
        """
        ...


@runtime_checkable
class Tooled(Protocol):
    """A storage that counts with tools of others."""

    def has_tools(self) -> bool:
        """Return whether this computer has what `count` needs."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A storage whose live books answer questions, so that no copy is taken to count them."""

    def counts_now(self, source: Source, progress: Progress = SILENT) -> Counts:
        """Count the live books, all at one instant, as in a snapshot; who works there goes on.

        Raises as `snapshot`.
        """
        ...


@runtime_checkable
class Vaulted(Protocol):
    """A storage of the backups that a program makes itself."""

    def vault(self, source: Source) -> Vault:
        """Return what lies there, without reading more of it than its ends.

        Raises SourceGone, SourceUnreadable.
        """
        ...

    def arrivals(self, source: Source, progress: Progress = SILENT) -> int:
        """Return how many are not stored yet, at most, and were not put off; 0 is sure.

        Raises SourceGone, SourceUnreadable, SourceBusy, Cancelled.
        """
        ...

    def left(self, source: Source) -> tuple[Left, ...]:
        """Return those that were there before each new one was wanted, the newest first.

        Raises as `vault`.
        """
        ...

    def put_off(self, source: Source) -> None:
        """Let the one that comes next come last, until this process ends: it was refused."""
        ...
