"""The catalogue: a rebuildable index of backups, jobs and what was last seen.

The truth is the archives at the destinations; losing the catalogue loses no backup. One
connection behind a lock; several processes may use the file at once.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from bewaar.catalogue.attempts import Attempts
from bewaar.catalogue.backups import Backups
from bewaar.catalogue.checklists import Checklists
from bewaar.catalogue.database import Database
from bewaar.catalogue.jobs import Failures, Jobs
from bewaar.catalogue.opening import open_database
from bewaar.catalogue.sightings import Facts, Observations, Recoveries
from bewaar.catalogue.vaults import Vaults


class Catalogue:
    """The index, one small table room for each kind of thing."""

    def __init__(self, file: Path) -> None:
        """Open or make the catalogue. Raises CatalogueNewer, HomeUnwritable."""
        connection, self.set_aside = open_database(file)
        self._database = Database(connection, file)
        self.backups = Backups(self._database)
        self.jobs = Jobs(self._database)
        self.failures = Failures(self._database)
        self.observations = Observations(self._database)
        self.recoveries = Recoveries(self._database)
        self.facts = Facts(self._database)
        self.attempts = Attempts(self._database)
        self.checklists = Checklists(self._database)
        self.vaults = Vaults(self._database)

    def change(self) -> AbstractContextManager[object]:
        """Write what is written in the block together, or none of it."""
        return self._database.change()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def newest_moment(self) -> datetime | None:
        """Return the latest time the catalogue has ever written, to notice a clock set back."""
        return self.facts.moment("newest_moment")
