"""Where the books of one swap lie and how they move: what files and databases do not share.

A swap knows four spots: the place itself, and three stores for what comes, what was there, and
what an undo took away. On every ground books move as a whole, by a rename that is done or not.
"""

from collections.abc import Callable
from typing import Protocol

from bewaar import errors
from bewaar.restore.journal import Store, Swap

UNANSWERED = (  # of a server that cannot be asked
    errors.KeyringUnavailable,
    errors.ServerAway,
    errors.ServerPasswordNeeded,
    errors.ServerRefused,
    errors.SourceGone,
    errors.SourceUnreadable,
)
UNMOVED = (  # what a ground raises that cannot be looked at or moved on
    *UNANSWERED,
    errors.DatabaseInUse,
    errors.DatabaseMissing,
    errors.DatabaseTaken,
    errors.DatabaseUnmovable,
    errors.ServerFailed,
    errors.ServerRights,
    errors.SourceBusy,
    errors.TargetUnwritable,
)


class Ground(Protocol):
    """The four spots of one swap. Every method raises one of `UNMOVED`, where nothing else is said.

    What is raised by a move leaves the books in the one spot or the other, never in both.
    """

    def is_away(self) -> bool:
        """Whether it cannot be looked at now: a pulled drive, a silent server. Never raises."""
        ...

    def occupied(self) -> bool:
        """Whether any books lie at the place."""
        ...

    def holds(self, store: Store) -> bool:
        """Whether books lie in a store, whole."""
        ...

    def exchange(self, comes: Store, goes: Store | None) -> None:
        """Move what lies at the place into the store `goes`, and then `comes` to the place."""
        ...

    def move_away(self, store: Store) -> None:
        """Move what lies at the place into a store."""
        ...

    def move_in(self, store: Store) -> None:
        """Move a store's books to the place; whatever lies there is left alone and told."""
        ...

    def give_back(self, store: Store) -> None:
        """Return what went to a store ahead of books that then stayed at the place."""
        ...

    def sync(self) -> None:
        """Have what was moved survive a power cut."""
        ...

    def clear(self) -> None:
        """Remove all three stores; what is at the place stays. May be called again."""
        ...


Grounds = Callable[[Swap], Ground]
