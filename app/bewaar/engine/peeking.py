"""The verbs that look into backups: one document, and what changed between two of them."""

from pathlib import Path

from bewaar.compare import Difference
from bewaar.engine.rooms import Rooms
from bewaar.model import Code, Job, JobId, JobKind
from bewaar.operations import Inside
from bewaar.requests import BackupFile, CompareRequest


class Peeking(Rooms):
    """What can be seen of a backup without restoring it."""

    def leaf_through(self, file: BackupFile, password: str | None = None) -> Inside:
        """Look inside; the same file again, soon after, is answered from memory."""
        return self._documents.leaf(file, password)

    def open_document(
        self, file: BackupFile, code: Code, path: str, password: str | None = None
    ) -> Path:
        """Open one document of a backup in a private copy, and return where that lies."""
        return self._documents.open(file, code, path, password)

    def save_document(
        self, file: BackupFile, code: Code, path: str, into: Path, password: str | None = None
    ) -> Path:
        """Save one document of a backup to a folder, and return where it lies."""
        return self._documents.save(file, code, path, into, password)

    def compare(self, request: CompareRequest) -> Difference:
        """Compare what two backups hold of an administration, or one with the books now."""
        return self._comparisons.between(request)

    def start_comparison(self, request: CompareRequest) -> Job:
        """Queue a comparison. Raises what opening the backups raises."""
        self._books.get(request.code)
        for file, password in zip((request.one, request.other), request.passwords, strict=True):
            if file is not None:
                self._archives.try_password(file, password)
        return self._jobs.submit(
            JobKind.COMPARE,
            lambda progress: self._comparisons.compare(request, progress),
            codes=(request.code,),
        )

    def comparison(self, id: JobId) -> Difference | None:
        """Return what a comparison found; None while it runs, or when that is forgotten."""
        return self._comparisons.found(self._jobs.get(id))
