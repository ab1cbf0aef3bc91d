"""A destination that is a folder of this computer: what folders and drives have in common.

Each operation opens the folder anew, checks whose it is, and works through that open folder only
(see `handle`); what writes checks once more at its end. Between operations nothing is held open,
so a stick can be ejected at any time.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from bewaar import errors
from bewaar.destinations.base import PART, Entry, Sink
from bewaar.destinations.failures import ours
from bewaar.destinations.handle import FolderHandle
from bewaar.destinations.identity import ID_FILE, claim, read_id
from bewaar.destinations.transfer import Explain, Medium, PartFile
from bewaar.model import Destination, Room
from bewaar.system import cache
from bewaar.system.volumes import disk_facts

_READ_AHEAD = 256 << 10  # bytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalDestination:
    """A folder or drive in use."""

    def __init__(self, destination: Destination) -> None:
        """Take a destination whose `folder` is where its files lie now."""
        self.destination = destination
        self._facts = disk_facts(destination.folder)
        self.reads_past_cache = cache.avoidable(self._facts.file_system)

    def claim(self, made_at: datetime) -> Destination:
        """Give the folder its id file, or take over the id it has; return it with that id.

        Raises DestinationMissing, DestinationReadOnly.
        """
        with self._any_folder(errors.DestinationMissing) as folder, self._told(folder, ID_FILE):
            return claim(folder, self.destination, made_at)

    def check(self) -> None:
        """Check whose folder it is. Raises DestinationGone, DestinationOther."""
        with self._opened(absent=errors.DestinationGone, unmarked=errors.DestinationOther):
            pass

    def room(self) -> Room:
        """Return what can be known of space and limits. Raises DestinationGone."""
        gone = errors.DestinationGone
        with self._opened(absent=gone, unmarked=gone) as folder:
            return self._room(folder)

    def entries(self) -> Iterator[Entry]:
        """Yield the files there, as they are at the first step."""
        with self._opened() as folder, self._told(folder):
            found = [
                Entry(name=name, size=status.st_size, modified=_moment(status.st_mtime))
                for name, status in folder.regular_files()
                if _is_listed(name)
            ]
        yield from found

    @contextmanager
    def write(self, name: str) -> Iterator[Sink]:
        """Write `name`.part, and remove it when the block ends with an exception."""
        part = _plain(name) + PART
        with self._opened() as folder:
            file = self._begin(folder, name)
            try:
                yield file
                file.finish()
                file.close()
                self._check_again(folder)
            except BaseException:
                file.close()
                with suppress(OSError):
                    folder.remove(part)
                raise

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for seekable reading. Raises BackupGone."""
        with self._opened() as folder:
            with self._told(folder, name):
                handle = self._open(folder, _plain(name))
            medium = Medium(handle, self._explain(folder, name))
            with io.BufferedReader(medium, _READ_AHEAD) as file:
                if self.reads_past_cache:
                    with self._told(folder, name):
                        cache.avoid(handle)
                yield file

    def promote(self, name: str) -> None:
        """Give `name`.part its name. Raises NameTaken, BackupGone when there is no part."""
        with self._opened() as folder:
            with self._told(folder, name):
                folder.rename(_plain(name) + PART, name)
                folder.sync()
            self._check_again(folder)

    def put(self, name: str, data: bytes) -> None:
        """Write a small file whole or not at all, replacing an old one."""
        with self._opened() as folder:
            with self._told(folder, name, needed=len(data)):
                folder.write_whole(_plain(name), data, replacing=True)
            self._check_again(folder)

    def remove(self, name: str) -> None:
        """Remove a file; absent is fine."""
        with self._opened() as folder, self._told(folder, name), suppress(FileNotFoundError):
            folder.remove(_plain(name))

    # ── Whose folder it is ──────────────────────────────────────────────────────────────────

    @contextmanager
    def _opened(
        self,
        *,
        absent: type[errors.BewaarError] = errors.DestinationPulled,
        unmarked: type[errors.BewaarError] = errors.DestinationPulled,
    ) -> Iterator[FolderHandle]:
        """Open our folder; say `absent` without a folder, `unmarked` without an id file in it."""
        with self._any_folder(absent) as folder:
            self._identify(folder, unmarked)
            yield folder

    @contextmanager
    def _any_folder(self, absent: type[errors.BewaarError]) -> Iterator[FolderHandle]:
        try:
            folder = FolderHandle(self.destination.folder)
        except FileNotFoundError:
            raise self._about(absent) from None
        except NotADirectoryError:
            raise self._about(errors.DestinationOther) from None
        except OSError as error:
            raise ours(error, self.destination) from error
        with folder:
            yield folder

    def _identify(self, folder: FolderHandle, unmarked: type[errors.BewaarError]) -> None:
        with self._told(folder):
            try:
                found = read_id(folder)
            except FileNotFoundError:
                raise self._about(unmarked) from None
        if found != self.destination.id:
            raise self._about(errors.DestinationOther)

    def _check_again(self, folder: FolderHandle) -> None:
        """Check that what was written lies where the user will look for it."""
        if not folder.in_place():
            raise self._about(errors.DestinationPulled)
        self._identify(folder, errors.DestinationPulled)

    # ── Inside ──────────────────────────────────────────────────────────────────────────────

    def _begin(self, folder: FolderHandle, name: str) -> PartFile:
        with self._told(folder, name):
            if folder.holds(name):
                raise self._about(errors.NameTaken, file=name)
            handle = folder.create(name + PART)
            explain = self._explain(folder, name)
            return PartFile(handle, explain, past_cache=self.reads_past_cache)

    def _open(self, folder: FolderHandle, name: str) -> int:
        try:
            return folder.open(name)
        except PermissionError as error:  # elsewhere it means that writing is forbidden
            raise self._about(errors.DestinationFault, reason=error.strerror or "") from error

    def _room(self, folder: FolderHandle) -> Room:
        free, total = folder.usage() or (None, None)
        return Room(
            free=free,
            total=total,
            largest_file=self._facts.largest_file,
            file_system=self._facts.file_system,
            same_disk_as_system=self._facts.system_disk,
        )

    def _explain(self, folder: FolderHandle, file: str) -> Explain:
        def explain(error: OSError, written: int, needed: int) -> errors.BewaarError:
            if not folder.in_place():
                return self._about(errors.DestinationPulled)
            room = self._room(folder)
            # What the unfinished file took is given back when it is removed.
            free = None if room.free is None else room.free + written
            return ours(error, self.destination, replace(room, free=free), file=file, needed=needed)

        return explain

    @contextmanager
    def _told(self, folder: FolderHandle, file: str = "", needed: int = 0) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._explain(folder, file)(error, 0, needed) from error

    def _about(self, error: type[errors.BewaarError], **more: str) -> errors.BewaarError:
        return error(name=self.destination.name, folder=str(self.destination.folder), **more)


def _plain(name: str) -> str:
    """Return a name that stays inside the folder and is not the id file's. Raises UnsafeName."""
    leads_away = name in {"", ".", ".."} or re.search(r"[/\\\0]", name)
    if leads_away or name.casefold() == ID_FILE or (os.name == "nt" and ":" in name):
        raise errors.UnsafeName(path=name)
    return name


def _is_listed(name: str) -> bool:
    # Bytes that are no text became half surrogates: no page could show that name.
    return name.casefold() != ID_FILE and not re.search("[\ud800-\udfff]", name)


def _moment(seconds: float) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:  # a stick's clockwork can hold any nonsense
        return _EPOCH
