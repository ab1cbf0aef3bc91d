"""What changed between two states, sorted by what matters.

A number is compared only where both sides were counted by the same rule; else it is unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bewaar.compare.side import Mark, Side
from bewaar.model import Counts
from bewaar.parts import DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """The rows of a table; None: it was not there."""

    name: str  # "file.sqlite/table"
    then: int | None
    now: int | None

    @property
    def more(self) -> int | None:
        """How many rows more there are now; None when the table came or vanished."""
        return None if self.then is None or self.now is None else self.now - self.then


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that is not the same; sizes in bytes, None: it was not there."""

    path: str
    then: int | None
    now: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed from one state to the later one; the sides come without their files."""

    then: Side
    now: Side
    tables: tuple[TableChange, ...]  # those that changed: vanished ones first, then by how much
    tables_same: int
    removed: tuple[FileChange, ...]
    changed: tuple[FileChange, ...]
    added: tuple[FileChange, ...]
    files_same: int
    without_documents: bool  # one side has no document copies: they were not compared

    @property
    def counted_alike(self) -> bool:
        """Whether transactions and documents were counted by the same rule."""
        return bool(self.now.counts.rule) and self.then.counts.rule == self.now.counts.rule

    @property
    def transactions(self) -> int | None:
        """How many more there are now; None is unknown."""
        return self._more(self.then.counts.transactions, self.now.counts.transactions)

    @property
    def documents(self) -> int | None:
        """How many more there are now; None is unknown."""
        return self._more(self.then.counts.documents, self.now.counts.documents)

    @property
    def newest(self) -> tuple[date, date] | None:
        """The dates of the newest transactions then and now; None when one is unknown."""
        then, now = self.then.counts.newest, self.now.counts.newest
        return (then, now) if self.counted_alike and then and now else None

    @property
    def files(self) -> int:
        """How many files are not the same."""
        return len(self.removed) + len(self.changed) + len(self.added)

    @property
    def nothing(self) -> bool:
        """Whether both states are the same."""
        return not self.files and not self.tables

    def _more(self, then: int | None, now: int | None) -> int | None:
        if then is None or now is None or not self.counted_alike:
            return None
        return now - then


def difference(one: Side, other: Side) -> Difference:
    """Compare two states of the same books; the earlier one is "then", whichever came first."""
    then, now = sorted((one, other), key=lambda side: (side.today, side.at))
    then = _named_alike(then, now)
    both = then.documents and now.documents
    before, after = _compared(then, both=both), _compared(now, both=both)
    tables = _tables(then.counts, now.counts)
    kept = before.keys() & after.keys()
    changed = sorted(path for path in kept if before[path].blake3 != after[path].blake3)
    return Difference(
        then=replace(then, files={}),  # the lists may be long, and are not needed any more
        now=replace(now, files={}),
        tables=tables,
        tables_same=len(then.counts.tables.keys() | now.counts.tables.keys()) - len(tables),
        removed=_changes(sorted(before.keys() - kept), before, after),
        changed=_changes(changed, before, after),
        added=_changes(sorted(after.keys() - kept), before, after),
        files_same=len(kept) - len(changed),
        without_documents=not both and then.documents != now.documents,
    )


def _named_alike(then: Side, now: Side) -> Side:
    """Return the earlier side with its only file called as it is now: books may be renamed."""
    if not (then.single_file and now.single_file and len(then.files) == len(now.files) == 1):
        return then
    (old,), (new,) = then.files, now.files
    tables = {
        new + name.removeprefix(old) if name.startswith(old) else name: rows
        for name, rows in then.counts.tables.items()
    }
    return replace(then, files={new: then.files[old]}, counts=replace(then.counts, tables=tables))


def _compared(side: Side, *, both: bool) -> Mapping[str, Mark]:
    """Return the files that both sides can have."""
    if both:
        return side.files
    return {path: mark for path, mark in side.files.items() if mark.part != DOCUMENTS}


def _tables(then: Counts, now: Counts) -> tuple[TableChange, ...]:
    names = then.tables.keys() | now.tables.keys()
    changes = [
        TableChange(name=name, then=then.tables.get(name), now=now.tables.get(name))
        for name in names
        if then.tables.get(name) != now.tables.get(name)
    ]
    return tuple(sorted(changes, key=_weight))


def _weight(change: TableChange) -> tuple[int, int, str]:
    """Return what a change is sorted by: what was lost comes first, then how much it is."""
    if change.now is None:
        return 0, -(change.then or 0), change.name
    if change.then is None:
        return 2, -change.now, change.name
    return 1, -abs(change.now - change.then), change.name


def _changes(
    paths: Iterable[str], before: Mapping[str, Mark], after: Mapping[str, Mark]
) -> tuple[FileChange, ...]:
    return tuple(
        FileChange(path=path, then=_size(before, path), now=_size(after, path)) for path in paths
    )


def _size(marks: Mapping[str, Mark], path: str) -> int | None:
    return marks[path].size if path in marks else None
