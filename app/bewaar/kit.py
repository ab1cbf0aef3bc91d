"""What the verbs work with: the clock, the catalogue, storages and programs, Bewaar's own folders.

Built once by the engine; a verb takes it as one argument and knows no concrete storage.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.catalogue import Catalogue
from bewaar.clock import Clock
from bewaar.model import Administration, Counts, DestinationId, Layout, Source, Vault
from bewaar.paths import Home
from bewaar.programs import Profile
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import Connection, load
from bewaar.storage.base import Answering, Storage, Vaulted
from bewaar.storage.extras import WithExtras
from bewaar.verify import Prover, Storages


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """The tools on the bench."""

    home: Home
    clock: Clock
    catalogue: Catalogue
    storages: Storages
    layout_of: Callable[[Administration], Layout]  # as the administration's profile says
    profile_of: Callable[[str], Profile | None]  # by a program's id; None = not known here
    server: Callable[[Connection], DatabaseServer]  # with the password that is kept for it

    @property
    def prover(self) -> Prover:
        """Read backups back with these storages."""
        return Prover(storages=self.storages, scratch=self.home.snapshots, clock=self.clock)

    def storage(self, administration: Administration) -> Storage:
        """Return the storage an administration lies in."""
        storage = self.storages(administration.storage)
        return WithExtras(books=storage) if administration.extras else storage

    def server_of(self, place: Path) -> DatabaseServer:
        """Return the server of an administration that is a database. Raises as `load`."""
        return self.server(load(place))

    def vault(self, administration: Administration) -> Vault | None:
        """Return what lies where a program puts its own backups; None for other books.

        Raises SourceGone, SourceUnreadable, SourceBusy.
        """
        books = self.vaulted(administration)
        return books.vault(self.source(administration)) if books else None

    def vaulted(self, administration: Administration) -> Vaulted | None:
        """Return the storage of the backups that a program makes itself; None for other books."""
        books = self.storages(administration.storage)
        return books if isinstance(books, Vaulted) else None

    def counts_now(self, administration: Administration) -> Counts | None:
        """Return what live books hold that can be asked; None for others.

        Raises as `Storage.snapshot`.
        """
        books = self.storages(administration.storage)
        if not isinstance(books, Answering):
            return None
        return books.counts_now(self.source(administration))

    def source(self, administration: Administration, to: DestinationId | None = None) -> Source:
        """Return what a storage needs to know to read it: what is new at `to`, else anywhere."""
        known = self.catalogue.vaults
        return Source(
            place=administration.place,
            layout=self.layout_of(administration),
            documents=administration.documents,
            extras=administration.extras,
            stored=known.stored(administration.code, to) if administration.vault else None,
        )


def with_documents(administration: Administration, documents: bool | None) -> Administration:  # noqa: FBT001
    """Return the administration with document copies in or out for this time."""
    if documents is None:
        return administration
    return replace(administration, documents=documents)
