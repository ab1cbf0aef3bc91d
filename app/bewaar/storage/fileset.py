"""Books that are files: a folder with all below it, or a single file.

SQLite databases among them are taken as databases, whatever their names; the rest is copied until
nothing moves.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from bewaar.clock import Clock, SystemClock
from bewaar.counting import Copy
from bewaar.errors import SourceBusy, SourceDamaged, SourceEmpty
from bewaar.model import Counts, Openness, OpenState, Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage import marks
from bewaar.storage.base import Extent, Live
from bewaar.storage.edges import shown
from bewaar.storage.fingerprint import fingerprint_of
from bewaar.storage.lying import Lying
from bewaar.storage.opened import is_open
from bewaar.storage.taking import Pace, Taking
from bewaar.storage.tally import tally
from bewaar.storage.torn import Flaw, in_member
from bewaar.storage.tree import look

TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """Files on a disk; see `Storage` for the promises."""

    kind: str = "fileset"
    rules: tuple[str, ...] = ()  # to count by, where the program's profile has none that can
    refuses_damaged: bool = False  # else a damaged file among others is told, and kept as it is
    sound_while_open: bool = False  # what a program has not written yet is missing
    pace: Pace = field(default_factory=Pace)
    clock: Clock = field(default_factory=SystemClock)

    def fits(self, place: Path) -> bool:
        """Return whether there is a folder or a file."""
        try:
            return place.is_dir() or place.is_file()
        except OSError:
            return False

    def is_open(self, source: Source) -> OpenState:
        """Return whether a program has it open: lock files, open handles."""
        return is_open(self.known(source))

    def signature(self, source: Source) -> str:
        """Return the mark of names, sizes and times."""
        tree = look(self.known(source))
        return marks.signature(tree.files, tree.folders)

    def fingerprint(self, source: Source, progress: Progress = SILENT) -> str:
        """Return the mark of names and content as they lie there, databases and their logs too."""
        return fingerprint_of(self.known(source), progress)

    def extent(self, source: Source) -> Extent:
        """Return how much there is; what lies beside a database is not counted."""
        files = [file for file in look(self.known(source)).files if not file.beside]
        return Extent(files=len(files), size=sum(file.size for file in files))

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Copy until nothing moved, and nothing is half-written, at most `TRIES` times."""
        open_state = self.is_open(source)
        taking = self._taking(source, to, progress)
        for _ in range(TRIES):
            moved = taking.attempt()
            if moved is None:
                moved = self._half_written(taking, open_state, progress)
            if moved is None:
                return _filled(taking.snapshot(open_state), source)
        raise SourceBusy(place=shown(source.place), path=shown(moved or ""))

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer the files as they lie, unless a program has them open or wrote just now."""
        open_state = self.is_open(source)
        taking = self._taking(source, to, progress)
        if open_state.openness is Openness.OPEN or not taking.point():
            return None
        self._half_written(
            taking, open_state, progress
        )  # nothing was written lately: whole, or damaged
        return Lying(taking=taking, snapshot=_filled(taking.snapshot(open_state), source))

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
        """Open, check and count databases at rest, and the bookings."""
        databases, counted = (
            [Copy(path=path, local=folder / path) for path in each] for each in (paths, books)
        )
        return tally(databases, counted, [rule], progress, single=single, thorough=False)

    def flaw(self, copy: Copy, progress: Progress, *, lately: bool) -> Flaw | None:
        """Return what is wrong with the copy of one file; `lately` its file was written just now.

        Of files of no known kind nothing can be told.
        """
        return in_member(copy, progress, lately=lately)

    def known(self, source: Source) -> Source:
        """Return the source with what is known of such books beside what their profile says."""
        count = tuple(dict.fromkeys((*source.layout.count, *self.rules)))
        return replace(source, layout=replace(source.layout, count=count))

    def _taking(self, source: Source, to: Path, progress: Progress) -> Taking:
        return Taking(self.known(source), to, progress, self.pace, self.clock)

    def _half_written(
        self, taking: Taking, open_state: OpenState, progress: Progress
    ) -> str | None:
        """Return a file that somebody is in the middle of writing. Raises SourceDamaged."""
        findings = []
        for copy, lately in taking.plain():
            flaw = self.flaw(copy, progress, lately=lately)
            if flaw is None:
                continue
            fatal = flaw.fatal and self.refuses_damaged
            if lately or (fatal and open_state.openness is Openness.OPEN):
                return copy.path
            if fatal:
                raise SourceDamaged(path=shown(copy.path), detail=flaw.detail)
            findings += [flaw.told] if flaw.told else []
        for finding in findings:
            progress.note(finding.code, **finding.params)
        return None


def _filled(snapshot: Snapshot, source: Source) -> Snapshot:
    if not snapshot.files:
        raise SourceEmpty(place=shown(source.place))
    return snapshot
