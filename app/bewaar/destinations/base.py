"""What every kind of destination can do.

A destination holds archive files by name, flat, and knows nothing of what is inside. Every file
is first a `.part`; only `promote` gives it its name. The contract suite in tests/contract is the
real definition. Errors are the `destination.*` classes.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from bewaar.model import Destination, Room

PART = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file at a destination."""

    name: str
    size: int
    modified: datetime


class Sink(Protocol):
    """What an archive is written to: forward only."""

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Append all of `data`."""
        ...


class OpenDestination(Protocol):
    """A destination in use: its identity was checked when it was opened (S3)."""

    destination: Destination
    reads_past_cache: bool  # whether `read` avoids the system's memory cache

    def room(self) -> Room:
        """Return what can be known of space and limits. Raises DestinationGone."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Yield the files there, `.part` files included, in no order; id files are left out."""
        ...

    def write(self, name: str) -> AbstractContextManager[Sink]:
        """Write `name`.part; when the block ends well the data is on the medium (fsync).

        When it ends with an exception the `.part` is removed. Raises NameTaken when `name` or
        its part exists, DestinationFull, FileTooLarge, DestinationReadOnly, DestinationPulled,
        DestinationFault.
        """
        ...

    def read(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for seekable reading, past the cache where `reads_past_cache` says so."""
        ...

    def promote(self, name: str) -> None:
        """Give `name`.part its name for good; never replaces. The identity is checked again."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Write a small file (a sidecar) whole or not at all, replacing an old one."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; absent is fine."""
        ...


class DestinationType(Protocol):
    """One kind of destination: how to set it up and how to open it."""

    def create(self, destination: Destination, *, make_folder: bool) -> Destination:
        """Prepare the place and write its id file; a place that is already ours keeps its id.

        Raises DestinationMissing unless `make_folder`, DestinationReadOnly.
        """
        ...

    def open(self, destination: Destination) -> OpenDestination:
        """Check the identity and return it ready for use.

        Raises DestinationGone, DestinationOther, DestinationReadOnly.
        """
        ...
