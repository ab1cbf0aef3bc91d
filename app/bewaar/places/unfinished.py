"""Files that a backup which was cut short left at a destination: named, and removed when asked.

Only what Bewaar itself began: browsers call their downloads `.part` too, and those are not ours.
Looking costs a listing, so it is done only where something may lie; that is remembered.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from bewaar.archive.names import README
from bewaar.catalogue.sightings import Facts
from bewaar.clock import Clock
from bewaar.destinations.base import PART, Entry, OpenDestination
from bewaar.errors import BewaarError
from bewaar.model import DestinationId

_SMALL = re.compile(r"(test-)?[0-9a-f]{16}\.part")  # a sidecar, an id file, a trial
_LOCAL, _NAME_AT, _MARK = b"PK\x03\x04", 30, "\ufeffBewaar".encode()  # how every archive begins
_BEGINNING = 200  # bytes


def unfinished(to: OpenDestination) -> tuple[str, ...]:
    """Return the names of the `.part` files that interrupted backups left."""
    found = (entry for entry in to.entries() if entry.name.endswith(PART))
    return tuple(sorted(entry.name for entry in found if _is_ours(entry, to)))


class Suspects:
    """The destinations where something unfinished may lie, until it is gone; outlasts a restart."""

    def __init__(self, facts: Facts, clock: Clock) -> None:
        """Remember them among the catalogue's facts."""
        self._facts = facts
        self._clock = clock
        self._here: set[DestinationId] = set()

    def add(self, id: DestinationId) -> None:
        """Look there from now on."""
        self._here.add(id)
        with suppress(BewaarError):  # on a full disk only this Bewaar knows
            if self._facts.moment(_fact(id)) is None:
                self._facts.remember(_fact(id), self._clock.now())

    def discard(self, id: DestinationId) -> None:
        """Look there no more."""
        self._here.discard(id)
        with suppress(BewaarError):
            self._facts.remember(_fact(id), None)

    def look(self, to: OpenDestination) -> None:
        """Look there from now on when something unfinished lies there, or nobody can tell."""
        try:
            clean = not unfinished(to)
        except BewaarError:
            clean = False
        if not clean:
            self.add(to.destination.id)

    def named(self, to: OpenDestination) -> tuple[str, ...]:
        """Return what is unfinished there; where nothing is, nobody looks again."""
        id = to.destination.id
        if id not in self._here and self._facts.moment(_fact(id)) is None:
            return ()
        found = unfinished(to)
        if not found:
            self.discard(id)
        return found


def sweep(to: OpenDestination, alone: Callable[[], bool]) -> None:
    """Remove what is unfinished at a destination of Bewaar's own, unless another Bewaar lives.

    It is asked after looking: whoever began what was found has shown itself before. Raises
    `destination.*`.
    """
    left = unfinished(to)
    if left and alone():
        for name in left:
            to.remove(name)


def _fact(id: DestinationId) -> str:
    return f"unfinished {id}"


def _is_ours(entry: Entry, to: OpenDestination) -> bool:
    if _SMALL.fullmatch(entry.name):
        return True
    if not entry.name.endswith(f".zip{PART}"):
        return False
    with to.read(entry.name) as stream:
        return _begins_as_ours(stream.read(_BEGINNING))


def _begins_as_ours(start: bytes) -> bool:
    """Whether it is how a backup begins, as far as it goes; an empty file may be one."""
    name = start[_NAME_AT : _NAME_AT + len(README)]
    whole = len(start) == _BEGINNING
    return (
        start[: len(_LOCAL)] == _LOCAL[: len(start)]
        and name == README.encode()[: len(name)]
        and (_MARK in start or not whole)
    )
