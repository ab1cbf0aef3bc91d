"""Books that are the backups which a program makes itself, in a folder or as one file.

What counts is the newest one of each series that its program is done with. Where each new one is
wanted (`Source.stored`) they come one after another, the oldest first, and the marks of the live
data are those of what is not stored yet. A half-written one is waited for, a damaged one is told
and never taken.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bewaar.errors import BewaarError, PairBroken, SourceBusy, SourceEmpty, VendorDamaged
from bewaar.model import VENDOR, Counts, Openness, OpenState, Snapshot, Source, Vault
from bewaar.progress import SILENT, Progress
from bewaar.storage import marks
from bewaar.storage.arriving import read
from bewaar.storage.base import Extent, Left, Live
from bewaar.storage.choosing import STILL, Choice, choosing, held
from bewaar.storage.edges import shown
from bewaar.storage.fileset import FileSet
from bewaar.storage.lots import Memory
from bewaar.storage.stored import LiveStored, as_stored, mark
from bewaar.vendorfiles import Wholeness, check
from bewaar.vendorfiles.series import ENDINGS, is_unit

_RULES = ("vendor.files",)
_TOLD = 20  # files that are named, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor(FileSet):
    """Backups of another program; see `Storage` for the promises."""

    kind: str = VENDOR
    sound_while_open: bool = True  # what its program still has open is not taken
    still: float = STILL
    memory: Memory = field(default_factory=Memory, compare=False)

    def fits(self, place: Path) -> bool:
        """Return whether there are such backups, or nothing yet, and nothing that may be books."""
        try:
            inside = [place] if place.is_file() else list(place.iterdir())
            names = [file.name.casefold() for file in inside if file.is_file()]
        except OSError:
            return False
        paired = any(name.endswith(".ztx") for name in names)
        endings = (*ENDINGS, ".zip") if paired else ENDINGS
        units = [name for name in names if is_unit(name)]
        return all(name.endswith(endings) for name in units) and (bool(units) or not inside)

    def is_open(self, source: Source) -> OpenState:
        """Return whether somebody has one of those that count open; what lies beside is no sign."""
        try:
            return held(self._choose(source).entries)
        except BewaarError:
            return OpenState(openness=Openness.UNKNOWN)

    def signature(self, source: Source) -> str:
        """Return the mark of those that count; none make a mark too."""
        return marks.signature(self._choose(source).entries, ())

    def fingerprint(self, source: Source, progress: Progress = SILENT) -> str:
        """Return the mark of those that count, once all that can be checked was."""
        choice = self._choose(source, progress, thorough=True)
        if source.stored is None or not choice.newest:
            return FileSet.fingerprint(self, self._narrowed(source, choice), progress)
        for entry in (entry for lot in choice.newest for entry in lot.entries):
            read(entry, self.memory, progress)  # its time may stay the same when it changes
        choice = self._choose(source, progress, thorough=True)
        return mark(choice.entries if choice.new.fresh else (), source.stored, self.memory)

    def extent(self, source: Source) -> Extent:
        """Return how much those that count hold."""
        entries = self._choose(source).entries
        return Extent(files=len(entries), size=sum(entry.size for entry in entries))

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Take those that count, checked, and tell of the others."""
        choice = self._filled(source, progress)
        taken = FileSet.snapshot(self, self._narrowed(source, choice), to, progress)
        _expect_all(taken, choice, source)
        self._tell(choice, progress)
        if source.stored is None:
            return taken
        return as_stored(taken, choice.entries, source.stored, self.memory, progress)

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer those that count as they lie."""
        choice = self._filled(source, progress)
        live = FileSet.in_place(self, self._narrowed(source, choice), to, progress)
        if live is None:
            return None
        _expect_all(live.snapshot, choice, source)
        self._tell(choice, progress)
        if source.stored is None:
            return live
        offered = live.snapshot
        stored = as_stored(offered, choice.entries, source.stored, self.memory, progress)
        return LiveStored(live=live, snapshot=stored)

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
        """Check the files once more as they were read back, and count."""
        for path in books:
            verdict = check(folder / path, path, progress)
            if not verdict.usable:
                raise VendorDamaged(path=path, detail=verdict.reason)
        return FileSet.count(self, folder, paths, progress, rule=rule, books=books, single=single)

    def vault(self, source: Source) -> Vault:
        """Return what lies there, without reading more of it than its ends.

        Raises SourceGone, SourceUnreadable.
        """
        choice = self._choose(source)
        newest = max(choice.newest, key=lambda lot: lot.mtime_ns, default=None)
        return Vault(
            newest=shown(newest.unit.main) if newest else "",
            newest_at=datetime.fromtimestamp(newest.mtime_ns / 1e9, UTC) if newest else None,
            series=len(choice.newest),
            waiting=choice.waiting[:_TOLD],
            damaged=choice.damaged[:_TOLD],
            others=len(choice.others),
            fresh=choice.new.fresh,
            left=len(choice.new.left),
            left_size=sum(lot.size for lot in choice.new.left),
        )

    def arrivals(self, source: Source, progress: Progress = SILENT) -> int:
        """Return how many are not stored yet, at most, and were not put off; 0 is sure."""
        new = self._choose(source, progress, thorough=True).new
        return new.fresh - new.refused

    def left(self, source: Source) -> tuple[Left, ...]:
        """Return those that were there before each new one was wanted, the newest first."""
        lots = self._choose(source).new.left
        return tuple(Left(mtime_ns=lot.mtime_ns, size=lot.size) for lot in lots)

    def put_off(self, source: Source) -> None:
        """Let the next one come last: it cannot be taken as it is."""
        choice = self._choose(source)
        for entry in choice.lots[0].entries if choice.new.fresh else ():
            self.memory.keep(entry, refused=True)

    def _choose(
        self, source: Source, progress: Progress = SILENT, *, thorough: bool = False
    ) -> Choice:
        look = choosing(source, self.memory, still=self.still)
        return look.choose(progress, thorough=thorough)

    def _filled(self, source: Source, progress: Progress) -> Choice:
        """Return what counts; for nothing raise SourceBusy, -Empty, PairBroken, VendorDamaged."""
        choice = self._choose(source, progress, thorough=True)
        if choice.lots:
            return choice
        if choice.damaged:
            first = choice.damaged[0]
            raise VendorDamaged(path=first.file, detail=first.reason)
        for told in choice.waiting:
            if told.reason == "pair":
                raise PairBroken(path=told.file, missing=told.missing)
            raise SourceBusy(place=shown(source.place), path=told.file)
        raise SourceEmpty(place=shown(source.place))

    def _narrowed(self, source: Source, choice: Choice) -> Source:
        """Return the source as if nothing else lay there."""
        return replace(
            source,
            only=frozenset(entry.path for entry in choice.entries),
            layout=replace(source.layout, count=_RULES),
        )

    def _tell(self, choice: Choice, progress: Progress) -> None:
        for told in choice.damaged[:_TOLD]:
            progress.note("vendor.damaged", path=told.file)
        for told in choice.waiting[:_TOLD]:
            progress.note("vendor.waiting", path=told.file)
        for entry in choice.entries[:_TOLD]:
            verdict = self.memory.get(entry).verdict
            if verdict and verdict.wholeness is Wholeness.UNKNOWN:
                progress.note(f"vendor.unchecked.{verdict.reason}", path=shown(entry.path))


def _expect_all(taken: Snapshot, choice: Choice, source: Source) -> None:
    """Raise SourceBusy unless the copies are of what was checked."""
    checked = sorted((entry.mtime_ns, entry.size) for entry in choice.entries)
    copied = sorted((file.mtime_ns, file.size) for file in taken.files)
    databases = any(file.database for file in taken.files)  # of which a copy has its own size
    if len(copied) != len(checked) or (copied != checked and not databases):
        raise SourceBusy(place=shown(source.place), path=shown(choice.entries[0].path))
