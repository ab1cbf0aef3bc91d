"""What backups found out about the books that somebody should look at.

Transactions that became fewer (Z06), until a newer backup has as many or somebody says that it is
right; and what counting came upon: vouchers that are off, numbers that do not fit.
"""

from dataclasses import dataclass, replace

from bewaar.kit import Kit
from bewaar.model import Backup, Code, Content, Drop, Note
from bewaar.operations.opened import ROWS, taken_open
from bewaar.today import drop, read_mark

_ABOUT_BOOKS = ("counts.", "database.")
_ENDS = ("backup.proven", "backup.failed")  # what is told at the end of each backup of a job
_HALF = "counts.unbalanced/open"
_DROPPED = "counts.dropped"  # told anew from the backups there are


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWork:
    """Findings, with the rooms they are found in."""

    kit: Kit

    def drop(self, code: Code) -> Drop | None:
        """Return that the transactions became fewer, unless somebody said that it is right."""
        return drop(self.kit.catalogue, code)

    def read_drop(self, code: Code) -> None:
        """Take somebody's word that it is right."""
        if found := self.drop(code):
            self.kit.catalogue.facts.remember(read_mark(found.now.id), self.kit.clock.now())

    def taken_open(self, content: Content) -> Note | None:
        """Return what it means that the books were open then; None when they were not."""
        return taken_open(self.kit, content)

    def of(self, backup: Backup) -> tuple[Note, ...]:
        """Return what is to be known of the books in a backup, however they came to be so."""
        taken = (self.taken_open(content) for content in backup.contents)
        halves = tuple(note for note in taken if note and note.code == ROWS)
        told = self._told(backup)
        return (*halves, *map(_perhaps_half, told)) if halves else told

    def _told(self, backup: Backup) -> tuple[Note, ...]:
        """Return what was told of the books when a backup was made here."""
        job = self.kit.catalogue.jobs.that_made(backup.id)
        told: list[Note] = []
        for note in job.notes if job else ():
            if note.code in _ENDS:
                if note.params.get("file") == backup.file:
                    return tuple(told)
                told = []
            elif note.code.startswith(_ABOUT_BOOKS) and note.code != _DROPPED:
                told.append(note)
        return ()


def _perhaps_half(note: Note) -> Note:
    """Return what is told of a voucher that is off where it may be a booking half written."""
    return replace(note, code=_HALF) if note.code == "counts.unbalanced" else note
