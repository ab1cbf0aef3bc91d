"""The destinations the user set up, and the drives that come and go.

They live in the settings. Opening one always checks its identity; a drive is looked for wherever
it is mounted now.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bewaar.catalogue.sightings import Facts
from bewaar.clock import Clock
from bewaar.destinations.base import OpenDestination
from bewaar.destinations.drive import Plugged, find_plugged
from bewaar.destinations.kinds import by_kind
from bewaar.errors import (
    BewaarError,
    DestinationExists,
    DestinationInside,
    DestinationSlow,
    DestinationUnknown,
    InvalidValue,
)
from bewaar.events import EventLog
from bewaar.files import exists, free_space, overlap
from bewaar.model import SAFETY, Destination, DestinationId, DestinationKind, Volume
from bewaar.overview import Candidate, DestinationState
from bewaar.paths import Home
from bewaar.places.patience import Patience
from bewaar.places.unfinished import Suspects, sweep, unfinished
from bewaar.settings import Settings, SettingsFile, check_folder
from bewaar.system import volumes

__all__ = ["Places", "unfinished"]

LOG = logging.getLogger(__name__)


class Places:
    """The destinations of this user."""

    def __init__(
        self, *, settings: SettingsFile, home: Home, events: EventLog, clock: Clock, facts: Facts
    ) -> None:
        """Read and write them in the settings; what else is known of them is among `facts`."""
        self._settings = settings
        self._clock = clock
        self._home = home
        self._events = events
        self._plugged: dict[str, str] | None = None
        self._suspects = Suspects(facts, clock)
        self._patience = Patience()
        self._candidates: tuple[Candidate, ...] = ()

    def all(self) -> tuple[Destination, ...]:
        """Return every destination, in the order they were added."""
        return self._settings.current().destinations

    def get(self, id: DestinationId) -> Destination:
        """Return one. Raises DestinationUnknown."""
        for destination in (*self.all(), self._safety):
            if destination.id == id:
                return destination
        raise DestinationUnknown(name=id)

    def open(self, id: DestinationId) -> OpenDestination:
        """Return a destination ready for use, its identity checked. Raises `destination.*`."""
        if id == SAFETY:
            return self._open_safety()
        destination = self.get(id)
        return by_kind(destination.kind, self._clock).open(destination)

    def states(self) -> tuple[DestinationState, ...]:
        """Return every destination and whether it can be used now."""
        settings = self._settings.current()
        default = settings.default_destination
        asked = [
            (each, self._patience.ask(each.id, partial(self._state, each)))
            for each in settings.destinations
        ]
        states = (answer(_not_here(each, DestinationSlow.code)) for each, answer in asked)
        return tuple(replace(state, default=state.destination.id == default) for state in states)

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the plugged-in drives that are no destination yet."""
        self._candidates = self._patience.ask("candidates", self._look_for_candidates)(
            self._candidates
        )
        return self._candidates

    def _look_for_candidates(self) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(
                mount=drive.volume.mount,
                label=drive.volume.label,
                free=free_space(drive.volume.mount),
            )
            for drive in self._drives()
            if drive.destination is None
        )

    def look_at_drives(self) -> None:
        """Publish which drives were plugged in or out since the last look."""
        now = self._drives_now()
        before, self._plugged = self._plugged, now
        for key in now.keys() - (before or {}).keys():
            self._events.publish("drive.plugged", destination=key, label=now[key])
        for key in (before or {}).keys() - now.keys():
            self._events.publish("drive.unplugged", destination=key, label=(before or {})[key])

    def suspect(self, ids: Iterable[DestinationId]) -> None:
        """Look for unfinished files at these destinations, until there are none."""
        for id in ids:
            self._suspects.add(id)

    def look_for_unfinished(self, to: OpenDestination) -> None:
        """Look there from now on when something unfinished was left, or nobody can tell."""
        self._suspects.look(to)

    def sweep_safety(self, alone: Callable[[], bool]) -> None:
        """Remove what an interrupted restore left unfinished among the safety copies."""
        if not self._home.safety.exists():
            return
        try:
            sweep(self._open_safety(), alone)
        except BewaarError as error:
            LOG.warning("the safety copies cannot be tidied: %s", error)

    def trust(self, id: DestinationId) -> None:
        """Look no more: what was unfinished there was removed."""
        self._suspects.discard(id)

    # ── setting up ──────────────────────────────────────────────────────────────────────────

    def add(
        self,
        folder: Path,
        *,
        name: str | None,
        kind: DestinationKind,
        make_folder: bool,
        occasional: bool,
    ) -> Destination:
        """Set up a destination; a folder that is one already is answered as it is.

        Raises DestinationMissing, DestinationReadOnly, DestinationInside, DestinationExists,
        InvalidValue.
        """
        folder = folder.expanduser().absolute()
        check_folder("folder", folder)
        self._refuse_inside(folder)
        wanted = Destination(
            id=DestinationId(uuid.uuid4().hex),
            name=(name or self._name_for(folder, kind)).strip(),
            kind=kind,
            folder=folder,
            occasional=occasional,
        )
        created = by_kind(kind, self._clock).create(wanted, make_folder=make_folder)

        def insert(settings: Settings) -> Settings:
            others = tuple(d for d in settings.destinations if d.id != created.id)
            if any(d.name.casefold() == created.name.casefold() for d in others):
                raise DestinationExists(name=created.name)
            known = next((d for d in settings.destinations if d.id == created.id), None)
            merged = _merge(known, created, renamed=name is not None)
            default = settings.default_destination
            if default is None and not merged.occasional:
                default = merged.id
            return replace(settings, destinations=(*others, merged), default_destination=default)

        self._settings.change(insert)
        return self.get(created.id)

    def resolve(self, name_or_folder: str, *, make_folder: bool) -> Destination:
        """Return the destination of that name or id, or that folder as an occasional one."""
        for destination in self.all():
            if name_or_folder.casefold() in {destination.name.casefold(), destination.id}:
                return destination
        if not name_or_folder.strip():
            raise DestinationUnknown(name=name_or_folder)
        folder = Path(name_or_folder).expanduser()
        if not folder.is_absolute() and not exists(folder) and len(folder.parts) == 1:
            raise DestinationUnknown(name=name_or_folder)
        folder = folder.absolute()
        for destination in self.all():
            if destination.folder == folder:
                return destination
        return self.add(
            folder,
            name=None,
            kind=DestinationKind.FOLDER,
            make_folder=make_folder,
            occasional=True,
        )

    def change(self, id: DestinationId, changes: dict[str, Any]) -> Destination:
        """Change fields of a destination, all but its id. Raises DestinationUnknown."""
        if "id" in changes or ("name" in changes and not changes["name"].strip()):
            raise InvalidValue(field="id" if "id" in changes else "name", value="")
        self.get(id)

        def apply(settings: Settings) -> Settings:
            edited = (replace(d, **changes) if d.id == id else d for d in settings.destinations)
            return replace(settings, destinations=tuple(edited))

        self._settings.change(apply)
        return self.get(id)

    def forget(self, id: DestinationId) -> None:
        """Use a destination no longer; its files stay. Raises DestinationUnknown."""
        self.get(id)

        def apply(settings: Settings) -> Settings:
            default = settings.default_destination
            return replace(
                settings,
                destinations=tuple(d for d in settings.destinations if d.id != id),
                default_destination=None if default == id else default,
            )

        self._settings.change(apply)

    # ── looking ─────────────────────────────────────────────────────────────────────────────

    def _state(self, destination: Destination) -> DestinationState:
        try:
            ready = by_kind(destination.kind, self._clock).open(destination)
            return DestinationState(
                destination=ready.destination,
                here=True,
                room=ready.room(),
                default=False,
                unfinished=self._suspects.named(ready),
            )
        except BewaarError as error:
            return _not_here(destination, error.code)

    def _drives(self) -> list[Plugged]:
        return find_plugged(volumes.mounted(), self.all())

    def _drives_now(self) -> dict[str, str]:
        """Return the drives that are plugged in: a destination's id, or a mount point → name."""
        return {
            drive.destination.id if drive.destination else str(drive.volume.mount): (
                drive.destination.name if drive.destination else drive.volume.label
            )
            for drive in self._drives()
        }

    @property
    def _safety(self) -> Destination:
        return Destination(
            id=SAFETY, name="safety", kind=DestinationKind.FOLDER, folder=self._home.safety
        )

    def _open_safety(self) -> OpenDestination:
        folder = by_kind(DestinationKind.FOLDER, self._clock)
        return folder.open(folder.create(self._safety, make_folder=True))

    def _refuse_inside(self, folder: Path) -> None:
        for administration in self._settings.current().administrations:
            for place in administration.places:
                if overlap(folder, place):
                    raise DestinationInside(folder=str(folder), place=str(place))

    def _name_for(self, folder: Path, kind: DestinationKind) -> str:
        label = next((v.label for v in _mounted_at(folder)), "")
        name = label if kind is DestinationKind.DRIVE and label else folder.name or str(folder)
        taken = {d.name.casefold() for d in self.all() if d.folder != folder}
        unique, number = name, 2
        while unique.casefold() in taken:
            unique, number = f"{name} {number}", number + 1
        return unique


def _not_here(destination: Destination, problem: str) -> DestinationState:
    return DestinationState(
        destination=destination, here=False, room=None, default=False, problem=problem
    )


def _mounted_at(folder: Path) -> list[Volume]:
    return [volume for volume in volumes.mounted() if volume.mount == folder]


def _merge(known: Destination | None, created: Destination, *, renamed: bool) -> Destination:
    """Keep what the user chose before for a place that was a destination already."""
    if known is None:
        return created
    return replace(
        created,
        name=created.name if renamed else known.name,
        occasional=created.occasional and known.occasional,
    )
