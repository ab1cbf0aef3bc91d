"""One backup of a program with its files, and what was found in such files.

What was found is remembered as long as a file keeps its size and time: so a look costs little.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date

from bewaar.model import moment_of
from bewaar.storage.edges import shown
from bewaar.storage.entry import Entry
from bewaar.vendorfiles import Unit, Verdict
from bewaar.vendorfiles.series import date_of

_REMEMBERED = 2000  # files


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One backup of a program, with its files."""

    unit: Unit
    entries: tuple[Entry, ...]

    @property
    def mtime_ns(self) -> int:
        """When the last of its files was written."""
        return max(entry.mtime_ns for entry in self.entries)

    @property
    def size(self) -> int:
        """All its files together, in bytes."""
        return sum(entry.size for entry in self.entries)

    @property
    def rank(self) -> tuple[str, int, str]:
        """What makes one newer than another of its series: the date in its name, then its time."""
        return str(date_of(self.unit.main) or ""), self.mtime_ns, self.unit.main

    @property
    def age(self) -> tuple[date, int, str]:
        """What puts those of all series in order: the day, then the time."""
        written = moment_of(self.mtime_ns)
        day = date_of(self.unit.main) or (written.date() if written else date.min)
        return day, self.mtime_ns, self.unit.main


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of one file."""

    verdict: Verdict | None = None  # None: nobody has read it yet
    blake3: str = ""  # of its content, hexadecimal; "" = nobody has read it yet
    refused: bool = False  # it was not taken, for a reason that lies in it


_NOTHING = Found()


@dataclass(slots=True, kw_only=True)
class Memory:
    """What was found in files, as long as they stay what they were."""

    _known: OrderedDict[tuple[str, int, int], Found] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, entry: Entry) -> Found:
        """Return what is known of a file."""
        with self._lock:
            return self._known.get(_key(entry), _NOTHING)

    def keep(self, entry: Entry, **found: object) -> None:
        """Remember more of it; the oldest is forgotten when there are too many."""
        with self._lock:
            known = self._known.pop(_key(entry), _NOTHING)
            self._known[_key(entry)] = replace(known, **found)  # type: ignore[arg-type]
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def mark_of(entry: Entry) -> tuple[str, int, int]:
    """Return by what a file that was taken before is known again without reading it."""
    return shown(entry.path), entry.size, entry.mtime_ns


def _key(entry: Entry) -> tuple[str, int, int]:
    return entry.where, entry.size, entry.mtime_ns
