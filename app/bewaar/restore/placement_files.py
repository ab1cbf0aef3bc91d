"""Books that come as files: unpacked in a work folder beside their place, then renamed."""

import uuid
from dataclasses import replace

from bewaar.archive import Archive
from bewaar.errors import TargetExists, TargetUnwritable
from bewaar.files import exists, fsync_folder, rename_new
from bewaar.model import Code
from bewaar.progress import Progress
from bewaar.restore.ground_files import FileGround
from bewaar.restore.journal import Journal, Step, Swap
from bewaar.restore.keep import keep_rest, size_of_rest
from bewaar.restore.placement import Delivery
from bewaar.restore.single import companions, place_all, rename_all, renamed
from bewaar.restore.staging import stage
from bewaar.restore.target import check_depth, check_here, check_room


class FilePlacement:
    """A delivery to a disk."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._found = delivery.found
        self._place = delivery.target.place
        self._single = delivery.found.content.single_file

    def check(self) -> None:
        """Raise TargetFull, TargetTooDeep."""
        replaced, needed = self._delivery.target.replaces, self._found.content.size
        if replaced:
            needed += size_of_rest(replaced, self._delivery.chosen, self._delivery.kit)
        check_room(self._delivery.target, needed)
        check_depth(self._delivery.target, self._found)

    def there(self) -> bool:
        """Whether anything lies at the place."""
        return exists(self._place)

    def begin(self, number: int) -> Swap:
        """Return a swap in a work folder beside the place."""
        replaced = self._delivery.target.replaces
        return Swap(
            id=uuid.uuid4().hex,
            number=number,
            step=Step.STAGING,
            code=replaced.code if replaced else Code(""),  # a new one has none yet
            name=replaced.name if replaced else self._delivery.request.new_name,
            place=self._place,
            single_file=self._single,
            had_old=replaced is not None and self.there(),
            backup=self._delivery.manifest.id,
            made_at=self._delivery.kit.clock.now(),
            companions=companions(self._place, self._found) if replaced and self._single else (),
            device=self._delivery.target.device,
        )

    def claim(self, swap: Swap, journal: Journal) -> Swap:
        """Take nothing: the work folder is theirs by its name."""
        return swap

    def fill(self, swap: Swap, archive: Archive, progress: Progress) -> None:
        """Unpack and count it; of books that are replaced, keep what is not given back."""
        replaced = self._delivery.target.replaces
        lost = replaced is not None and not swap.had_old
        came = stage(self._delivery, archive, swap.new, progress, parents=lost)
        if replaced is None:
            return
        if self._single:
            rename_all(swap.new, renamed(self._found, self._place.name))
        keep_rest(self._delivery, swap, came, progress)

    def look_again(self) -> None:
        """Raise TargetUnwritable when another disk lies there now."""
        check_here(self._place, self._delivery.target.device)

    def put(self, swap: Swap, journal: Journal) -> Swap:
        """Move the verified books to their place; whatever came to lie there meanwhile stays."""
        try:
            self._settle(swap, journal)
            fsync_folder(self._place.parent)
        except FileExistsError as error:
            raise TargetExists(place=str(self._place)) from error
        except OSError as error:
            raise TargetUnwritable(place=str(self._place), reason=str(error)) from error
        return swap

    def ground(self, swap: Swap) -> FileGround:
        """Return the work folder beside the place."""
        return FileGround(swap)

    def _settle(self, swap: Swap, journal: Journal) -> None:
        if not self._single:
            rename_new(swap.new, self._place)
            return
        names = renamed(self._found, self._place.name)
        rename_all(swap.new, names)
        if len(names) > 1:  # a restart in the middle of it goes on with it
            others = tuple(name for name in names.values() if name != self._place.name)
            journal.write(replace(swap, step=Step.PLACING, companions=others))
        place_all(swap.new, self._place, list(names.values()))
