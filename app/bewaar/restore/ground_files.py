"""The ground of files: the stores are folders beside the place, on the same volume.

Whole folders are renamed, never single files of one; an administration that is a single file
moves together with the database files that live beside it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bewaar.errors import TargetUnwritable
from bewaar.files import device_of, exists, fsync_folder, remove_tree
from bewaar.restore.journal import Store, Swap


class FileGround:
    """The place on a disk, and the work folder beside it."""

    def __init__(self, swap: Swap) -> None:
        self._swap = swap
        self._place = swap.place

    def is_away(self) -> bool:
        """Whether it is on a drive that is not here: where that was, another disk or nothing."""
        parent = self._place.parent
        try:
            device = device_of(parent)
        except OSError:
            return True
        if not exists(parent):
            return True
        return self._swap.device not in (0, device) and not exists(self._swap.work)

    def occupied(self) -> bool:
        """Whether anything lies at the place."""
        return os.path.lexists(self._place)

    def holds(self, store: Store) -> bool:
        """Whether the folder, or the single file, lies in the store."""
        with self._told():
            return self._main(store).exists()

    def exchange(self, comes: Store, goes: Store | None) -> None:
        """Rename the one away, then the other in."""
        if goes:
            self.move_away(goes)
        self.move_in(comes)

    def move_away(self, store: Store) -> None:
        """Move what lies at the place into a store; of a single file its companions go first."""
        folder = self._swap.folder(store)
        with self._told():
            if self._swap.single_file:
                folder.mkdir(exist_ok=True)
                for name in self._swap.companions:
                    companion = self._place.with_name(name)
                    if companion.exists():
                        companion.rename(folder / name)
            self._place.rename(self._main(store))
            self._sync()

    def move_in(self, store: Store) -> None:
        """Move a store to the free place; of a single file its companions go first."""
        with self._told():
            if self.occupied():
                raise FileExistsError(17, "something lies there", str(self._place))
            self.give_back(store)
            self._main(store).rename(self._place)
            if self._swap.single_file:
                with suppress(OSError):  # a file came out of it, an empty folder stays
                    self._swap.folder(store).rmdir()
            self._sync()

    def give_back(self, store: Store) -> None:
        """Return the companions of a single file that went to a store ahead of it."""
        folder = self._swap.folder(store)
        with self._told():
            for name in self._swap.companions:
                if (folder / name).exists():
                    _return(folder / name, self._place.with_name(name))

    def sync(self) -> None:
        """Have the renames survive a power cut."""
        with self._told():
            self._sync()

    def clear(self) -> None:
        """Remove the work folder."""
        with self._told():
            remove_tree(self._swap.work)
            fsync_folder(self._place.parent)

    def _sync(self) -> None:
        fsync_folder(self._swap.work)
        fsync_folder(self._place.parent)

    def _main(self, store: Store) -> Path:
        """Return the path in a store that counts: the folder itself, or the single file in it."""
        folder = self._swap.folder(store)
        return folder / self._place.name if self._swap.single_file else folder

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetUnwritable(place=str(self._place), reason=str(error)) from error


def _return(companion: Path, to: Path) -> None:
    """Move a file to where nothing lies, or only the same file: that was interrupted half-way."""
    if not os.path.lexists(to):
        companion.rename(to)
    elif companion.samefile(to):
        companion.unlink()
    else:
        raise FileExistsError(17, "something lies there", str(to))
