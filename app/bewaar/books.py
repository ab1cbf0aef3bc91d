"""The administrations the user keeps: found, added, changed, forgotten.

They live in the settings, so that they outlast the catalogue. Forgetting one removes nothing but
the entry: its books and its backups stay where they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bewaar import programs
from bewaar.errors import (
    AdministrationExists,
    DestinationInside,
    ExtraInside,
    InvalidValue,
    ProgramUnknown,
    SourceGone,
    SourceUnreadable,
    TargetInside,
    UnknownAdministration,
    VaultUnfit,
)
from bewaar.files import inside, overlap
from bewaar.model import VENDOR, Administration, Code, Layout
from bewaar.paths import Home
from bewaar.programs import Found, Keeps, Profile, Shelf
from bewaar.settings import (
    Settings,
    SettingsFile,
    check_code,
    check_folder,
    check_word,
    new_code,
)
from bewaar.storage.kinds import best_for, by_kind


class Books:
    """The administrations of this user."""

    def __init__(self, settings: SettingsFile, home: Home) -> None:
        """Read and write them in the settings; `home` is no part of any books."""
        self._settings = settings
        self._home = home
        self._shelf = self.restock()

    def all(self) -> tuple[Administration, ...]:
        """Return every administration, in the order they were added."""
        return self._settings.current().administrations

    def get(self, code: Code) -> Administration:
        """Return one. Raises UnknownAdministration."""
        for administration in self.all():
            if administration.code == code:
                return administration
        raise UnknownAdministration(code=code)

    def profiles(self) -> tuple[Profile, ...]:
        """Return the programs that are known."""
        return self._shelf.profiles

    def profile_of(self, program: str) -> Profile | None:
        """Return what is known of a program; None when it is not known here."""
        return next((each for each in self._shelf.profiles if each.id == program), None)

    def program_of(self, tables: Sequence[str], storage: str) -> str:
        """Return the id of the program whose tables lie in a database on a server."""
        return programs.program_of(tables, storage, self._shelf.profiles)

    def restock(self) -> Shelf:
        """Read the user's own profiles again, and return all with those that cannot be used."""
        self._shelf = programs.stocked(programs.load(), self._home.programs)
        return self._shelf

    def layout_of(self, administration: Administration) -> Layout:
        """Return what of its place belongs to an administration, as its program says."""
        profile = self.profile_of(administration.program)
        return profile.layout if profile else Layout()

    def find(self, roots: Sequence[Path]) -> tuple[Found, ...]:
        """Search the programs' own folders and those the user named."""
        possible = (root for root in roots if "\0" not in str(root))
        named = (*self._settings.current().roots, *possible)
        return tuple(programs.find(named, self.profiles()))

    def add(
        self,
        place: Path,
        *,
        name: str | None,
        code: Code | None,
        program: str | None,
        vault: bool = False,
    ) -> Administration:
        """Keep the books at a place from now on; `vault`: what lies there are a program's backups.

        Raises SourceGone, SourceUnreadable, ProgramUnknown, AdministrationExists,
        DestinationInside, InvalidValue, VaultUnfit.
        """
        place = place.expanduser().absolute()
        _check_there(place)
        refuse_around(place, self._home)
        profile = self._profile(place, program)
        if vault:
            _check_vault(place, profile)
        title = (name or programs.name_of(place, profile)).strip()
        if code:
            check_code(code)

        def insert(settings: Settings) -> Settings:
            _refuse_known(place, code, settings)
            administration = Administration(
                code=code or new_code(title, [a.code for a in settings.administrations]),
                name=title,
                place=place,
                program=profile.id,
                storage=VENDOR if vault else _storage_for(place, profile),
                vault=vault,
            )
            return replace(settings, administrations=(*settings.administrations, administration))

        return self._settings.change(insert).administrations[-1]

    def check_new(self, place: Path, name: str) -> None:
        """Raise now what `add` would raise once books were put in a free place, and TargetInside.

        Nothing is restored into other books: it would become a part of them.
        """
        settings = self._settings.current()
        _refuse_known(place, None, settings)
        for known in settings.administrations:
            if inside(place, known.place):
                raise TargetInside(place=str(place), name=known.name)
        check_word("new_name", name)
        check_folder("into", place)

    def change(self, code: Code, changes: dict[str, Any]) -> Administration:
        """Change fields of an administration, all but its code.

        Raises UnknownAdministration, InvalidValue, VaultUnfit.
        """
        if "code" in changes or ("name" in changes and not changes["name"].strip()):
            raise InvalidValue(field="code" if "code" in changes else "name", value="")
        if changes.get("vault"):
            found = self.get(code)
            _check_vault(found.place, self.profile_of(found.program))
            changes = {**changes, "storage": VENDOR}
        self._edit(code, lambda found: replace(found, **changes))
        return self.get(code)

    def add_extra(self, code: Code, folder: Path) -> Administration:
        """Let a folder outside belong to an administration's backups too.

        Raises SourceGone, SourceUnreadable, ExtraInside, DestinationInside, InvalidValue.
        """
        folder, books = folder.expanduser().absolute(), self.get(code)
        check_folder("folder", folder)
        _check_there(folder)
        if not folder.is_dir():
            raise InvalidValue(field="folder", value=str(folder))
        refuse_around(folder, self._home)
        for known in books.places:
            if inside(folder, known) or (known.is_dir() and inside(known, folder)):
                raise ExtraInside(folder=str(folder), place=str(known), name=books.name)
        for destination in self._settings.current().destinations:
            if overlap(destination.folder, folder):
                raise DestinationInside(folder=str(destination.folder), place=str(folder))
        return self.change(code, {"extras": (*books.extras, folder)})

    def remove_extra(self, code: Code, folder: Path) -> Administration:
        """Let a folder belong to an administration's backups no longer; it stays where it is."""
        extras = tuple(each for each in self.get(code).extras if each != folder)
        return self.change(code, {"extras": extras})

    def forget(self, code: Code) -> None:
        """Keep an administration no longer. Raises UnknownAdministration."""
        self._edit(code, lambda _: None)

    def _edit(self, code: Code, edit: Callable[[Administration], Administration | None]) -> None:
        self.get(code)

        def apply(settings: Settings) -> Settings:
            edited = [edit(a) if a.code == code else a for a in settings.administrations]
            return replace(settings, administrations=tuple(a for a in edited if a is not None))

        self._settings.change(apply)

    def _profile(self, place: Path, program: str | None) -> Profile:
        if program is None:
            return programs.program_for(place, self.profiles())
        profile = self.profile_of(program)
        if profile is None:
            raise ProgramUnknown(program=program)
        return profile


