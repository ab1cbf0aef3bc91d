"""One snapshot in the making: copy, wait, look again, until nothing moved in between.

Every plain file is compared by content once more after the last one was copied, so the copies
show how all of them lay at one instant. Files that changed lately are copied last and compared
first: a program that writes now and then does not make a large administration "busy".
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from bewaar.clock import Clock
from bewaar.counting import BY_FILES, Copy
from bewaar.errors import HomeFull, PairBroken, SourceBusy, SourceGone
from bewaar.files import free_space
from bewaar.lanes import Task, in_order
from bewaar.model import Counts, OpenState, Snapshot, SnapshotFile, Source
from bewaar.parts import DOCUMENTS, is_booked
from bewaar.progress import Progress, Stage
from bewaar.storage import marks
from bewaar.storage.copying import copy
from bewaar.storage.digesting import digests
from bewaar.storage.edges import shown
from bewaar.storage.entry import COMPANIONS, Entry, Tree
from bewaar.storage.meter import Meter
from bewaar.storage.names import portable
from bewaar.storage.sorting import Sorted, by_header, sort_out
from bewaar.storage.sqlite_copy import AS_FILES, take
from bewaar.storage.sqlite_file import Raw, files
from bewaar.storage.tally import tally
from bewaar.storage.tree import look

IN_PLACE = "in-place"  # how a file was taken that was not copied first

_COST = 4 << 20  # bytes of memory that copying a database takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait for a moment of silence, in seconds."""

    settle: float = 0.05  # longer than a tick of a file system's clock
    settle_lively: float = 0.5  # when something was written just now
    lively: float = 10.0  # how long ago "just now" is
    database: float = 60.0  # for a moment in which nobody writes to a database


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The copy of one plain file or one database."""

    entry: Entry
    local: Path
    raws: tuple[Raw, ...]  # what it was taken from: the file, of a database its log too
    method: str = AS_FILES
    database: bool = False
    live: bool = False  # it is no copy but the file itself

    def still(self, entry: Entry) -> bool:
        """Return whether the file has the size and time it had when it was copied or read."""
        return (self.entry.size, self.entry.mtime_ns) == (entry.size, entry.mtime_ns)


class Taking:
    """The copies of an administration, brought up to date until they fit together."""

    def __init__(
        self, source: Source, to: Path, progress: Progress, pace: Pace, clock: Clock
    ) -> None:
        """Copy into the empty folder `to`."""
        self._source = source
        self._layout = source.layout
        self._to = to
        self._pace = pace
        self._clock = clock
        self._progress = progress
        self._meter = Meter(progress=progress)
        self._again = Meter()  # of the second look; told only where that takes its time
        self._numbers = count(1)
        self._copies: dict[str, Copied] = {}
        self._tree = Tree(files=())

    def attempt(self) -> str | None:
        """Copy what is new or moved; return a path that moved meanwhile, None when all is well.

        Raises what `Storage.snapshot` raises, but SourceEmpty.
        """
        found = self._look()
        self._copies = {path: self._copies[path] for path in found.paths & self._copies.keys()}
        plain = [e for e in found.plain if not self._has_plain(e)]
        databases = [e for e in found.databases if not self._has_database(e)]
        self._prepare([*plain, *databases])
        for entry in sorted(plain, key=lambda entry: entry.mtime_ns):
            self._keep_plain(entry)
        self._keep_databases(databases)
        if found.plain:
            time.sleep(self._pace.settle_lively if self._lively(found) else self._pace.settle)
        return self._moved()

    def plain(self) -> Iterator[tuple[Copy, bool]]:
        """Yield the copies of plain files, and whether each file was written just now."""
        now = self._clock.now().timestamp()
        for path, copied in sorted(self._copies.items()):
            if not copied.database:
                age = abs(now - copied.entry.mtime_ns / 1e9)
                yield Copy(path=path, local=copied.local), age < self._pace.lively

    def point(self) -> bool:
        """Copy the databases and point at all else where it lies.

        False when there is nothing else, or something was written just now: then `attempt`.
        """
        found = self._look()
        if not found.plain or self._lively(found):
            return False
        for entry in found.plain:
            self._copies[entry.path] = Copied(
                entry=entry, local=entry.local, raws=(), method=IN_PLACE, live=True
            )
        self._prepare(list(found.databases))
        self._keep_databases(found.databases)
        return True

    def confirm(self, digests: Mapping[str, str]) -> str:
        """Hold what was read of the files, by their names in a backup, against what lies there.

        Returns the fingerprint. Raises SourceBusy, and what `attempt` raises.
        """
        self._progress.stage(Stage.CONFIRMING)
        lying = (copied.entry.size for copied in self._copies.values() if not copied.database)
        self._again = Meter(progress=self._progress, total=sum(lying))
        names = portable(self._copies)
        for path, copied in self._copies.items():
            if copied.live:
                raw = Raw(entry=copied.entry, digest=digests[names[path]])
                self._copies[path] = replace(copied, raws=(raw,))
        time.sleep(self._pace.settle)
        folders = set(self._tree.folders)
        moved = self._moved() or min(folders ^ set(self._tree.folders), default=None)
        if moved is not None:
            raise SourceBusy(place=shown(self._source.place), path=shown(moved))
        fingerprint = self._fingerprint()
        self._copies, self._tree = {}, Tree(files=())  # many files take much memory
        return fingerprint

    def snapshot(self, open_state: OpenState) -> Snapshot:
        """Check and count the copies, and say what they are copies of. Raises SourceDamaged."""
        names = portable(self._copies)
        copies = sorted(self._copies.values(), key=lambda copied: copied.entry.path)
        for skipped in self._tree.skipped:
            self._progress.note("source.skipped", path=shown(skipped.path), kind=skipped.kind)
        return Snapshot(
            files=tuple(_file(copied, names[copied.entry.path]) for copied in copies),
            folders=tuple(sorted(portable(self._tree.folders).values())),
            method="+".join(sorted({copied.method for copied in copies})),
            open_state=open_state,
            counts=self._counts(copies, names),
            signature=self._signature(),
            fingerprint="" if any(copied.live for copied in copies) else self._fingerprint(),
            single_file=self._source.place.is_file(),
        )

    def _fingerprint(self) -> str:
        found = (raw for copied in self._copies.values() for raw in copied.raws)
        return marks.fingerprint({raw.entry.path: raw.digest for raw in found}, self._tree.folders)

    def _counts(self, copies: Sequence[Copied], names: Mapping[str, str]) -> Counts:
        """Check and count the copies; documents are no books, but can be counted by their files."""
        found = [(each, Copy(path=names[each.entry.path], local=each.local)) for each in copies]
        counts = tally(
            [copy for copied, copy in found if copied.database],
            [copy for copied, copy in found if is_booked(copied.entry.part)],
            self._layout.count,
            self._progress,
            single=self._source.place.is_file(),
            thorough=True,
        )
        if counts.documents is not None or not (self._source.documents and self._layout.documents):
            return counts
        documents = sum(each.entry.part == DOCUMENTS for each in copies)
        return replace(counts, documents=documents, rule=counts.rule or BY_FILES)

    # ── Looking ─────────────────────────────────────────────────────────────────────────────

    def _look(self) -> Sorted:
        try:
            self._tree = look(self._source, self._progress)
        except (SourceGone, PairBroken):
            # Programs replace a file by removing the old one first.
            time.sleep(self._pace.settle)
            self._tree = look(self._source, self._progress)
        return sort_out(self._tree, self._is_database)

    def _is_database(self, entry: Entry) -> bool:
        known = self._copies.get(entry.path)
        return known.database if known and known.still(entry) else by_header(entry)

    def _has_plain(self, entry: Entry) -> bool:
        known = self._copies.get(entry.path)
        return known is not None and not known.database and known.still(entry)

    def _has_database(self, entry: Entry) -> bool:
        known = self._copies.get(entry.path)
        if known is None or not known.database:
            return False
        return tuple(raw.entry for raw in known.raws) == files(entry)

    def _age(self, entries: Iterable[Entry]) -> float:
        """Return how many seconds ago one of the files was last written."""
        now = self._clock.now().timestamp()
        return min(abs(now - entry.mtime_ns / 1e9) for entry in entries)

    def _moved(self) -> str | None:
        """Return a file that is not what it was when it was copied."""
        found = self._look()
        if different := found.paths ^ self._copies.keys():
            return min(different)
        for entry in found.databases:
            if not self._copies[entry.path].database:
                return entry.path
        for entry in found.plain:
            if not self._has_plain(entry):
                return entry.path
        latest_first = sorted(found.plain, key=lambda entry: -entry.mtime_ns)
        with closing(digests(latest_first, self._progress)) as hashed:
            for entry, now, _ in hashed:
                if now != self._copies[entry.path].raws[0].digest:
                    del self._copies[entry.path]
                    return entry.path
                self._again.add(entry.size)
        return None

    def _lively(self, found: Sorted) -> bool:
        """Return whether a file was written just now, so that more may follow."""
        return self._age(found.plain) < self._pace.lively

    # ── Copying ─────────────────────────────────────────────────────────────────────────────

    def _prepare(self, wanted: list[Entry]) -> None:
        """Set the length of the road, and refuse to fill the disk. Raises HomeFull."""
        self._meter.total = self._meter.done + sum(entry.size for entry in wanted)
        needed, free = sum(entry.on_disk for entry in wanted), free_space(self._to)
        if free is not None and free < needed:
            raise HomeFull(folder=str(self._to), needed=needed, free=free)

    def _keep_plain(self, entry: Entry) -> None:
        local = self._local(entry)
        try:
            hashed = copy(entry.local, local, self._meter, holes=entry.on_disk < entry.size)
        except FileNotFoundError:
            self._copies.pop(entry.path, None)
            return
        raw = Raw(entry=entry, digest=hashed)
        self._copies[entry.path] = Copied(entry=entry, local=local, raws=(raw,))

    def _keep_databases(self, entries: Sequence[Entry]) -> None:
        """Copy databases side by side; what each costs is SQLite's work, not ours."""
        if len(entries) == 1:
            self._keep_database(entries[0])
            return
        tasks = (Task(_COST, partial(self._keep_database, entry)) for entry in entries)
        with closing(in_order(tasks, self._progress, "copying")) as kept:
            for _ in kept:
                pass

    def _keep_database(self, entry: Entry) -> None:
        local = self._local(entry)
        try:
            if self._age(files(entry)) < self._pace.settle:
                time.sleep(self._pace.settle)  # so that the next write gets another time
            taken = take(entry, local, self._meter, deadline=self._pace.database)
        except FileNotFoundError:
            self._copies.pop(entry.path, None)
            return
        self._copies[entry.path] = Copied(
            entry=taken.raws[0].entry,
            local=local,
            raws=taken.raws,
            method=taken.method,
            database=True,
        )

    def _local(self, entry: Entry) -> Path:
        """Return where a file is copied to: numbered, as its name may not be possible there."""
        self._meter.begin(shown(entry.path))
        known = self._copies.get(entry.path)
        return known.local if known else self._to / f"{next(self._numbers):06}"

    def _signature(self) -> str:
        """Return the mark of the live files; a database counts as it lay before it was taken."""
        live = {entry.path: entry for entry in self._tree.files}
        for copied in self._copies.values():
            for ending in COMPANIONS if copied.database else ():
                live.pop(copied.entry.path + ending, None)
            live |= {raw.entry.path: raw.entry for raw in copied.raws}
        return marks.signature(live.values(), self._tree.folders)


def _file(copied: Copied, name: str) -> SnapshotFile:
    return SnapshotFile(
        path=name,
        local=copied.local,
        live=copied.live,
        size=copied.entry.size if copied.live else copied.local.stat().st_size,
        mtime_ns=copied.entry.mtime_ns,
        part=copied.entry.part,
        database=copied.database,
    )
