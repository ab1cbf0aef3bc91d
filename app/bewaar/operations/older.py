"""Backups that a program made before each new one was wanted: stored only when somebody asks.

As many come in as can be kept without any other backup being removed for them.
"""

from dataclasses import dataclass
from datetime import timedelta

from bewaar.books import Books
from bewaar.kit import Kit
from bewaar.model import Code, DestinationId, moment_of
from bewaar.places import Places
from bewaar.policy import policy_of
from bewaar.settings import SettingsFile
from bewaar.storage.base import Left

_ROUNDING = timedelta(milliseconds=1)  # a file's time is told finer than a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """What lies there and is not stored, and how much of it has room."""

    count: int
    size: int  # bytes
    keep: int  # so many backups of these books are kept at one destination
    fitting: tuple[Left, ...] = ()  # of them the newest, as many as can be kept beside the others

    @property
    def fitting_size(self) -> int:
        """What has room, in bytes."""
        return sum(each.size for each in self.fitting)


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderWork:
    """The older backups of programs, with the rooms that takes."""

    kit: Kit
    books: Books
    places: Places
    settings: SettingsFile

    def older(self, code: Code) -> Older:
        """Return what was left. Raises UnknownAdministration, what `Vaulted.vault` raises."""
        administration, to = self.books.get(code), self._usual(code)
        keep = policy_of(administration, self.settings.current().policy).keep
        vaulted = self.kit.vaulted(administration) if administration.vault else None
        if vaulted is None:
            return Older(count=0, size=0, keep=keep)
        source = self.kit.source(administration, to)
        left, room = vaulted.left(source), 0
        if to is not None:
            coming = vaulted.vault(source).fresh if source.stored and source.stored.since else 1
            room = keep - self._kept(code, to) - coming
        return Older(
            count=len(left),
            size=sum(each.size for each in left),
            keep=keep,
            fitting=left[: max(room, 0)],
        )

    def want(self, code: Code) -> Older:
        """Let what has room be stored with the next backup, and return it. Raises as `older`."""
        older, to = self.older(code), self._usual(code)
        written = [moment_of(each.mtime_ns) for each in older.fitting]
        known = [moment for moment in written if moment]
        if to is not None and known:
            self.kit.catalogue.vaults.reach_back(code, to, min(known) - _ROUNDING)
        return older

    def _usual(self, code: Code) -> DestinationId | None:
        """Return where each new one goes: the usual destination, else where the last one went."""
        usual = next((p.destination.id for p in self.places.states() if p.default), None)
        last = self.kit.catalogue.backups.baseline(code)
        return usual or (last.backup.destination if last else None)

    def _kept(self, code: Code, to: DestinationId) -> int:
        backups = self.kit.catalogue.backups.at(to)
        return sum(code in b.codes and b.proof is not None and not b.locked for b in backups)
