"""Books that are one SQLite database.

A file set of one file that must be a database: when it is none any more, something overwrote it,
and a copy of that would be no backup.
"""

from dataclasses import dataclass
from pathlib import Path

from bewaar.errors import BewaarError, SourceDamaged, SourceEmpty, SourceGone
from bewaar.model import Snapshot, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.base import Live
from bewaar.storage.edges import shown, unreadable
from bewaar.storage.fileset import FileSet
from bewaar.storage.sqlite_file import is_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Sqlite(FileSet):
    """One database file; see `Storage` for the promises."""

    kind: str = "sqlite"
    sound_while_open: bool = True  # it is copied through SQLite

    def fits(self, place: Path) -> bool:
        """Return whether there is a file that begins like a database."""
        try:
            return place.is_file() and is_database(place, place.stat().st_size)
        except (BewaarError, OSError):
            return False

    def snapshot(self, source: Source, to: Path, progress: Progress = SILENT) -> Snapshot:
        """Take the database, unless it is none, or holds no table."""
        _expect_database(source.place)
        # Not super(): a dataclass with slots is made anew, and super() would miss it.
        snapshot = FileSet.snapshot(self, source, to, progress)
        if not snapshot.counts.tables:
            raise SourceEmpty(place=shown(source.place))
        return snapshot

    def in_place(self, source: Source, to: Path, progress: Progress = SILENT) -> Live | None:
        """Offer nothing: a database is always copied."""
        return None


def _expect_database(place: Path) -> None:
    try:
        size = place.stat().st_size
        if not size:
            raise SourceEmpty(place=shown(place))
        if not is_database(place, size):
            raise SourceDamaged(path=shown(place), detail="no SQLite header")
    except FileNotFoundError as error:
        raise SourceGone(place=shown(place)) from error
    except OSError as error:
        raise unreadable(place, error) from error
