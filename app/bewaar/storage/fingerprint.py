"""The sure mark of live books: of their names, and of all their content as it lies there.

Every file is opened once, also to learn whether it is a database. What SQLite keeps beside one is
looked at only together with it.
"""

from collections.abc import Iterable
from contextlib import closing

from bewaar.errors import SourceBusy
from bewaar.model import Source
from bewaar.progress import Progress
from bewaar.storage import marks
from bewaar.storage.digesting import digests
from bewaar.storage.edges import shown
from bewaar.storage.entry import COMPANIONS, LOCK_BOARD, Entry
from bewaar.storage.sqlite_file import raws
from bewaar.storage.tree import look
from bewaar.storage.turns import turn

_BESIDE = (*COMPANIONS, LOCK_BOARD)


def fingerprint_of(source: Source, progress: Progress) -> str:
    """Return the mark. Raises SourceGone, SourceUnreadable, SourceBusy, PairBroken, Cancelled."""
    tree = look(source, progress)
    marking = _Marking(source, progress)
    marking.take(each for each in tree.files if not each.path.endswith(_BESIDE))
    beside = {each.path + ending for each in marking.databases for ending in _BESIDE}
    marking.take(
        each
        for each in tree.files
        if each.path.endswith(_BESIDE) and not each.beside and each.path not in beside
    )
    return marks.fingerprint(marking.finished(), tree.folders)


class _Marking:
    """The digests of the files, while they are gathered."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self._digests: dict[str, str] = {}
        self.databases: list[Entry] = []

    def take(self, entries: Iterable[Entry]) -> None:
        """Hash files, and note which of them are databases."""
        with closing(digests(entries, self._progress)) as hashed:
            for entry, digest, database in hashed:
                if digest is None:
                    raise self._busy(entry)
                self._digests[entry.path] = digest
                if database:
                    self.databases.append(entry)

    def finished(self) -> dict[str, str]:
        """Take the databases with what lies beside them, and return the digests."""
        for entry in self.databases:
            for ending in _BESIDE:
                self._digests.pop(entry.path + ending, None)
            try:
                with turn(entry.where, self._progress):
                    found = raws(entry, self._progress)
            except FileNotFoundError as error:
                raise self._busy(entry) from error
            self._digests |= {raw.entry.path: raw.digest for raw in found}
        return self._digests

    def _busy(self, entry: Entry) -> SourceBusy:
        return SourceBusy(place=shown(self._source.place), path=shown(entry.path))
