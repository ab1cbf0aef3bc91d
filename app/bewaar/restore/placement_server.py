"""Books that come as a database: the dump is unpacked and checked here, then loaded there.

What is loaded is counted on the server before anything is renamed. New books get a database of
their own, made for them under a name that was free; books that are replaced keep theirs under
another name.
"""

import re
import unicodedata
import uuid
from dataclasses import replace
from datetime import datetime

from bewaar.archive import Archive
from bewaar.errors import (
    BackupDamaged,
    DatabaseTaken,
    DatabaseUnmovable,
    Fault,
    HomeFull,
    ServerRights,
    TargetExists,
)
from bewaar.files import exists, free_space
from bewaar.model import Code
from bewaar.progress import Progress, Stage
from bewaar.restore.ground_server import ServerGround
from bewaar.restore.journal import Databases, Journal, Step, Swap
from bewaar.restore.placement import Delivery
from bewaar.restore.single import main_file
from bewaar.restore.staging import stage
from bewaar.scratch import scratch_folder
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import ServerKind, load, save, told

LONGEST = 63  # bytes of a name that every kind of server can hold
TRIES = 50  # of names for a new database


class ServerPlacement:
    """A delivery to a database server."""

    def __init__(self, delivery: Delivery) -> None:
        """Look up how the server is reached; nothing is asked yet. Raises as `load`."""
        self._delivery = delivery
        self._found = delivery.found
        self._place = delivery.target.place
        self._replaces = delivery.target.replaces is not None
        via = None if self._replaces else delivery.request.into
        self._connection = load(via or self._place)

    def check(self) -> None:
        """Raise HomeFull without room to unpack the dump, DatabaseUnmovable, what servers raise."""
        folder, needed = self._delivery.kit.home.cache, self._found.content.size
        free = free_space(folder)
        if free is not None and free < needed:
            raise HomeFull(folder=str(folder), needed=needed, free=free)
        here = self._connection.database
        stuck = self._server.unmovable(here) if self._replaces and self.there() else ()
        if stuck:
            raise DatabaseUnmovable(database=here, what=", ".join(stuck))
        self._server.version()

    def there(self) -> bool:
        """Whether there is a database to be replaced."""
        return self._server.exists(self._connection.database)

    def begin(self, number: int) -> Swap:
        """Return a swap of databases; for new books none is meant yet."""
        replaced = self._delivery.target.replaces
        id, now = uuid.uuid4().hex, self._delivery.kit.clock.now()
        return Swap(
            id=id,
            number=number,
            step=Step.STAGING,
            code=replaced.code if replaced else Code(""),
            name=replaced.name if replaced else self._delivery.request.new_name,
            place=self._place,
            single_file=self._found.content.single_file,
            had_old=replaced is not None and self.there(),
            backup=self._delivery.manifest.id,
            made_at=now,
            databases=self._beside(id, now) if self._replaces else self._wanted(),
        )

    def claim(self, swap: Swap, journal: Journal) -> Swap:
        """Make a database under a free name, written down before as meant and then as made."""
        for name in self._names():
            if self._server.exists(name):
                continue
            meant = replace(_databases(swap), here=name, meant=name)
            journal.write(replace(swap, databases=meant))
            try:
                self._make(name)
            except DatabaseTaken:  # by now, or by one that this user may not see
                continue
            return self._claimed(
                replace(swap, databases=replace(meant, meant="", new=name)), journal
            )
        raise DatabaseTaken(server=self._connection.server, database=_databases(swap).here)

    def _claimed(self, swap: Swap, journal: Journal) -> Swap:
        try:
            journal.write(swap)
        except BaseException:
            self._server.drop(_databases(swap).new)
            raise
        return swap

    def fill(self, swap: Swap, archive: Archive, progress: Progress) -> None:
        """Load the dump into its database and count there what came."""
        new = _databases(swap).new
        with scratch_folder(self._delivery.kit.home.snapshots) as scratch:
            folder = scratch / "dump" / "new"
            stage(self._delivery, archive, folder, progress)
            progress.stage(Stage.PLACING, swap.name)
            if self._replaces:
                self._server.create(new, like=self._connection.database)
            self._server.load(new, folder / main_file(self._found), progress)
        self._compare(new, progress)

    def look_again(self) -> None:
        """Raise what the server raises when it does not answer any more."""
        self._server.version()

    def put(self, swap: Swap, journal: Journal) -> Swap:
        """Write down how the new database is reached; from then on nothing removes it."""
        here = _databases(swap).here
        ended = replace(swap, databases=Databases(here=here))
        if exists(self._place):
            raise TargetExists(place=str(self._place))
        save(self._place, replace(self._connection, database=here))
        try:
            journal.write(ended)
        except BaseException:
            self._place.unlink(missing_ok=True)
            raise
        return ended

    def ground(self, swap: Swap) -> ServerGround:
        """Return the databases of the swap."""
        return ServerGround(_databases(swap), lambda: self._server)

    @property
    def _origin(self) -> str:
        """The database the books came from, when it is the one by which the server is reached."""
        came = told(self._found.content.place)
        return came.database if came and came.same_database(self._connection) else ""

    @property
    def _server(self) -> DatabaseServer:
        return self._delivery.kit.server(self._connection)

    def _compare(self, database: str, progress: Progress) -> None:
        """Raise BackupDamaged unless the server holds as many rows of each table as were kept.

        A backup of SQL Server does not tell its rows: that server has checked what it loaded, and
        there must be tables.
        """
        wanted = dict(self._found.content.counts.tables)
        loaded = dict(self._server.rows(database, progress))
        untold = self._connection.kind is ServerKind.SQLSERVER and not wanted
        if not loaded if untold else loaded != wanted:
            raise BackupDamaged(file=self._found.content.name, detail="other rows were loaded")

    def _beside(self, id: str, now: datetime) -> Databases:
        """Return names that nobody has, for a database that takes the place of another."""
        here, day = self._connection.database, f"{now.astimezone():%Y%m%d}"
        return Databases(
            here=here,
            new=_named(here, f"_bewaar_new_{id[:8]}"),
            old=_named(here, f"_before_{day}_{id[:8]}"),
            undone=_named(here, f"_undone_{day}_{id[:8]}"),
        )

    def _wanted(self) -> Databases:
        return Databases(here=self._names()[0], via=str(self._delivery.request.into))

    def _names(self) -> list[str]:
        """Return names for a new database that resemble that of the new books."""
        wanted = database_name(self._delivery.request.new_name, self._found.content.code)
        return [_named(wanted, f"_{n}" if n > 1 else "") for n in range(1, TRIES + 1)]

    def _make(self, name: str) -> None:
        """Make a database like the one the books came from, where the user may do that."""
        try:
            self._server.create(name, like=self._origin)
        except ServerRights:
            if not self._origin:
                raise
            self._server.create(name)


def database_name(name: str, code: str) -> str:
    """Return a name any database can have: "Bäckerei Möller & Co" → "backerei_moller_co"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = "_".join(re.findall("[a-z0-9]+", plain)) or "_".join(re.findall("[a-z0-9]+", code))
    return _named(words if words[:1].isalpha() else f"books_{words}".rstrip("_"), "")


def _databases(swap: Swap) -> Databases:
    if swap.databases is None:
        raise Fault(kind="swap", detail=swap.id)
    return swap.databases


def _named(name: str, ending: str) -> str:
    room = LONGEST - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore") + ending
