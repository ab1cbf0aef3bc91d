"""Comparing what two backups hold of the same books, or one backup with today's books."""

from dataclasses import dataclass

from bewaar.books import Books
from bewaar.compare import Difference, Side, backed_up, difference, today
from bewaar.errors import UnknownAdministration
from bewaar.kit import Kit
from bewaar.model import Code
from bewaar.operations.archives import ArchiveWork
from bewaar.progress import SILENT, Progress
from bewaar.requests import BackupFile
from bewaar.verify import administration_in


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWork:
    """Comparisons, with the rooms they need."""

    kit: Kit
    books: Books
    archives: ArchiveWork

    def backups(
        self,
        one: BackupFile,
        other: BackupFile,
        code: Code,
        *,
        passwords: tuple[str | None, str | None] = (None, None),
    ) -> Difference:
        """Compare two backups; which is the older one need not be known.

        Raises UnknownAdministration when one of them does not hold these books.
        """
        first, second = passwords
        return difference(self._side(one, code, first), self._side(other, code, second))

    def with_today(
        self, file: BackupFile, code: Code, password: str | None, progress: Progress = SILENT
    ) -> Difference:
        """Compare a backup with the books as they are now. Raises as `Storage.snapshot` too."""
        then = self._side(file, code, password)
        return difference(then, today(self.books.get(code), self.kit, progress))

    def _side(self, file: BackupFile, code: Code, password: str | None) -> Side:
        found = self.archives.look_inside(file, password)
        administration = administration_in(found.manifest, code)
        if administration is None:
            raise UnknownAdministration(code=code)
        return backed_up(administration, found.made_at)
