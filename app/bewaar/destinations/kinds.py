"""The kinds of destination there are, by name."""

from bewaar.clock import Clock
from bewaar.destinations.base import DestinationType
from bewaar.destinations.drive import Drive
from bewaar.destinations.folder import Folder
from bewaar.model import DestinationKind


def by_kind(kind: DestinationKind, clock: Clock | None = None) -> DestinationType:
    """Return how destinations of that kind are set up and opened; the clock dates id files."""
    match kind:
        case DestinationKind.FOLDER:
            return Folder(clock)
        case DestinationKind.DRIVE:
            return Drive(clock)
