"""Saving files from a damaged backup, as a job does it."""

from collections.abc import Callable
from dataclasses import dataclass

from bewaar.archive import Salvaged, Wreck, unlock_wreck
from bewaar.books import Books
from bewaar.errors import PasswordNeeded
from bewaar.jobs import Outcome
from bewaar.kit import Kit
from bewaar.locate import Located
from bewaar.messages import text
from bewaar.operations.archives import ArchiveWork
from bewaar.progress import Progress, Stage
from bewaar.requests import BackupFile, SalvageRequest
from bewaar.restore.salvage import check_salvage, salvage

MOST_NOTES = 1000  # lost files that a job names; the list in the folder names all


@dataclass(frozen=True, slots=True, kw_only=True)
class SalvageWork:
    """Salvage, with the rooms it needs."""

    kit: Kit
    books: Books
    archives: ArchiveWork
    language: Callable[[], str]

    def check(self, request: SalvageRequest) -> None:
        """Raise at once what the place would raise in the job, and TargetInside."""
        check_salvage(request)
        self.books.check_new(request.place, request.place.name)

    def unlock(self, file: BackupFile, password: str | None) -> None:
        """Raise what the password would raise in the job."""
        with self.archives.locator.open(file) as located:
            self._password(located, password)

    def salvage(self, request: SalvageRequest, progress: Progress) -> Outcome:
        """Save what can be saved from the backup of a request."""
        self.check(request)
        with self.archives.locator.open(request.file) as located:
            progress.stage(Stage.CHECKING, located.name)
            password = self._password(located, request.password)
            wreck = Wreck(located.stream, file=located.name, password=password, progress=progress)
            saved = salvage(
                request,
                wreck,
                self.kit,
                report=lambda saved: self._report(located.name, saved),
                progress=progress,
            )
        for lost in saved.lost[:MOST_NOTES]:
            progress.note(f"salvage.{lost.reason}", path=lost.path)
        if not saved.hashed:
            progress.note("salvage.sums")
        if not saved.complete:
            progress.note("salvage.unlisted")
        return Outcome(
            result={
                "place": str(request.place),
                "files": saved.files,
                "size": saved.size,
                "lost": len(saved.lost),
                "hashed": saved.hashed,
                "complete": saved.complete,
            }
        )

    def _password(self, located: Located, given: str | None) -> str | None:
        """Return the password that opens the file, None for a plain one.

        The one kept here is asked for only when one is needed. Raises PasswordNeeded,
        PasswordWrong, PasswordOrDamage, NothingSaved.
        """
        try:
            unlock_wreck(located.stream, file=located.name, password=given)
        except PasswordNeeded:
            if not (kept := self.archives.kept_password()):
                raise
            unlock_wreck(located.stream, file=located.name, password=kept)
            return kept
        return given

    def _report(self, file: str, saved: Salvaged) -> tuple[str, str]:
        lost = [(each.path, each.reason) for each in saved.lost]
        return text(self.language()).salvage_report(
            file, saved.files, lost, hashed=saved.hashed, complete=saved.complete
        )
