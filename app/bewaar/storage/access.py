"""Books that are one database of Microsoft Access.

A file set of one file that must be such a database. Access writes page by page and keeps no
journal, so what a copy shows is held against itself: each table holds as many records as its
description says, or somebody is in the middle of a change. Of an encrypted one only the length can
be checked; it is kept whole.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.counting import Copy
from bewaar.counting.access_pages import Pages
from bewaar.counting.base import OtherKind, Uncountable
from bewaar.errors import SourceDamaged, SourceEmpty, SourceGone
from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Live
from bewaar.storage.edges import shown, unreadable
from bewaar.storage.fileset import FileSet
from bewaar.storage.torn import Flaw, in_access

_LOCKS = ("{stem}.ldb", "{stem}.laccdb")  # it names who has it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(FileSet):
    """One database of Access; see `Storage` for the promises."""

    kind: str = "access"
    refuses_damaged: bool = True
    rules: tuple[str, ...] = ("access.rows",)

    def fits(self, place: Path) -> bool:
        """Return whether there is a file that begins like a database of Access."""
        try:
            return place.is_file() and _is_database(place)
        except OSError:
            return False

    def known(self, source: Source) -> Source:
        """Return the source with the lock files that Access leaves while somebody works in it."""
        known = FileSet.known(self, source)
        markers = tuple(dict.fromkeys((*known.layout.markers, *_LOCKS)))
        return replace(known, layout=replace(known.layout, markers=markers))

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Copy the database until it does not move and agrees with itself, unless it is none."""
        _expect_database(source.place)
        return FileSet.snapshot(self, source, to, progress)

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer the database as it lies, unless somebody has it open."""
        _expect_database(source.place)
        return FileSet.in_place(self, source, to, progress)

    def flaw(self, copy: Copy, progress: Progress, *, lately: bool) -> Flaw | None:
        """Return what is wrong with the database, which is read page by page."""
        try:
            return in_access(copy, progress, deep=True)
        except OtherKind as error:
            return Flaw(detail=str(error), fatal=True)


def _is_database(place: Path) -> bool:
    with place.open("rb") as file:
        try:
            Pages(file, SILENT)
        except OtherKind:
            return False
        except Uncountable:
            return True  # of a version that is not known here
    return True


def _expect_database(place: Path) -> None:
    try:
        if not place.stat().st_size:
            raise SourceEmpty(place=shown(place))
        if not _is_database(place):
            raise SourceDamaged(path=shown(place), detail="no Access header")
    except FileNotFoundError as error:
        raise SourceGone(place=shown(place)) from error
    except OSError as error:
        raise unreadable(place, error) from error
