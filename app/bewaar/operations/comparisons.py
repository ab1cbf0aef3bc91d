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
from bewaar.requests import BackupFile, CompareRequest
from bewaar.verify import administration_in

KEPT = 8  # comparisons made by jobs, until another one or the end of Bewaar


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWork:
    """Comparisons, with the rooms they need."""

    kit: Kit
    books: Books
    archives: ArchiveWork
    made: OrderedDict[str, Difference] = field(default_factory=OrderedDict)  # by jobs, the latest

    def between(self, request: CompareRequest, progress: Progress = SILENT) -> Difference:
        """Compare two backups, whichever is the older one, or one with the books as they are now.

        Raises UnknownAdministration when a backup does not hold these books, and as
        `Storage.snapshot` does.
        """
        code, (first, second) = request.code, request.passwords
        one = self._side(request.one, code, first)
        if request.other is not None:
            return difference(one, self._side(request.other, code, second))
        return difference(one, today(self.books.get(code), self.kit, progress))

    def compare(self, request: CompareRequest, progress: Progress) -> Outcome:
        """Compare as a job, and keep what was found for whoever asked."""
        progress.stage(Stage.CHECKING)
        key = uuid.uuid4().hex
        self.made[key] = self.between(request, progress)
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
