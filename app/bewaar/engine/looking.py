"""The verbs that only look."""

from bewaar.engine.rooms import Rooms
from bewaar.errors import UnknownAdministration
from bewaar.model import (
    Backup,
    BackupId,
    Checklist,
    Code,
    DestinationId,
    Drop,
    Job,
    JobId,
    Note,
    OpenState,
    State,
)
from bewaar.operations import Outside
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

    def open_state(self, code: Code) -> OpenState:
        """Return who has an administration open now. Raises UnknownAdministration."""
        return self._closing.open_state(code)

    def history(self, code: Code) -> tuple[Backup, ...]:
        """Return an administration's backups, newest first. Raises UnknownAdministration."""
        self._books.get(code)
        return self._catalogue.backups.of(code)

    def numbered_history(self, code: Code) -> tuple[tuple[int, Backup], ...]:
        """Return the same with their numbers: the newest is 1, copies of one share its number."""
        history = self.history(code)
        numbers = {id: nr for nr, id in enumerate(dict.fromkeys(b.id for b in history), 1)}
        return tuple((numbers[backup.id], backup) for backup in history)

    def backup(self, id: BackupId, destination: DestinationId | None = None) -> Backup:
        """Return one backup, of several copies the one there. Raises BackupUnknown."""
        return self._archives.find(id, destination)

    def drop(self, code: Code) -> Drop | None:
        """Return that its transactions became fewer, unless somebody has said that it is right."""
        return self._findings.drop(code)

    def findings(self, backup: Backup) -> tuple[Note, ...]:
        """Return what was found out about the books when a backup was made."""
        return self._findings.of(backup)

    def taken_open(self, backup: Backup, code: Code) -> Note | None:
        """Return what it means that the books were open when a backup was made of them."""
        inside = (content for content in backup.contents if content.code == code)
        return next(filter(None, map(self._findings.taken_open, inside)), None)

    def destinations(self) -> tuple[DestinationState, ...]:
        """Return every destination and whether it can be used now."""
        return self._places.states()

    def backups_at(self, id: DestinationId) -> tuple[Backup, ...]:
        """Return what lies at a destination, newest first."""
        return self._catalogue.backups.at(id)

    def removals(self, id: DestinationId, *, limit: int = 20) -> tuple[Job, ...]:
        """Return which backups somebody removed from a destination, the latest first."""
        return self._catalogue.jobs.removals(id, limit)

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

    def program_of(self, code: Code) -> str:
        """Return the name of the program that works in an administration; "" when it is none."""
        id = self._books.get(code).program
        names = {each.id: each.name for each in self._books.profiles() if not each.general}
        return names.get(id, "")

    def program_guide(self) -> Guide:
        """Return what can be done for each program; the user's own profiles are read again."""
        shelf = self._books.restock()
        named = sorted(shelf.profiles, key=lambda profile: profile.name.casefold())
        return Guide(
            abilities=tuple(ability_of(each) for each in named if not each.general),
            refused=shelf.refused,
            folder=self.home.programs,
        )

    def outside(self, code: Code) -> Outside | None:
        """Return which files the books name that no backup holds; None where nobody can tell."""
        return self._references.outside(code)

    def checklist(self, number: int) -> Checklist:
        """Return what is to be done after one restore. Raises ChecklistUnknown."""
        return self._catalogue.checklists.get(number)

    def open_checklists(self, code: Code) -> tuple[Checklist, ...]:
        """Return what is still to be done after restores of an administration, newest first."""
        return self._catalogue.checklists.open_of(code)
