"""Books with folders the user added: one storage around another.

Each folder comes into the backup as a part of its own, below a folder that no file of the books
lies in. It is copied as files are; only the books themselves are opened and counted. A folder that
is gone, or empty, is told as any missing books are: a backup without it would only look whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from blake3 import blake3

from bewaar.files import safe_name
from bewaar.model import Counts, OpenState, Snapshot, SnapshotFile, Source
from bewaar.parts import EXTRA, folded
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Extent, Live, Storage
from bewaar.storage.edges import unwritable
from bewaar.storage.fileset import FileSet


@dataclass(frozen=True, slots=True, kw_only=True)
class WithExtras:
    """Books and the folders that belong to them too; see `Storage` for the promises."""

    books: Storage
    folders: Storage = field(default_factory=FileSet)

    @property
    def kind(self) -> str:
        """The kind of the books."""
        return self.books.kind

    @property
    def sound_while_open(self) -> bool:
        """Whether a copy of the books is sound while a program works in them."""
        return self.books.sound_while_open

    def fits(self, place: Path) -> bool:
        """Return whether books of this kind lie there."""
        return self.books.fits(place)

    def is_open(self, source: Source) -> OpenState:
        """Return whether the books are open; the folders are nobody's."""
        return self.books.is_open(source)

    def signature(self, source: Source) -> str:
        """Return the mark of all of it."""
        marks = (self.folders.signature(each) for each in _folders(source))
        return _mark([self.books.signature(source), *marks])

    def fingerprint(self, source: Source, progress: Progress = SILENT) -> str:
        """Return the mark of all content."""
        marks = (self.folders.fingerprint(each, progress) for each in _folders(source))
        return _mark([self.books.fingerprint(source, progress), *marks])

    def extent(self, source: Source) -> Extent:
        """Return how much all of it is."""
        extents = [
            self.books.extent(source),
            *(self.folders.extent(each) for each in _folders(source)),
        ]
        return Extent(
            files=sum(each.files for each in extents), size=sum(each.size for each in extents)
        )

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Copy the books, then the folders."""
        onward = _Onward(progress, [self.folders.extent(each).size for each in _folders(source)])
        books = self.books.snapshot(source, _made(to / "books"), onward)
        folders = [
            self.folders.snapshot(each, _made(to / f"extra-{number}"), onward.next())
            for number, each in enumerate(_folders(source), 1)
        ]
        roots = _roots(books, source.extras)
        extra = (
            _part(file, root, number)
            for number, (root, folder) in enumerate(zip(roots, folders, strict=True), 1)
            for file in folder.files
        )
        return replace(
            books,
            files=(*books.files, *extra),
            signature=_mark([books.signature, *(each.signature for each in folders)]),
            fingerprint=_mark([books.fingerprint, *(each.fingerprint for each in folders)]),
        )

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer nothing: what lies in several places is copied."""
        return None

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
        """Count the books."""
        return self.books.count(folder, paths, progress, rule=rule, books=books, single=single)


class _Onward:
    """Passes on how far one copy after another is, as one whole."""

    def __init__(self, progress: Progress, sizes: Iterable[int]) -> None:
        self._told = progress
        self._left = list(sizes)  # of the copies that follow, as far as is known
        self._before = self._total = 0
        self.stage, self.note, self.check = progress.stage, progress.note, progress.check

    def step(self, done: int, total: int, item: str = "") -> None:
        """Add what was through before."""
        self._total = total
        self._told.step(self._before + done, self._before + total + sum(self._left), item)

    def next(self) -> "_Onward":
        """Begin with the next copy."""
        self._before, self._total = self._before + self._total, 0
        self._left.pop(0)
        return self


def _folders(source: Source) -> Iterator[Source]:
    yield from (Source(place=place) for place in source.extras)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir()
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _roots(books: Snapshot, extras: Iterable[Path]) -> list[str]:
    """Return the folder in the backup for each; none lies where the books have something."""
    paths = (*(file.path for file in books.files), *books.folders)
    taken = {folded(path.partition("/")[0]) for path in paths}
    roots = []
    for number, place in enumerate(extras, 1):
        root = safe_name(f"extra {number} {place.name}")
        while folded(root) in taken:
            root += "_"
        roots.append(root)
    return roots


def _part(file: SnapshotFile, root: str, number: int) -> SnapshotFile:
    return replace(file, path=f"{root}/{file.path}", part=f"{EXTRA}{number}", database=False)


def _mark(marks: Iterable[str]) -> str:
    return blake3("\n".join(marks).encode()).hexdigest()