def refuse_around(place: Path, home: Home) -> None:
    """Raise DestinationInside for books around Bewaar's own folders: copies would hold copies."""
    for own in (home.config, home.data, home.state, home.cache):
        if inside(own, place):
            raise DestinationInside(folder=str(own), place=str(place))


def _check_vault(place: Path, profile: Profile | None) -> None:
    if profile and profile.keeps is Keeps.BOOKS and not profile.general:
        raise VaultUnfit(place=str(place), program=profile.name)


def _check_there(place: Path) -> None:
    try:
        place.stat()
    except PermissionError as error:
        raise SourceUnreadable(path=str(place), reason=error.strerror or "") from error
    except (OSError, ValueError):  # a name that no file can have
        raise SourceGone(place=str(place)) from None


def _refuse_known(place: Path, code: Code | None, settings: Settings) -> None:
    for known in settings.administrations:
        if known.code == code or known.place == place:
            raise AdministrationExists(code=known.code, place=str(known.place), name=known.name)
    for destination in settings.destinations:
        if overlap(destination.folder, place):
            raise DestinationInside(folder=str(destination.folder), place=str(place))


def _storage_for(place: Path, profile: Profile) -> str:
    kind = next((each for each in profile.storages if by_kind(each).fits(place)), best_for(place))
    if kind is None:
        raise SourceUnreadable(path=str(place), reason="no kind of storage fits")
    return kind
