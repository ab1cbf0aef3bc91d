"""Books that are tables of dBASE or FoxPro, mostly a folder of them.

A file set that knows when a table was caught in the middle of a write: programs add a row first
and say in the header afterwards how many there are, or the other way round. Such a copy is never
taken while somebody writes. A table that stays torn is damaged; one that only holds more than its
header says opens all the same, so it is kept, and its rows are unknown.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.counting import Copy
from bewaar.counting.base import Uncountable
from bewaar.counting.dbf_table import table
from bewaar.errors import SourceDamaged, SourceEmpty
from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Live
from bewaar.storage.edges import shown
from bewaar.storage.fileset import FileSet
from bewaar.storage.torn import TABLES, Flaw, in_table

_BESIDE = ((".dbf", (".cdx", ".mdx", ".fpt", ".dbt", ".smt")), (".dbc", (".dcx", ".dct")))
_DEEP = 2  # folders below the place in which tables show that it holds some
_MANY = 2000  # names after which the search for one is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Dbf(FileSet):
    """Tables on a disk; see `Storage` for the promises."""

    kind: str = "dbf"
    refuses_damaged: bool = True
    rules: tuple[str, ...] = ("dbf.rows",)

    def fits(self, place: Path) -> bool:
        """Return whether there is a table, or a folder with one in it or not far below."""
        try:
            places = (place,) if place.is_file() else _tables_below(place)
            return any(_is_table(each) for each in places)
        except OSError:
            return False

    def known(self, source: Source) -> Source:
        """Return the source of a single table with its indexes and memos that lie beside it."""
        known = FileSet.known(self, source)
        pairs = (*known.layout.pairs, *_companions(source.place))
        return replace(known, layout=replace(known.layout, pairs=pairs))

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Copy until nothing moved and no table is torn."""
        _expect_table(source.place)
        return _filled(FileSet.snapshot(self, source, to, progress), source)

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer the tables as they lie, unless one is torn."""
        _expect_table(source.place)
        live = FileSet.in_place(self, source, to, progress)
        if live is not None:
            _filled(live.snapshot, source)
        return live

    def flaw(self, copy: Copy, progress: Progress, *, lately: bool) -> Flaw | None:
        """Return what is wrong with a table; of one written just now each row is looked at."""
        return in_table(copy, progress, lately=lately)


def _tables_below(folder: Path) -> Iterator[Path]:
    """Yield what is called like a table, the nearer ones first."""
    level, seen = [folder], 0
    for _ in range(_DEEP + 1):
        deeper: list[Path] = []
        for each in level:
            with os.scandir(each) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _MANY:
                        return
                    if _is_named(entry.name) and entry.is_file():
                        yield Path(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        deeper.append(Path(entry.path))
        level = deeper


def _companions(place: Path) -> Iterator[tuple[str, str]]:
    """Yield pairs of endings: what a single table is called, and what there is beside it."""
    try:
        if not place.is_file():
            return
        beside = {entry.name.casefold() for entry in place.parent.iterdir()}
    except OSError:
        return  # whoever looks at the table itself says what is the matter
    stem, dot, ending = place.name.casefold().rpartition(".")
    for mine, others in _BESIDE:
        if mine == dot + ending:
            yield from ((mine, other) for other in others if stem + other in beside)


def _is_named(name: str) -> bool:
    return name.casefold().endswith(TABLES)


def _is_table(path: Path) -> bool:
    if not _is_named(path.name):
        return False
    try:
        table(Copy(path=path.name, local=path))
    except (OSError, Uncountable):
        return False
    return True


def _expect_table(place: Path) -> None:
    """Raise for a single file that is no table any more."""
    try:
        if not place.is_file():
            return
        if not place.stat().st_size:
            raise SourceEmpty(place=shown(place))
        table(Copy(path=place.name, local=place))
    except Uncountable as error:
        raise SourceDamaged(path=shown(place), detail=str(error)) from error
    except OSError:
        return  # the copy says what is the matter


def _filled(snapshot: Snapshot, source: Source) -> Snapshot:
    """Return the snapshot of a folder when there are tables in it. Raises SourceEmpty."""
    if not snapshot.single_file and not any(_is_named(file.path) for file in snapshot.files):
        raise SourceEmpty(place=shown(source.place))
    return snapshot
