"""What every kind of database server can do.

A server is asked by a client library and dumped by its own tools. All failures are Bewaar's own:
ServerAway, ServerRefused, ServerPasswordNeeded, DatabaseMissing, ServerRights, ToolMissing,
ToolTooOld and ServerFailed can come from every method that asks the server, and are not repeated
below. Every method may be called again, from any thread; none keeps a connection open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bewaar.progress import SILENT, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody else who is connected to a database."""

    user: str
    computer: str = ""  # its name or address; "" = not told
    program: str = ""  # as it calls itself
    since: datetime | None = None  # aware UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Who is connected, besides Bewaar."""

    found: tuple[Session, ...]
    whole: bool  # False: this user may not see all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a dump holds."""

    rows: Mapping[str, int]  # table → rows; of PostgreSQL "schema.table"
    mark: str  # BLAKE3 of schema and rows; equal means the same content


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumped:
    """A dump that was read to its end after it was made."""

    found: Found
    tool: str  # what made it, with its version
    method: str  # how: "pg-dump", "mariadb-dump", "mariadb-dump-locked"


class DatabaseServer(Protocol):
    """One server, seen by one user."""

    def databases(self) -> tuple[str, ...]:
        """Return the databases that may hold books, by name; the server's own are left out."""
        ...

    def version(self) -> str:
        """Return the server's version as it tells it: "15.14"."""
        ...

    def exists(self, database: str) -> bool:
        """Return whether there is a database of that name."""
        ...

    def size(self, database: str) -> int:
        """Return about how many bytes it takes on the server."""
        ...

    def sessions(self, database: str) -> Sessions:
        """Return who else is connected to it."""
        ...

    def tables(self, database: str) -> tuple[str, ...]:
        """Return the names of its tables, sorted; of PostgreSQL "schema.table"."""
        ...

    def bare(self, database: str) -> bool:
        """Return whether nothing was ever put into it: no table, and nothing else of its own."""
        ...

    def mark(self, database: str) -> str:
        """Return a cheap mark that changes when rows were written; reads no rows.

        Equal marks do not prove equal content.
        """
        ...

    def content(self, database: str, progress: Progress = SILENT) -> str:
        """Return the sure mark of its content now: `Found.mark` of a dump taken now."""
        ...

    def rows(self, database: str, progress: Progress = SILENT) -> Mapping[str, int]:
        """Count the rows of each table, all at one instant, named as in `Found.rows`."""
        ...

    def try_folder(self) -> None:
        """Prove that dumps come here and go there; nothing of the try stays.

        Raises ServerElsewhere, ServerFolderUnwritable, ServerFolderUnseen, ServerFoldersDiffer,
        ServerFolderClosed, ServerFolderUnreadable.
        """
        ...

    def dump(self, database: str, to: Path, progress: Progress = SILENT) -> Dumped:
        """Write all of it, as of one instant, to the new file `to`, and read that to its end.

        Raises SourceBusy, DumpIncomplete, HomeFull, HomeUnwritable, Cancelled.
        """
        ...

    def create(self, database: str, like: str = "") -> None:
        """Make an empty database; `like`: with owner, sort order and rights as that one has.

        Raises DatabaseTaken when there is one of that name.
        """
        ...

    def load(self, database: str, dump: Path, progress: Progress = SILENT) -> None:
        """Put a dump into an empty database; whatever fails may leave part of it there.

        Raises SourceDamaged for a dump that cannot be loaded, Cancelled.
        """
        ...

    def drop(self, database: str) -> None:
        """Remove a database; none of that name is fine. Raises DatabaseInUse."""
        ...

    def unmovable(self, database: str) -> tuple[str, ...]:
        """Return what a rename could not take along, by name; then `rename` and `swap` refuse."""
        ...

    def rename(self, database: str, to: str) -> None:
        """Give a database another name. Raises DatabaseTaken, DatabaseInUse, DatabaseUnmovable."""
        ...

    def swap(self, database: str, incoming: str, kept: str) -> None:
        """Make `incoming` be `database`, and what was there `kept`, in one step: both or nothing.

        Afterwards no `incoming` is left. Raises as `rename`.
        """
        ...
