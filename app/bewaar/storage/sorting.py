"""An administration's files sorted by how each must be copied."""

from collections.abc import Callable
from dataclasses import dataclass

from bewaar.storage.entry import COMPANIONS, LOCK_BOARD, Entry, Tree
from bewaar.storage.sqlite_file import is_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Plain files, and databases without what SQLite keeps beside them."""

    plain: tuple[Entry, ...]
    databases: tuple[Entry, ...]

    @property
    def paths(self) -> set[str]:
        """All of them."""
        return {entry.path for entry in (*self.plain, *self.databases)}


def by_header(entry: Entry) -> bool:
    """Return whether a file is a database now; one that is gone is none."""
    try:
        return is_database(entry.where, entry.size)
    except FileNotFoundError:
        return False


def sort_out(tree: Tree, database: Callable[[Entry], bool] = by_header) -> Sorted:
    """Sort the files of a tree, asking of each whether it is a database."""
    databases = tuple(entry for entry in tree.files if not entry.beside and database(entry))
    others = {
        entry.path + ending for entry in databases for ending in ("", *COMPANIONS, LOCK_BOARD)
    }
    plain = tuple(e for e in tree.files if not e.beside and e.path not in others)
    return Sorted(plain=plain, databases=databases)
