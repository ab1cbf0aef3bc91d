"""The names that files get where they are put: their own, or else the one that every system holds.

Nothing is called something else unless it was asked for, and what was is remembered.
"""

from collections.abc import Callable, Mapping
from functools import partial

from bewaar.archive.landing import LandedFile, Landing
from bewaar.errors import UnsafeName


class Names:
    """The names in one landing."""

    def __init__(self, landing: Landing, instead: Mapping[str, str]) -> None:
        """Take the name in the zip for each path that may get it."""
        self._landing, self._instead = landing, instead
        self.changed: dict[str, str] = {}

    def file(self, path: str, size: int, mtime_ns: int) -> Callable[[], LandedFile]:
        """Make room for a file. Raises as `Landing.file` does."""
        if not self._instead:
            self._landing.folder(path.rpartition("/")[0])
            return partial(self._landing.file, path, size, mtime_ns)
        # One after another: of two names that are one here, the first gets it.
        try:
            return self._landing.reserve(path, size, mtime_ns)
        except UnsafeName:
            if path not in self._instead:
                raise
            return self._landing.reserve(self._other(path), size, mtime_ns)

    def folder(self, path: str) -> None:
        """Make an empty folder. Raises as `Landing.folder` does."""
        try:
            self._landing.folder(path)
        except UnsafeName:
            if path not in self._instead:
                raise
            self._landing.folder(self._other(path))

    def _other(self, path: str) -> str:
        self.changed[path] = self._instead[path]
        return self.changed[path]
