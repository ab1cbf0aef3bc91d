"""Which backups of a program are not stored yet, and which of them comes next.

New is the newest of each series, and whatever was written since each one is wanted. What was taken
before is known by its content: a copy, or one with another name, is not new. They come one at a
time, the oldest first, each together with the newest that are stored of the other series: so none
of Bewaar's backups holds less than the one before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bewaar.model import Stored
from bewaar.progress import Progress
from bewaar.storage.copying import digest
from bewaar.storage.entry import Entry
from bewaar.storage.lots import Lot, Memory, mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What is new, and what was there before."""

    next: tuple[Lot, ...] = ()  # the one that comes next and those it comes with
    fresh: int = 0  # how many are new, at most: only what comes next was surely read
    refused: int = 0  # how many of them were refused before: they come last
    left: tuple[Lot, ...] = ()  # were there before each one was wanted, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """One look at what is new among the backups of a program."""

    stored: Stored
    memory: Memory
    progress: Progress
    may_be_kept: Callable[[Lot], bool]  # whether it is done and whole, as far as is known
    thorough: bool  # read what nobody has read yet

    def arrivals(self, series: Sequence[Sequence[Lot]], newest: Sequence[Lot]) -> Arrivals:
        """Return what is new in the `series`, each from the newest to the oldest.

        `newest` are those of them that may be kept. Raises SourceUnreadable, SourceBusy, Cancelled.
        """
        counting = frozenset(newest)
        older = [lot for lots in series for lot in _behind(lots, counting)]
        wanted = [lot for lot in newest if not self._is(lot, self.stored.held)]
        wanted += [lot for lot in older if self._is_recent(lot) and not self._was_taken(lot)]
        wanted.sort(key=lambda lot: (self._was_refused(lot), lot.age))
        for place, lot in enumerate(wanted):
            if self._is_new(lot, counts=lot in counting):
                beside = self._beside(lot, series) if self.stored.since else newest
                together = tuple(dict.fromkeys((lot, *beside)))
                return self._told(together, wanted[place:], older)
        return self._told((), (), older)

    def _told(self, together: tuple[Lot, ...], fresh: Sequence[Lot], older: list[Lot]) -> Arrivals:
        left = [lot for lot in older if not self._is_recent(lot) and not self._was_taken(lot)]
        left.sort(key=lambda lot: lot.mtime_ns, reverse=True)
        return Arrivals(
            next=together,
            fresh=len(fresh),
            refused=sum(map(self._was_refused, fresh)),
            left=tuple(left),
        )

    def _is_new(self, lot: Lot, *, counts: bool) -> bool:
        """Return whether it is to be taken; in a thorough look after its content was read."""
        if not (counts or self.may_be_kept(lot)):
            return False
        if not self.thorough:
            return True
        for entry in lot.entries:
            known = digest_of(entry, self.stored, self.memory)
            if not (known or read(entry, self.memory, self.progress)):
                return False  # its program removed it just now
        return not self._is(lot, self.stored.held if counts else self.stored.taken)

    def _beside(self, first: Lot, series: Sequence[Sequence[Lot]]) -> Iterator[Lot]:
        """Yield the newest of each series that was taken, unless `first` is newer still."""
        for lots in series:
            for lot in lots:
                if lot is first:
                    break
                if self._was_taken(lot):
                    yield lot
                    break

    def _is_recent(self, lot: Lot) -> bool:
        since = self.stored.since
        return since is not None and lot.mtime_ns / 1e9 >= since.timestamp()

    def _was_taken(self, lot: Lot) -> bool:
        return self._is(lot, self.stored.taken)

    def _was_refused(self, lot: Lot) -> bool:
        return any(self.memory.get(entry).refused for entry in lot.entries)

    def _is(self, lot: Lot, known: frozenset[str]) -> bool:
        return all(digest_of(each, self.stored, self.memory) in known for each in lot.entries)


def digest_of(entry: Entry, stored: Stored, memory: Memory) -> str:
    """Return the BLAKE3 of a file as far as it is known; "" when it is not."""
    return memory.get(entry).blake3 or stored.known.get(mark_of(entry), "")


def read(entry: Entry, memory: Memory, progress: Progress) -> str:
    """Read a file and return its BLAKE3; "" when it is gone. Raises as `digest` does."""
    try:
        blake3 = digest(entry.local, progress)
    except FileNotFoundError:
        return ""
    memory.keep(entry, blake3=blake3)
    return blake3


def _behind(lots: Sequence[Lot], counting: frozenset[Lot]) -> Sequence[Lot]:
    """Return those that are older than the one that counts."""
    for place, lot in enumerate(lots):
        if lot in counting:
            return lots[place + 1 :]
    return ()
