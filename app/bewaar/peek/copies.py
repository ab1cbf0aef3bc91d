"""Documents that were taken out to be looked at: private copies that nobody can change or forget.

Each lies in a folder of its own whose name says since when. What is older than a day goes; when
Bewaar ends, all of them go.
"""

import logging
import stat
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bewaar.clock import Clock
from bewaar.files import remove_tree
from bewaar.paths import unwritable

LOG = logging.getLogger(__name__)
KEPT = timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The folder they lie in."""

    folder: Path
    clock: Clock

    def make_room(self) -> Path:
        """Make a private empty folder for one copy. Raises HomeFull, HomeUnwritable."""
        stamp = self.clock.now().astimezone(UTC).strftime(_STAMP)
        place = self.folder / f"{stamp}-{uuid.uuid4().hex[:12]}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.mkdir(mode=0o700)
        except OSError as error:
            raise unwritable(error, self.folder) from error
        return place

    def protect(self, file: Path) -> None:
        """Let a copy only be read, and by this user alone."""
        with suppress(OSError):
            file.chmod(stat.S_IRUSR)

    def expire(self) -> None:
        """Remove what is older than a day, or from a time to come; what is held open stays."""
        now = self.clock.now()
        for place, since in self._places():
            if since is None or not timedelta() <= now - since <= KEPT:
                self.remove(place)

    def clear(self) -> None:
        """Remove all of them; what is held open goes another time."""
        for place, _ in self._places():
            self.remove(place)

    def remove(self, place: Path) -> None:
        """Remove the folder of one copy, as far as the system lets us."""
        try:
            remove_tree(place)
        except OSError as error:
            LOG.warning("%s cannot be removed: %s", place.name, error)

    def _places(self) -> Iterator[tuple[Path, datetime | None]]:
        with suppress(OSError):  # none was ever made
            for place in sorted(self.folder.iterdir()):
                yield place, _since(place.name)


def _since(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
