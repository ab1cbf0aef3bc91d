"""How the books of a backup come to their place: what differs between files and databases.

`run` says in which order this happens, and when it is undone; a placement only does each of it.
"""

from dataclasses import dataclass
from typing import Protocol

from bewaar.archive import Archive, Manifest, ManifestAdministration
from bewaar.kit import Kit
from bewaar.model import Layout
from bewaar.progress import Progress
from bewaar.requests import RestoreRequest
from bewaar.restore.chosen import Chosen, books_of, choose
from bewaar.restore.ground import Ground
from bewaar.restore.journal import Journal, Swap
from bewaar.restore.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One administration of a backup on its way to a place."""

    request: RestoreRequest
    manifest: Manifest
    found: ManifestAdministration
    target: Target
    kit: Kit
    chosen: Chosen  # `found` is what the backup holds of it, without folders from outside


def delivery_of(
    request: RestoreRequest,
    manifest: Manifest,
    found: ManifestAdministration,
    target: Target,
    kit: Kit,
) -> Delivery:
    """Return what of an administration comes where. Raises PartUnknown, NoPartChosen."""
    chosen = choose(request.parts, found)
    profile = kit.profile_of(found.content.program)
    return Delivery(
        request=request,
        manifest=manifest,
        found=books_of(found, chosen, profile.layout if profile else Layout()),
        target=target,
        kit=kit,
        chosen=chosen,
    )


class Placement(Protocol):
    """The way of one delivery. What it raises leaves the place as it was."""

    def check(self) -> None:
        """Raise what would stop it, such as TargetFull or ServerAway, before anything is done."""
        ...

    def there(self) -> bool:
        """Whether there are any books at the place now."""
        ...

    def begin(self, number: int) -> Swap:
        """Return what is to be written in the journal before anything is brought."""
        ...

    def claim(self, swap: Swap, journal: Journal) -> Swap:
        """Take what new books need before they come, and return the swap as it is written then.

        Whenever it is cut short, the journal knows what may be removed.
        """
        ...

    def fill(self, swap: Swap, archive: Archive, progress: Progress) -> None:
        """Bring all of it beside the place, checked and counted there."""
        ...

    def look_again(self) -> None:
        """Raise when the place is not what it was when the restore began."""
        ...

    def put(self, swap: Swap, journal: Journal) -> Swap:
        """Give new books their place, which is free, and return what is left to clear away.

        Raises TargetExists when the place was taken meanwhile.
        """
        ...

    def ground(self, swap: Swap) -> Ground:
        """Return where the swap's books lie."""
        ...
