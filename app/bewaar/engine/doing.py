"""The verbs that do something: plans say what would happen, `start_*` queue a job."""

from bewaar import restore as restoring
from bewaar.backup import BackupPlan
from bewaar.engine.rooms import Rooms
from bewaar.model import (
    BackupId,
    Checklist,
    Code,
    DestinationId,
    Job,
    JobId,
    JobKind,
    Plea,
)
from bewaar.operations import Inside
from bewaar.operations.removals import check_reason, removal
from bewaar.places import unfinished
from bewaar.progress import Progress
from bewaar.requests import (
    BackupFile,
    BackupRequest,
    CopyRequest,
    RebuildRequest,
    RestoreRequest,
    SalvageRequest,
    VerifyRequest,
)
from bewaar.restore import RestorePlan, Undo

LATER = 3600.0  # seconds


class Doing(Rooms):
    """Backups, restores, proofs, and what becomes of them."""

    def plan_backup(self, request: BackupRequest) -> BackupPlan:
        """Return the summary of a backup before anything happens."""
        return self._backups.plan(request)

    def look_inside(self, file: BackupFile, password: str | None = None) -> Inside:
        """Open a backup as far as its list of contents."""
        return self._archives.look_inside(file, password)

    def start_verify(self, file: BackupFile, password: str | None = None) -> Job:
        """Queue reading a backup back to its end."""
        there = self._archives.locator.whereabouts(file)
        request = VerifyRequest(file=file, password=password)
        return self._jobs.submit(
            JobKind.VERIFY,
            self._work_for(request),
            destination=there.destination,
            codes=there.codes,
            file=there.file,
            request=request,
        )

    def start_copy(
        self, file: BackupFile, destination: DestinationId, password: str | None = None
    ) -> Job:
        """Queue copying a backup to a destination. Raises BackupThere, what opening it raises."""
        request = CopyRequest(file=file, destination=destination, password=password)
        self._copies.check(request)
        return self._jobs.submit(
            JobKind.COPY,
            self._work_for(request),
            destination=destination,
            codes=self._archives.locator.whereabouts(file).codes,
            request=request,
        )

    def plan_restore(self, request: RestoreRequest, inside: Inside | None = None) -> RestorePlan:
        """Return what a restore would do and what would be lost.

        `inside` spares opening the backup again, when it was looked into just now.
        """
        return self._restores.plan(request, inside)

    def start_restore(self, request: RestoreRequest, inside: Inside | None = None) -> Job:
        """Queue a restore. Raises what `plan_restore` raises, and NameNotTyped."""
        self._restores.check(request, inside)
        there = self._archives.locator.whereabouts(request.file)
        replaced = request.over or request.code
        job = self._jobs.submit(
            JobKind.RESTORE,
            lambda progress: self._restores.restore(request, progress),
            destination=there.destination,
            codes=(replaced,),
            file=there.file,
            gate=self._closing.gate((replaced,)) if request.wait_until_closed else None,
        )
        if request.wait_until_closed:
            self._closing.ask((replaced,), job.id)
        return job

    def unlock_damaged(self, file: BackupFile, password: str | None = None) -> None:
        """Try the password of a damaged backup; None: the kept one when it needs one.

        Raises PasswordNeeded, PasswordWrong, PasswordOrDamage, NothingSaved.
        """
        self._salvages.unlock(file, password)

    def start_salvage(self, request: SalvageRequest) -> Job:
        """Queue saving what can be saved from a damaged backup. Raises TargetExists, …Inside."""
        self._salvages.check(request)
        there = self._archives.locator.whereabouts(request.file)
        return self._jobs.submit(
            JobKind.SALVAGE,
            lambda progress: self._salvages.salvage(request, progress),
            destination=there.destination,
            codes=there.codes,
            file=there.file,
        )

    def undoable(self, code: Code) -> Undo | None:
        """Return the last restore of an administration that can be undone."""
        return restoring.undoable(self._books.get(code), self._kit)

    def tick_checklist(self, number: int, done: set[int]) -> Checklist:
        """Have these checks after a restore ticked off, and no others; counted from 0."""
        return self._catalogue.checklists.tick(number, done, self._kit.clock.now())

    def put_away_checklist(self, number: int) -> Checklist:
        """Show a list of things to do after a restore no longer, whatever is left."""
        return self._catalogue.checklists.put_away(number)

    def start_undo(self, code: Code) -> Job:
        """Queue putting back what the last restore replaced."""
        self._books.get(code)
        return self._jobs.submit(
            JobKind.UNDO, lambda progress: self._restores.undo(code, progress), codes=(code,)
        )

    def start_rebuild(self, destination: DestinationId) -> Job:
        """Queue making the index of a destination again. Raises DestinationUnknown."""
        self._places.get(destination)
        request = RebuildRequest(destination=destination)
        return self._jobs.submit(
            JobKind.REBUILD, self._work_for(request), destination=destination, request=request
        )

    def ask_to_close(self, job: JobId) -> None:
        """Ask whoever has open, on this computer, what a job waits for, to close it."""
        self._closing.ask(self._jobs.get(job).codes, job)

    def plea(self, job: JobId) -> Plea:
        """Return with what words to ask for the books a job waits for, and what follows."""
        return self._closing.plea(self._jobs.get(job).codes)

    def begin_now(self, job: JobId, *, although_open: bool = True) -> None:
        """Let a job that waits until books are closed begin at once.

        Raises SourceOpen where that is not to be and somebody surely has them open.
        """
        if not although_open:
            self._closing.check_closed(self._jobs.get(job).codes)
        self._jobs.begin_now(job)

    def begin_later(self, job: JobId) -> None:
        """Let a job that counts down until books are to be closed count an hour anew."""
        self._jobs.put_off(job, LATER)

    def wait(self, job: JobId, *, timeout: float | None = None) -> Job:
        """Wait until a job is over and return it."""
        return self._jobs.wait(job, timeout=timeout)

    def run(self, job: JobId, progress: Progress) -> Job:
        """Run a queued job in this thread and return it when it is over."""
        return self._jobs.run_here(job, progress)

    def cancel(self, job: JobId) -> None:
        """Ask a job to stop at its next safe point."""
        self._jobs.cancel(job)

    def read_failure(self, job: JobId) -> None:
        """Note that somebody has read a job's failures."""
        self._catalogue.failures.read(job)
        self.events.publish("administration.changed", code=None)

    def read_drop(self, code: Code) -> None:
        """Take somebody's word that fewer transactions are right."""
        self._findings.read_drop(code)
        self.events.publish("administration.changed", code=code)

    def read_recoveries(self) -> None:
        """Note that somebody has read what became of interrupted restores."""
        self._catalogue.recoveries.read_all()

    def remind_tomorrow(self) -> None:
        """Stay quiet about what is overdue until tomorrow."""
        self._pulse.snooze()

    def lock_backup(self, id: BackupId, *, locked: bool) -> None:
        """Lock a backup against removal, or unlock it."""
        self._archives.lock(id, locked=locked)

    def check_removal(self, id: BackupId, destination: DestinationId, *, reason: str = "") -> None:
        """Raise BackupLocked, BackupUnknown or InvalidValue when `remove_backup` would."""
        check_reason(reason)
        self._archives.removable(id, destination)

    def remove_backup(
        self, id: BackupId, *, destination: DestinationId | None = None, reason: str = ""
    ) -> None:
        """Remove a backup for good, of several copies the one there, and record who did and why.

        Raises BackupLocked when it must stay.
        """
        check_reason(reason)
        found = self._archives.find(id, destination)
        with self._jobs.turn(found.destination):
            removed = self._archives.remove(id, found.destination)
            self._jobs.record(
                JobKind.REMOVE,
                destination=removed.destination,
                codes=removed.codes,
                file=removed.file,
                result=removal(removed, reason),
            )

    def remove_unfinished(self, id: DestinationId) -> int:
        """Remove the files that interrupted backups left, never a backup; return how many.

        Raises DestinationBusy while a job works there.
        """
        to = self._places.open(id)
        with self._jobs.turn(id):
            names = unfinished(to)
            for name in names:
                to.remove(name)
        self._places.trust(id)
        return len(names)

    def trust_clock(self) -> None:
        """Take the computer's time as right, although it went back."""
        self._pulse.trust_clock()
