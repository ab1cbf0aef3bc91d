"""What a backup tells of the backups of a program that it takes in, and the mark of what is new.

Once all is stored the mark is always the same, whatever lies there: so a file that its program
renames, copies or removes is no reason for another backup.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from blake3 import blake3

from bewaar.model import Snapshot, Stored, Took
from bewaar.progress import Progress
from bewaar.storage.arriving import digest_of, read
from bewaar.storage.base import Live
from bewaar.storage.edges import shown
from bewaar.storage.entry import Entry
from bewaar.storage.lots import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStored:
    """Backups of a program that are read where they lie; see `Live` for the promises."""

    live: Live
    snapshot: Snapshot

    def confirm(self, digests: Mapping[str, str]) -> str:
        """Look again, and return the mark of what is new once these are stored."""
        self.live.confirm(digests)
        return self.snapshot.fingerprint


def mark(entries: Iterable[Entry], stored: Stored, memory: Memory) -> str:
    """Return the mark of the files that are to be taken next."""
    return _mark(digest_of(entry, stored, memory) for entry in entries)


def as_stored(
    taken: Snapshot,
    entries: Sequence[Entry],
    stored: Stored,
    memory: Memory,
    progress: Progress,
) -> Snapshot:
    """Return a snapshot that tells which files came of which content."""
    took = tuple(_took(entries, stored, memory, progress))
    return replace(taken, took=took, fingerprint=_mark(()))


def _took(
    entries: Sequence[Entry], stored: Stored, memory: Memory, progress: Progress
) -> Iterator[Took]:
    for entry in entries:
        blake3 = digest_of(entry, stored, memory) or read(entry, memory, progress)
        yield Took(
            path=shown(entry.path),
            size=entry.size,
            mtime_ns=entry.mtime_ns,
            blake3=blake3,
            new=blake3 not in stored.held,
        )


def _mark(digests: Iterable[str]) -> str:
    return blake3("\n".join(sorted(digests)).encode()).hexdigest()
