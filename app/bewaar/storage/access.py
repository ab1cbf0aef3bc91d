"""Books that are one database of Microsoft Access.

A file set of one file that must be such a database. Access writes page by page and keeps no
journal, so what a copy shows is held against itself: each table holds as many records as its
description says, or somebody is in the middle of a change. Of an encrypted one only the length can
be checked; it is kept whole.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.counting import Copy
from bewaar.counting.access import unsettled
from bewaar.counting.access_pages import Pages
from bewaar.counting.base import OtherKind, Uncountable, about, finding
from bewaar.errors import SourceDamaged, SourceEmpty, SourceGone
from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Live
from bewaar.storage.edges import shown, unreadable
from bewaar.storage.fileset import FileSet, Flaw

_LOCKS = ("{stem}.ldb", "{stem}.laccdb")  # it names who has it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(FileSet):
    """One database of Access; see `Storage` for the promises."""

    kind: str = "access"
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
            with about(copy), copy.local.open("rb") as file:
                pages = Pages(file, progress)
                if pages.cut:
                    return Flaw(detail="it ends in the middle of a page", fatal=True)
                if not pages.encrypted and (rows := unsettled(pages)):
                    return _contradiction(copy, *rows)
        except OtherKind as error:
            return Flaw(detail=str(error), fatal=True)
        except Uncountable as error:
            return Flaw(detail=str(error))
        return None


def _contradiction(copy: Copy, table: str, told: int, found: int) -> Flaw:
    path = f"{copy.path}/{table}"
    return Flaw(
        detail=f"{table} holds other rows than it says",
        told=finding("counts.declared", path=path, told=told, found=found),
    )


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
