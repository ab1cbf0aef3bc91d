"""What backups found out about the books that somebody should look at.

Transactions that became fewer (Z06), until a newer backup has as many or somebody says that it is
right; and what counting came upon: vouchers that are off, numbers that do not fit.
"""

from dataclasses import dataclass

from bewaar.kit import Kit
from bewaar.model import Backup, BackupId, Code, Content, Note

_ABOUT_BOOKS = ("counts.", "database.")
_ENDS = ("backup.proven", "backup.failed")  # what is told at the end of each backup of a job
_DROPPED = "counts.dropped"  # told anew from the backups there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The newest proven backup holds fewer transactions than the one before it."""

    before: Backup
    now: Backup
    transactions_before: int
    transactions_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWork:
    """Findings, with the rooms they are found in."""

    kit: Kit

    def drop(self, code: Code) -> Drop | None:
        """Return that the transactions became fewer, unless somebody said that it is right."""
        latest = self.kit.catalogue.backups.latest(code, 2)
        if len(latest) < 2 or self.kit.catalogue.facts.moment(_read(latest[0].id)):
            return None
        (now, after), (before, then) = ((backup, _content(backup, code)) for backup in latest)
        more, fewer = then.counts.transactions, after.counts.transactions
        if more is None or fewer is None or then.counts.rule != after.counts.rule or fewer >= more:
            return None
        return Drop(before=before, now=now, transactions_before=more, transactions_now=fewer)

    def read_drop(self, code: Code) -> None:
        """Take somebody's word that it is right."""
        if drop := self.drop(code):
            self.kit.catalogue.facts.remember(_read(drop.now.id), self.kit.clock.now())

    def of(self, backup: Backup) -> tuple[Note, ...]:
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


def _read(id: BackupId) -> str:
    """Return the name under which the catalogue remembers that somebody knows."""
    return f"drop {id}"


def _content(backup: Backup, code: Code) -> Content:
    return next(each for each in backup.contents if each.code == code)
