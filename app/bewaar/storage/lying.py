"""Files that are put into a backup from where they lie, without a copy in between.

What is read of each is hashed on the way. When all were read, all are looked at and hashed once
more: equal means that every one of them lay so at the instant between the two readings, just as
with copies. If anything moved, what was written is thrown away, and copies are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bewaar.model import Snapshot
from bewaar.storage.taking import Taking


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """Files where they lie; see `Live` for the promises."""

    taking: Taking
    snapshot: Snapshot

    def confirm(self, digests: Mapping[str, str]) -> str:
        """Look again, and return the fingerprint."""
        return self.taking.confirm(digests)
