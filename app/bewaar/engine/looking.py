"""The verbs that only look."""

from bewaar.engine.rooms import Rooms
from bewaar.errors import UnknownAdministration
from bewaar.model import (
    Backup,
    BackupId,
    Checklist,
    Code,
    DestinationId,
    Job,
    JobId,
    State,
)
from bewaar.overview import DestinationState, Overview
from bewaar.programs import Guide, Profile, ability_of
from bewaar.settings import Settings


class Looking(Rooms):
    """What can be asked; nothing changes by asking."""

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

    def program_guide(self) -> Guide:
        """Return what can be done for each program; the user's own profiles are read again."""
        shelf = self._books.restock()
        named = sorted(shelf.profiles, key=lambda profile: profile.name.casefold())
        return Guide(
            abilities=tuple(ability_of(each) for each in named if not each.general),
            refused=shelf.refused,
            folder=self.home.programs,
        )

    def checklist(self, number: int) -> Checklist:
        """Return what is to be done after one restore. Raises ChecklistUnknown."""
        return self._catalogue.checklists.get(number)

    def open_checklists(self, code: Code) -> tuple[Checklist, ...]:
        """Return what is still to be done after restores of an administration, newest first."""
        return self._catalogue.checklists.open_of(code)
