"""The journal of restores: what is being swapped, so that a restart can finish or undo it.

One small file per restore that replaces something, written and synced before each step. Beside
the replaced place lies one work folder: `new` is what comes, `old` what was there, `undone` what
an undo took away again; on a server these are databases. Everything is renamed within one volume
or server; nothing is copied or deleted.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bewaar.catalogue.records import dump, load
from bewaar.files import fsync_folder, replace_atomically
from bewaar.model import BackupId, Code
from bewaar.paths import unwritable

UNDO_FOR = timedelta(days=30)
WORK_PREFIX = ".bewaar-"
WORK_LENGTH = len(f"/{WORK_PREFIX}/new") + 32  # what it adds to the path of the folder it lies in


class Store(StrEnum):
    """Where books lie that are not at the place."""

    NEW = "new"  # what comes
    OLD = "old"  # what was there
    UNDONE = "undone"  # what an undo took away again


class Step(StrEnum):
    """How far a swap is."""

    STAGING = "staging"  # `new` is being filled; nothing was moved yet
    PLACING = "placing"  # place → old, new → place
    PLACED = "placed"  # done; can be undone while `old` is kept
    UNDOING = "undoing"  # place → undone, old → place
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """The databases of a restore on a server, by name; "" = none is made."""

    here: str  # the one the program works in
    new: str = ""
    old: str = ""
    undone: str = ""
    meant: str = ""  # about to be made: ours only while nothing is in it
    via: str = ""  # of new books: the connection file by which their server is reached until then

    def of(self, store: Store) -> str:
        """Return the database that is a store."""
        return {Store.NEW: self.new, Store.OLD: self.old, Store.UNDONE: self.undone}[store]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One restore that replaces an administration."""

    id: str
    number: int = 0  # of those that replace books: which came later, whatever the clock says
    step: Step
    code: Code  # of the administration that is replaced
    name: str
    place: Path
    single_file: bool
    had_old: bool  # whether anything lay at the place before
    backup: BackupId
    made_at: datetime  # when the restore began
    companions: tuple[str, ...] = ()  # of a single file: names of others that belong to it
    safety: str = ""  # file name of the safety backup; "" = none could be made
    device: int = 0  # number of the disk the place lay on when the restore began; 0 = not noted
    databases: Databases | None = None  # on a server; then `place` says how that is reached

    @property
    def work(self) -> Path:
        """The folder beside the place, on the same volume."""
        return self.place.parent / f"{WORK_PREFIX}{self.id}"

    def folder(self, store: Store) -> Path:
        """Return the folder of a store."""
        return self.work / store

    @property
    def new(self) -> Path:
        """What comes."""
        return self.folder(Store.NEW)

    @property
    def old(self) -> Path:
        """What was there."""
        return self.folder(Store.OLD)

    @property
    def undone(self) -> Path:
        """What an undo took away again."""
        return self.folder(Store.UNDONE)

    @property
    def shown(self) -> str:
        """What the place is called, for somebody who works there."""
        return self.databases.here if self.databases else str(self.place)

    def whereabouts(self, store: Store) -> str:
        """Return what a store is called, for somebody who looks for it."""
        return self.databases.of(store) if self.databases else str(self.folder(store))

    @property
    def undoable_until(self) -> datetime:
        """When the replaced books are no longer kept."""
        return self.made_at + UNDO_FOR


class Journal:
    """The folder of swaps."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, made when first written to."""
        self._folder = folder

    def write(self, swap: Swap) -> None:
        """Write a swap's step so that it survives a power cut. Raises HomeFull, HomeUnwritable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_atomically(self._file(swap), dump(swap).encode())
        except OSError as error:
            raise unwritable(error, self._folder) from error

    @contextmanager
    def during(self, begun: Swap, ended: Swap) -> Iterator[None]:
        """Have a swap written as `begun` for the block, and as `ended` when the block ends well.

        Room for both is taken before the block, so a full disk stops nothing half-way. Raises
        HomeFull, HomeUnwritable before the block, HomeUnwritable after it.
        """
        end = self._file(ended).with_suffix(".end")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_atomically(end, dump(ended).encode())
            self.write(begun)
            yield
            end.replace(self._file(ended))
            fsync_folder(self._folder)
        except OSError as error:
            raise unwritable(error, self._folder) from error
        finally:
            with suppress(OSError):
                end.unlink(missing_ok=True)

    def drop(self, swap: Swap) -> None:
        """Forget a swap. Raises HomeUnwritable."""
        try:
            self._file(swap).with_suffix(".end").unlink(missing_ok=True)
            self._file(swap).unlink(missing_ok=True)
            fsync_folder(self._folder)
        except OSError as error:
            raise unwritable(error, self._folder) from error

    def swaps(self) -> list[Swap]:
        """Return all, in the order they were made; a file that cannot be read is left alone."""
        found = []
        for file in self._folder.glob("*.json"):
            try:
                found.append(load(Swap, file.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError, KeyError):
                continue
        return sorted(found, key=lambda swap: (swap.number, swap.made_at))

    def next_number(self) -> int:
        """Return a number above all there are."""
        return max((swap.number for swap in self.swaps()), default=0) + 1

    def _file(self, swap: Swap) -> Path:
        return self._folder / f"{swap.id}.json"
