"""A destination that is always in the same place: a folder, here or on a network share.

A folder that is there but carries no id file may be the empty mount point of something that is
not mounted: nothing is written to it (S3).
"""

from contextlib import suppress
from dataclasses import replace

from bewaar import errors, files
from bewaar.clock import Clock, SystemClock
from bewaar.destinations.failures import ours
from bewaar.destinations.local import LocalDestination
from bewaar.model import Destination


class Folder:
    """How a folder is set up and opened."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the clock that dates id files."""
        self._clock = clock or SystemClock()

    def create(self, destination: Destination, *, make_folder: bool) -> Destination:
        """Prepare the folder and write its id file; a folder that is already ours keeps its id."""
        destination = replace(destination, folder=destination.folder.absolute())
        if make_folder:
            _make(destination)
        return LocalDestination(destination).claim(self._clock.now())

    def open(self, destination: Destination) -> LocalDestination:
        """Check whose folder it is and return it ready for use."""
        opened = LocalDestination(destination)
        opened.check()
        return opened


def _make(destination: Destination) -> None:
    folder = destination.folder
    missing = [place for place in (folder, *folder.parents) if not files.exists(place)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise errors.DestinationOther(name=destination.name, folder=str(folder)) from None
    except OSError as error:
        raise ours(error, destination, file=str(folder)) from error
    for made in missing:
        with suppress(OSError):  # a folder above may be closed to us
            files.fsync_folder(made.parent)
