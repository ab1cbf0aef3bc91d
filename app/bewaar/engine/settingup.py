"""The verbs that change what the user chose."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bewaar.engine.rooms import Rooms
from bewaar.model import (
    Administration,
    Code,
    Destination,
    DestinationId,
    DestinationKind,
)
from bewaar.operations import Older
from bewaar.programs import Found
from bewaar.secrets import confirmed
from bewaar.settings import Settings


class SettingUp(Rooms):
    """Administrations, destinations, settings, the kept password."""

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
        vault: bool = False,
    ) -> Administration:
        """Keep the books at a place from now on, or each new backup that its program puts there."""
        added = self._books.add(place, name=name, code=code, program=program, vault=vault)
        self._catalogue.vaults.begin(added.code, self._kit.clock.now())
        self._pulse.rewatch()
        self._observer.look(added)
        return added

    def change_administration(self, code: Code, **changes: Any) -> Administration:
        """Change fields of an administration, all but its code."""
        before = self._books.get(code)
        changed = self._books.change(code, changes)
        if changed.vault and not before.vault:
            self._catalogue.vaults.begin(code, self._kit.clock.now())
        self._pulse.rewatch()
        return changed

    def older(self, code: Code) -> Older:
        """Return which backups of its program were there before each new one was wanted."""
        return self._older.older(code)

    def want_older(self, code: Code) -> Older:
        """Let those of them that have room be stored too, and return them."""
        wanted = self._older.want(code)
        self._observer.look(self._books.get(code))
        return wanted

    def add_extra(self, code: Code, folder: Path) -> Administration:
        """Let a folder outside belong to an administration's backups too."""
        changed = self._books.add_extra(code, folder)
        self._pulse.rewatch()
        self._observer.look(changed)
        return changed

    def remove_extra(self, code: Code, folder: Path) -> Administration:
        """Let a folder belong to an administration's backups no longer; it stays where it is."""
        changed = self._books.remove_extra(code, folder)
        self._pulse.rewatch()
        self._observer.look(changed)
        return changed

    def forget(self, code: Code) -> None:
        """Keep an administration no longer; its books and backups stay where they are."""
        place = self._books.get(code).place
        self._books.forget(code)
        self._servers.forget(place)
        self._observer.forget(code)
        self._catalogue.checklists.forget(code)
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
