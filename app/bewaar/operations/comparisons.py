"""Comparing what two backups hold of the same books, or one backup with today's books."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from bewaar.books import Books
from bewaar.compare import Difference, Side, backed_up, difference, today
from bewaar.errors import UnknownAdministration
from bewaar.jobs import Outcome
from bewaar.kit import Kit
from bewaar.model import Code, Job
from bewaar.operations.archives import ArchiveWork
from bewaar.progress import SILENT, Progress, Stage
from bewaar.requests import BackupFile
from bewaar.verify import administration_in

KEPT = 8  # comparisons with today, until another one or the end of Bewaar


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWork:
    """Comparisons, with the rooms they need."""

    kit: Kit
    books: Books
    archives: ArchiveWork
    made: OrderedDict[str, Difference] = field(default_factory=OrderedDict)  # by jobs, the latest

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
        progress.stage(Stage.CHECKING, file.name)
        then = self._side(file, code, password)
        return difference(then, today(self.books.get(code), self.kit, progress))

    def compare(
        self, file: BackupFile, code: Code, password: str | None, progress: Progress
    ) -> Outcome:
        """Compare with today as a job, and keep what was found for whoever asked."""
        key = uuid.uuid4().hex
        self.made[key] = self.with_today(file, code, password, progress)
        while len(self.made) > KEPT:
            self.made.popitem(last=False)
        return Outcome(result={"comparison": key})

    def found(self, job: Job) -> Difference | None:
        """Return what a job found; None when it found nothing, or that is forgotten."""
        return self.made.get(str(job.result.get("comparison")))

    def _side(self, file: BackupFile, code: Code, password: str | None) -> Side:
        found = self.archives.look_inside(file, password)
        administration = administration_in(found.manifest, code)
        if administration is None:
            raise UnknownAdministration(code=code)
        return backed_up(administration, found.made_at)
