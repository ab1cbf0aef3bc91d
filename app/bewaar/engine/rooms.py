"""How the rooms of the engine hang together.

The only place that names concrete storages, secrets and clocks.
"""

from bewaar.books import Books
from bewaar.catalogue import Catalogue
from bewaar.clock import Clock, SystemClock
from bewaar.errors import KeyringUnavailable
from bewaar.events import EventLog
from bewaar.jobs import JobQueue, Request, Work
from bewaar.kit import Kit
from bewaar.locate import Locator
from bewaar.model import DestinationId, Job, JobKind, JobState
from bewaar.observe import Observer
from bewaar.operations import (
    ArchiveWork,
    BackupWork,
    ClosingWork,
    CompareWork,
    CopyWork,
    DocumentWork,
    FindingsWork,
    OlderWork,
    ReferenceWork,
    RestoreWork,
    SalvageWork,
    ServerWork,
)
from bewaar.paths import Home, unwritable
from bewaar.peek import Recent
from bewaar.places import Places
from bewaar.pulse import Pulse
from bewaar.requests import BackupRequest, CopyRequest, RebuildRequest, VerifyRequest
from bewaar.scratch import sweep
from bewaar.secrets import KeyringSecrets, Secrets
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import Connection
from bewaar.servers.kinds import server_at
from bewaar.settings import SettingsFile
from bewaar.storage.kinds import by_kind
from bewaar.unasked import Unasked

LOOKED_BACK = 100  # jobs


class Rooms:
    """The rooms of the engine, built once, in the order in which they need each other."""

    def __init__(
        self, home: Home, *, clock: Clock | None = None, secrets: Secrets | None = None
    ) -> None:
        """Open settings and catalogue, settle interrupted restores and jobs; start no thread.

        Raises CatalogueNewer, HomeUnwritable, HomeFull.
        """
        clock = clock or SystemClock()
        try:
            home.create()
        except OSError as error:
            raise unwritable(error, home.config) from error
        self.home = home
        self.events = EventLog()
        self._settings = SettingsFile(home.settings_file)
        self._secrets = secrets or KeyringSecrets()
        self._books = Books(self._settings, home)
        self._catalogue = Catalogue(home.catalogue_file)
        self._kit = Kit(
            home=home,
            clock=clock,
            catalogue=self._catalogue,
            storages=lambda kind: by_kind(kind, self._server),
            layout_of=self._books.layout_of,
            profile_of=self._books.profile_of,
            server=self._server,
        )
        self._places = Places(
            settings=self._settings,
            home=home,
            events=self.events,
            clock=clock,
            facts=self._catalogue.facts,
        )
        self._observer = Observer(self._kit, self.events)
        self._jobs = JobQueue(home=home, catalogue=self._catalogue, events=self.events, clock=clock)
        self._furnish_archives()
        self._furnish_books()
        self._pulse = self._made_pulse()
        self._runs = False  # whether it was started, to stay
        self._indexing: set[DestinationId] = set()  # asked for in this run; one attempt is enough
        self._settle()

    def _furnish_archives(self) -> None:
        """Build the works that make backups, read them and give books back."""
        self._archives = ArchiveWork(
            kit=self._kit,
            places=self._places,
            locator=Locator(catalogue=self._catalogue, open_destination=self._places.open),
            kept_password=self._password_at_hand,
        )
        self._references = ReferenceWork(kit=self._kit, books=self._books)
        self._backups = BackupWork(
            kit=self._kit,
            books=self._books,
            places=self._places,
            settings=self._settings,
            observer=self._observer,
            references=self._references,
            kept_password=self._secrets.get,
        )
        self._restores = RestoreWork(
            kit=self._kit,
            books=self._books,
            places=self._places,
            observer=self._observer,
            archives=self._archives,
        )
        self._copies = CopyWork(kit=self._kit, places=self._places, archives=self._archives)
        self._documents = DocumentWork(
            kit=self._kit,
            books=self._books,
            archives=self._archives,
            recent=Recent(self._kit.clock),
        )
        self._comparisons = CompareWork(kit=self._kit, books=self._books, archives=self._archives)
        self._salvages = SalvageWork(
            kit=self._kit,
            books=self._books,
            archives=self._archives,
            language=lambda: self._settings.current().language,
        )

    def _furnish_books(self) -> None:
        """Build the works that look at books and at what somebody does in them."""
        self._closing = ClosingWork(
            kit=self._kit, books=self._books, settings=self._settings, events=self.events
        )
        self._findings = FindingsWork(kit=self._kit)
        self._older = OlderWork(
            kit=self._kit, books=self._books, places=self._places, settings=self._settings
        )
        self._servers = ServerWork(
            home=self.home, books=self._books, secrets=self._secrets, open=server_at
        )

    def _made_pulse(self) -> Pulse:
        return Pulse(
            kit=self._kit,
            settings=self._settings,
            observer=self._observer,
            places=self._places,
            jobs=self._jobs,
            unasked=Unasked(
                kit=self._kit,
                settings=self._settings,
                places=self._places,
                jobs=self._jobs,
                kept_password=self._secrets.get,
                back_up=self.start_backup,
            ),
            events=self.events,
        )

    def _settle(self) -> None:
        """Clear up what earlier runs left: copies, restores and jobs that were cut short."""
        sweep(self.home.snapshots)
        self._pulse.settle_restores()
        self._places.suspect(
            job.destination
            for job in self._jobs.newest(LOOKED_BACK)  # an earlier start may have been cut short
            if job.destination and job.state is JobState.INTERRUPTED
        )
        self._places.sweep_safety(self._jobs.is_alone)

    def start_backup(self, request: BackupRequest) -> Job:
        """Queue the backups of a request, to begin when the books are closed if it says so."""
        self._backups.check(request)
        job = self._jobs.submit(
            JobKind.BACKUP,
            self._work_for(request),
            destination=request.destination,
            codes=request.codes,
            request=request,
            by_itself=request.by_itself,
            gate=self._closing.gate_for(request),
        )
        if request.wait_until_closed:
            self._closing.ask(request.codes, job.id)
        return job

    def _work_for(self, request: Request) -> Work:
        """Return what a job does that was asked for so, now or before a restart."""
        match request:
            case BackupRequest():
                return lambda progress: self._backups.back_up(request, progress)
            case CopyRequest():
                return lambda progress: self._copies.copy(request, progress)
            case VerifyRequest():
                return lambda progress: self._archives.verify(
                    request.file, request.password, progress
                )
            case RebuildRequest():
                return lambda progress: self._archives.rebuild(request.destination, progress)

    def _server(self, connection: Connection) -> DatabaseServer:
        """Return the server a connection leads to; when it wants a password, it says so."""
        try:
            password = None if connection.windows_login else self._secrets.get(connection.account)
        except KeyringUnavailable:
            password = None
        return server_at(connection, password)

    def _password_at_hand(self) -> str | None:
        """Return the kept password; when the store cannot be asked, the user is."""
        try:
            return self._secrets.get()
        except KeyringUnavailable:
            return None
