"""What the user chose, in one readable file that several processes may change.

A change is read, made and written under a lock, so none is ever lost. A damaged file is never
overwritten. Passwords are not here: see `bewaar.secrets`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import EDQUOT, ENOSPC
from pathlib import Path

from filelock import FileLock

from bewaar.errors import Fault, HomeFull, HomeUnwritable, SettingsDamaged
from bewaar.files import free_space, replace_atomically
from bewaar.settings.choices import Protect, Settings, Theme, check, check_folder, check_word
from bewaar.settings.names import check_code, check_template, new_code, render_name
from bewaar.settings.reading import Damaged, read
from bewaar.settings.writing import amended

__all__ = [
    "Protect",
    "Settings",
    "SettingsFile",
    "Theme",
    "check_code",
    "check_folder",
    "check_template",
    "check_word",
    "new_code",
    "render_name",
]

PATIENCE = 10.0  # seconds that another process may take for its change


@dataclass(frozen=True, slots=True)
class _Reading:
    stamp: tuple[int, ...] | None  # None: there was no file
    text: str
    settings: Settings


class SettingsFile:
    """The file with the user's choices; safe to use from every thread and process."""

    def __init__(self, path: Path) -> None:
        """Use the file at `path`, which need not exist."""
        self.path = path
        self._latest: _Reading | None = None

    def load(self) -> Settings:
        """Read the file; without one everything is as at the start. Raises SettingsDamaged."""
        return self._read().settings

    def current(self) -> Settings:
        """Return the settings, reading only what changed since. Raises SettingsDamaged."""
        latest = self._latest
        return self.load() if latest is None or self.changed() else latest.settings

    def changed(self) -> bool:
        """Return whether the file is another than the one last read or written here; cheap."""
        return self._latest is None or self._latest.stamp != _stamp(self.path)

    def change(self, function: Callable[[Settings], Settings]) -> Settings:
        """Put `function`'s answer in the place of what the file holds now, and return it.

        The order of administrations and destinations stays the file's own. Nothing is written
        when something is raised: SettingsDamaged, InvalidValue, AdministrationExists,
        DestinationExists, HomeUnwritable, HomeFull, or what `function` raises.
        """
        with self._alone():
            before = self._read()
            after = function(before.settings)
            check(after)
            if before.stamp is None or after != before.settings:
                self._write(before, after)
            return self._read().settings

    def _read(self) -> _Reading:
        try:
            with self.path.open("rb") as file:
                stamp = _mark(os.fstat(file.fileno()))
                data = file.read()
            settings = read(data)
        except FileNotFoundError:
            stamp, data, settings = None, b"", Settings()
        except OSError as error:
            raise SettingsDamaged(file=str(self.path), detail=str(error.strerror)) from error
        except Damaged as error:
            raise SettingsDamaged(file=str(self.path), detail=str(error)) from None
        self._latest = _Reading(stamp, data.decode("utf-8-sig"), settings)
        return self._latest

    def _write(self, before: _Reading, after: Settings) -> None:
        known = before.settings if before.stamp else None
        data = amended(before.text, known, after).encode()
        _check_written(data, after)
        try:
            replace_atomically(self.path, data)
        except OSError as error:
            raise self._unwritable(error, len(data)) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=PATIENCE)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except OSError as error:  # also when it took too long
            raise self._unwritable(error, 0) from error
        try:
            yield
        finally:
            lock.release()

    def _unwritable(self, error: OSError, needed: int) -> HomeFull | HomeUnwritable:
        folder = self.path.parent
        if error.errno in {ENOSPC, EDQUOT}:
            return HomeFull(folder=str(folder), needed=needed, free=free_space(folder))
        return HomeUnwritable(folder=str(folder), reason=error.strerror or type(error).__name__)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        return _mark(path.stat())
    except OSError:
        return None


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mtime_ns, status.st_size, status.st_ino


def _check_written(data: bytes, wanted: Settings) -> None:
    """Raise Fault unless the text about to be written says what it should."""
    try:
        fits = _alike(read(data), wanted)
    except Damaged as error:
        raise Fault(kind="settings", detail=str(error)) from None
    if not fits:
        raise Fault(kind="settings", detail="the change does not show in the text")


def _alike(one: Settings, other: Settings) -> bool:
    """Return whether they differ in nothing but the order of administrations and destinations."""
    if set(one.administrations) != set(other.administrations):
        return False
    if set(one.destinations) != set(other.destinations):
        return False
    bare = [replace(each, administrations=(), destinations=()) for each in (one, other)]
    return bare[0] == bare[1]
