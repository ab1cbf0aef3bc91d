"""The backups that a program has put into a folder: which count, which are not done yet.

Of each series the newest counts that its program is done with; where each new one is wanted, those
before it that are not stored yet come first. Done is told by the end mark of its format, by
stillness, and by nobody having it open.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bewaar.model import Openness, OpenState, Source, UnitTold
from bewaar.progress import Progress
from bewaar.storage.arriving import Arrivals, Arriving
from bewaar.storage.edges import shown, unreadable
from bewaar.storage.entry import Entry
from bewaar.storage.lots import Lot, Memory
from bewaar.storage.tree import look
from bewaar.system import handles
from bewaar.vendorfiles import Verdict, Wholeness, check, has_end, series_of, units_in
from bewaar.vendorfiles.series import is_growing, is_unit

STILL = 10.0  # seconds since the last write
_YOUNG = 3600.0  # seconds in which somebody may still have it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was found in the folder."""

    lots: tuple[Lot, ...]  # what is to be taken next, the new one first; else the newest of each
    newest: tuple[Lot, ...]  # of each series that is done
    new: Arrivals  # nothing where nobody wants each one
    waiting: tuple[UnitTold, ...]  # half-written, or half of a pair
    damaged: tuple[UnitTold, ...]
    others: tuple[str, ...]  # files that are no backups

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The files that count."""
        return tuple(entry for lot in self.lots for entry in lot.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One look at a folder, or at a single file."""

    source: Source
    memory: Memory
    still: float  # seconds
    now: float  # seconds since the epoch
    waiting: list[UnitTold] = field(default_factory=list)
    damaged: list[UnitTold] = field(default_factory=list)

    def choose(self, progress: Progress, *, thorough: bool) -> Choice:
        """Return what counts; `thorough` reads the files that no look has read yet.

        Raises SourceGone, SourceUnreadable, SourceBusy, Cancelled.
        """
        files = look(_unpaired(self.source), progress).files
        series: dict[str, list[Lot]] = {}
        for lot in self._lots(files):
            series.setdefault(series_of(lot.unit.main), []).append(lot)
        for lots in series.values():
            lots.sort(key=lambda lot: lot.rank, reverse=True)
        may_be_kept = partial(self._may_be_kept, progress=progress, thorough=thorough)
        chosen = (next(filter(may_be_kept, lots), None) for lots in series.values())
        newest = tuple(sorted(filter(None, chosen), key=lambda lot: lot.unit.main))
        new = Arrivals()
        if self.source.stored:
            arriving = Arriving(
                stored=self.source.stored,
                memory=self.memory,
                progress=progress,
                may_be_kept=may_be_kept,
                thorough=thorough,
            )
            new = arriving.arrivals(tuple(series.values()), newest)
        return Choice(
            lots=new.next or newest,
            newest=newest,
            new=new,
            waiting=tuple(self.waiting),
            damaged=tuple(self.damaged),
            others=tuple(e.path for e in files if not e.beside and not is_unit(e.path)),
        )

    def _lots(self, files: Sequence[Entry]) -> Iterator[Lot]:
        known = {entry.path: entry for entry in files if not entry.beside}
        for unit in units_in(tuple(known), self.source.layout.pairs):
            if unit.missing:
                self._wait(unit.main, "pair", missing=unit.missing)
            else:
                yield Lot(unit=unit, entries=tuple(known[path] for path in unit.paths))

    def _may_be_kept(self, lot: Lot, progress: Progress, *, thorough: bool) -> bool:
        """Return whether nothing speaks against keeping one; else tell what does."""
        try:
            if not self._is_done(lot):
                return False
            verdicts = [self._verdict(e, progress, thorough=thorough) for e in lot.entries]
        except FileNotFoundError:
            return False  # its program removed it just now
        except OSError as error:
            raise unreadable(lot.entries[0].local, error) from error
        for entry, bad in zip(lot.entries, verdicts, strict=True):
            if bad is None or bad.usable:
                continue
            if bad.wholeness is Wholeness.UNFINISHED:
                self._wait(entry.path, bad.reason)
            else:
                self.damaged.append(UnitTold(file=shown(entry.path), reason=bad.reason))
            return False
        return True

    def _is_done(self, lot: Lot) -> bool:
        age = abs(self.now - lot.mtime_ns / 1e9)  # a clock that was set back makes it negative
        if age < self.still:
            self._wait(lot.unit.main, "growing")  # nothing is read of what is written right now
        elif torn := next(filter(_has_no_end, lot.entries), None):
            self._wait(torn.path, "end")
        elif age < _YOUNG and (who := held(lot.entries)).openness is Openness.OPEN:
            self._wait(lot.unit.main, "open", missing=who.evidence[0])
        else:
            return True
        return False

    def _verdict(self, entry: Entry, progress: Progress, *, thorough: bool) -> Verdict | None:
        known = self.memory.get(entry).verdict
        if known is None and thorough:
            known = check(entry.local, entry.path, progress)
            self.memory.keep(entry, verdict=known)
        return known

    def _wait(self, path: str, reason: str, missing: str = "") -> None:
        told = UnitTold(file=shown(path), reason=reason, missing=shown(missing))
        self.waiting.append(told)


def choosing(source: Source, memory: Memory, *, still: float = STILL) -> Choosing:
    """Begin a look at this moment; file times are the computer's own, so is the clock."""
    return Choosing(source=source, memory=memory, still=still, now=time.time())


def _has_no_end(entry: Entry) -> bool:
    return is_growing(entry.path) or has_end(entry.local, entry.size) is False


def held(entries: Sequence[Entry]) -> OpenState:
    """Return whether somebody has one of the files open."""
    sighting = handles.current().holders([entry.local for entry in entries])
    found = tuple(f"{each.program} ({each.pid})" for each in sighting.holders)
    if found:
        return OpenState(openness=Openness.OPEN, evidence=tuple(dict.fromkeys(found)))
    return OpenState(openness=Openness.CLOSED if sighting.whole else Openness.UNKNOWN)


def _unpaired(source: Source) -> Source:
    """Return the source so that half a pair in a folder is no failure, but waits for the other."""
    if source.place.is_file():
        return source
    return replace(source, layout=replace(source.layout, pairs=()))
