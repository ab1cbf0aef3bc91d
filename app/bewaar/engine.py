"""The front door: builds the rooms and offers their verbs to web, tray and command line.

No logic of its own. Every verb raises only classes of `bewaar.errors` and is safe from every
thread.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bewaar import restore as restoring
from bewaar.backup import BackupPlan
from bewaar.backup.tidy import remove
from bewaar.books import Books
from bewaar.catalogue import Catalogue
from bewaar.clock import Clock, SystemClock
from bewaar.errors import HomeUnwritable, KeyringUnavailable, UnknownAdministration
from bewaar.events import EventLog
from bewaar.jobs import JobQueue
from bewaar.kit import Kit
from bewaar.locate import Locator
from bewaar.model import (
    Administration,
    Backup,
    BackupId,
    Code,
    Destination,
    DestinationId,
    DestinationKind,
    Job,
    JobId,
    JobKind,
    State,
)
from bewaar.observe import Observer
from bewaar.operations import ArchiveWork, BackupWork, Inside, RestoreWork
from bewaar.overview import DestinationState, Overview
from bewaar.paths import Home
from bewaar.places import Places, unfinished
from bewaar.programs import Found, Profile
from bewaar.progress import Progress
from bewaar.pulse import Pulse
from bewaar.requests import BackupFile, BackupRequest, RestoreRequest
from bewaar.restore import RestorePlan, Undo
from bewaar.retention import check_removal
from bewaar.secrets import KeyringSecrets, Secrets, confirmed
from bewaar.settings import Settings, SettingsFile
from bewaar.storage.kinds import by_kind

CLOSING_SECONDS = 20.0  # how long running jobs get to stop cleanly


class Engine:
    """Everything Bewaar can do."""

    def __init__(
        self, home: Home, *, clock: Clock | None = None, secrets: Secrets | None = None
    ) -> None:
        """Open settings and catalogue, settle interrupted restores and jobs; start no thread.

        Raises SettingsDamaged, CatalogueNewer, HomeUnwritable.
        """
        clock = clock or SystemClock()
        try:
            home.create()
        except OSError as error:
            raise HomeUnwritable(folder=str(home.config), reason=str(error)) from error
        self.home = home
        self.events = EventLog()
        self._settings = SettingsFile(home.settings_file)
        self._secrets = secrets or KeyringSecrets()
        self._books = Books(self._settings)
        self._catalogue = Catalogue(home.catalogue_file)
        self._kit = Kit(
            home=home,
            clock=clock,
            catalogue=self._catalogue,
            storages=by_kind,
            layout_of=self._books.layout_of,
        )
        self._places = Places(settings=self._settings, home=home, events=self.events, clock=clock)
        self._observer = Observer(self._kit, self.events)
        self._jobs = JobQueue(home=home, catalogue=self._catalogue, events=self.events, clock=clock)
        self._archives = ArchiveWork(
            kit=self._kit,
            places=self._places,
            locator=Locator(catalogue=self._catalogue, open_destination=self._places.open),
            kept_password=self._password_at_hand,
        )
        self._backups = BackupWork(
            kit=self._kit,
            books=self._books,
            places=self._places,
            settings=self._settings,
            observer=self._observer,
            kept_password=self._secrets.get,
        )
        self._restores = RestoreWork(
            kit=self._kit,
            books=self._books,
            places=self._places,
            observer=self._observer,
            archives=self._archives,
        )
        self._pulse = Pulse(
            kit=self._kit,
            settings=self._settings,
            observer=self._observer,
            places=self._places,
            jobs=self._jobs,
            events=self.events,
        )
        self._pulse.settle_restores()
        self._places.suspect(job.destination for job in self._jobs.interrupted if job.destination)

    # ── living ──────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Let jobs run, watch the books, look at everything once."""
        self._jobs.start()
        self._pulse.start()
        if self._catalogue.must_rebuild:
            for destination in self._places.all():
                self.start_rebuild(destination.id)

    def close(self) -> None:
        """Stop jobs and threads; what was running is undone or left to be settled."""
        self._pulse.close()
        self._jobs.close(timeout=CLOSING_SECONDS)
        self._catalogue.close()

    def tick(self) -> None:
        """Look, judge and remind; to be called every 30 seconds."""
        self._pulse.tick()

    def look_at_drives(self) -> None:
        """Publish which drives were plugged in or out; to be called every 2 seconds."""
        self._places.look_at_drives()

    def scan(self) -> None:
        """Look at every administration now."""
        self._pulse.scan()

    # ── looking ─────────────────────────────────────────────────────────────────────────────

    def overview(self) -> Overview:
        """Return everything Today and the tray icon need."""
        return self._pulse.overview()

    def state(self, code: Code) -> State:
        """Return how one administration stands. Raises UnknownAdministration."""
        for state in self._pulse.states():
            if state.administration.code == code:
                return state
        raise UnknownAdministration(code=code)

    def history(self, code: Code) -> tuple[Backup, ...]:
        """Return an administration's backups, newest first. Raises UnknownAdministration."""
        self._books.get(code)
        return self._catalogue.backups.of(code)

    def backup(self, id: BackupId) -> Backup:
        """Return one backup. Raises BackupUnknown."""
        return self._catalogue.backups.get(id)

    def destinations(self) -> tuple[DestinationState, ...]:
        """Return every destination and whether it can be used now."""
        return self._places.states()

    def backups_at(self, id: DestinationId) -> tuple[Backup, ...]:
        """Return what lies at a destination, newest first."""
        return self._catalogue.backups.at(id)

    def jobs(self, *, limit: int = 100) -> tuple[Job, ...]:
        """Return the latest jobs, newest first."""
        return self._jobs.newest(limit)

    def job(self, id: JobId) -> Job:
        """Return one job as it is now. Raises JobUnknown."""
        return self._jobs.get(id)

    def settings(self) -> Settings:
        """Return what the user chose."""
        return self._settings.current()

    def programs(self) -> tuple[Profile, ...]:
        """Return the bookkeeping programs that are known."""
        return self._books.profiles()

    # ── setting up ──────────────────────────────────────────────────────────────────────────

    def find(self, roots: Sequence[Path] = ()) -> tuple[Found, ...]:
        """Search for books in the programs' own folders and below the folders named."""
        return self._books.find(roots)

    def add(
        self,
        place: Path,
        *,
        name: str | None = None,
        code: Code | None = None,
        program: str | None = None,
    ) -> Administration:
        """Keep the books at a place from now on."""
        added = self._books.add(place, name=name, code=code, program=program)
        self._pulse.rewatch()
        self._observer.look(added)
        return added

    def change_administration(self, code: Code, **changes: Any) -> Administration:
        """Change fields of an administration, all but its code."""
        changed = self._books.change(code, changes)
        self._pulse.rewatch()
        return changed

    def forget(self, code: Code) -> None:
        """Keep an administration no longer; its books and backups stay where they are."""
        self._books.forget(code)
        self._observer.forget(code)
        self._pulse.rewatch()

    def add_destination(
        self,
        folder: Path,
        *,
        name: str | None = None,
        kind: DestinationKind = DestinationKind.FOLDER,
        make_folder: bool = False,
        occasional: bool = False,
    ) -> Destination:
        """Set up a destination; of a drive `folder` is its mount point."""
        added = self._places.add(
            folder, name=name, kind=kind, make_folder=make_folder, occasional=occasional
        )
        self.events.publish("settings.changed")
        return added

    def destination(self, name_or_folder: str, *, make_folder: bool = False) -> Destination:
        """Return a destination by its name or id, or a folder as an occasional one."""
        return self._places.resolve(name_or_folder, make_folder=make_folder)

    def change_destination(self, id: DestinationId, **changes: Any) -> Destination:
        """Change fields of a destination, all but its id."""
        return self._places.change(id, changes)

    def forget_destination(self, id: DestinationId) -> None:
        """Use a destination no longer; its files stay."""
        self._places.forget(id)

    def change_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        """Change what the user chose and return it."""
        changed = self._settings.change(change)
        self.events.publish("settings.changed")
        return changed

    def keep_password(self, password: str, confirmation: str) -> None:
        """Keep the password for backups in the computer's password store."""
        self._secrets.set(confirmed(password, confirmation))

    def password_kept(self) -> bool:
        """Return whether a password is kept; a store that cannot be asked keeps none."""
        return self._password_at_hand() is not None

    def forget_password(self) -> None:
        """Remove the kept password."""
        self._secrets.forget()

    # ── doing ───────────────────────────────────────────────────────────────────────────────

    def plan_backup(self, request: BackupRequest) -> BackupPlan:
        """Return the summary of a backup before anything happens."""
        return self._backups.plan(request)

    def start_backup(self, request: BackupRequest) -> Job:
        """Queue the backups of a request."""
        self._backups.check(request)
        return self._jobs.submit(
            JobKind.BACKUP,
            lambda progress: self._backups.back_up(request, progress),
            destination=request.destination,
            codes=request.codes,
        )

    def look_inside(self, file: BackupFile, password: str | None = None) -> Inside:
        """Open a backup as far as its list of contents."""
        return self._archives.look_inside(file, password)

    def start_verify(self, file: BackupFile, password: str | None = None) -> Job:
        """Queue reading a backup back to its end."""
        known = self._archives.locator.known(file)
        return self._jobs.submit(
            JobKind.VERIFY,
            lambda progress: self._archives.verify(file, password, progress),
            destination=known.destination if known else file.destination,
            codes=known.codes if known else (),
        )

    def plan_restore(self, request: RestoreRequest) -> RestorePlan:
        """Return what a restore would do and what would be lost."""
        return self._restores.plan(request)

    def start_restore(self, request: RestoreRequest) -> Job:
        """Queue a restore. Raises what `plan_restore` raises, and NameNotTyped."""
        self._restores.check(request)
        known = self._archives.locator.known(request.file)
        return self._jobs.submit(
            JobKind.RESTORE,
            lambda progress: self._restores.restore(request, progress),
            destination=known.destination if known else request.file.destination,
            codes=(request.over or request.code,),
        )

    def undoable(self, code: Code) -> Undo | None:
        """Return the last restore of an administration that can be undone."""
        return restoring.undoable(self._books.get(code), self._kit)

    def start_undo(self, code: Code) -> Job:
        """Queue putting back what the last restore replaced."""
        self._books.get(code)
        return self._jobs.submit(
            JobKind.UNDO, lambda progress: self._restores.undo(code, progress), codes=(code,)
        )

    def start_rebuild(self, destination: DestinationId) -> Job:
        """Queue making the index of a destination again from its files."""
        return self._jobs.submit(
            JobKind.REBUILD,
            lambda progress: self._archives.rebuild(destination, progress),
            destination=destination,
        )

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

    def read_recoveries(self) -> None:
        """Note that somebody has read what became of interrupted restores."""
        self._catalogue.recoveries.read_all()

    def remind_tomorrow(self) -> None:
        """Stay quiet about what is overdue until tomorrow."""
        self._pulse.snooze()

    def lock_backup(self, id: BackupId, *, locked: bool) -> None:
        """Lock a backup against removal, or unlock it."""
        self._catalogue.backups.get(id)
        self._catalogue.backups.lock(id, locked=locked)

    def remove_backup(self, id: BackupId) -> None:
        """Remove a backup for good. Raises BackupLocked when it must stay."""
        backup = self._catalogue.backups.get(id)
        check_removal(backup, self._catalogue.backups.at(backup.destination))
        with self._jobs.turn(backup.destination):
            remove(backup, self._places.open(backup.destination), self._kit)

    def remove_unfinished(self, id: DestinationId) -> int:
        """Remove the files that interrupted backups left, never a backup; return how many.

        Raises DestinationBusy while a job works there.
        """
        with self._jobs.turn(id):
            to = self._places.open(id)
            names = unfinished(to)
            for name in names:
                to.remove(name)
        self._places.trust(id)
        return len(names)

    def trust_clock(self) -> None:
        """Take the computer's time as right, although it went back."""
        self._pulse.trust_clock()

    def _password_at_hand(self) -> str | None:
        """Return the kept password; when the store cannot be asked, the user is."""
        try:
            return self._secrets.get()
        except KeyringUnavailable:
            return None
