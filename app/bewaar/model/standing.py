"""How an administration stands, and what is left to do after a restore."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bewaar.model.backups import Backup, Vault
from bewaar.model.books import Administration
from bewaar.model.jobs import Failure
from bewaar.model.names import Code


class Standing(StrEnum):
    """How an administration stands, from calm to trouble."""

    PROVEN = "proven"  # unchanged since its last proven backup
    CHANGED = "changed"  # changed, or never stored, within the policy's time
    OVERDUE = "overdue"  # the policy's time has passed
    UNKNOWN = "unknown"  # it cannot be looked at: nothing may be claimed
    FAILED = "failed"  # its last backup failed and nobody has read that yet
    ELSEWHERE = "elsewhere"  # another program makes its backups


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was last seen of an administration's live data."""

    seen_at: datetime
    reachable: bool
    signature: str  # of the live data; "" when it could not be reached
    changed_since: datetime | None  # first sight of a change after the last proven backup
    vault: Vault | None = None  # where a program puts its own backups


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything Today says about one administration."""

    administration: Administration
    standing: Standing
    last: Backup | None  # the newest proven one, wherever it is
    observation: Observation | None
    overdue_since: datetime | None
    failure: Failure | None

    @property
    def awaits_program(self) -> bool:
        """Whether all is stored, but its program made no new backup for too long."""
        seen = self.observation
        late = self.standing is Standing.OVERDUE and self.administration.vault
        return late and seen is not None and seen.changed_since is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The newest proven backup holds fewer transactions than the one before it."""

    before: Backup
    now: Backup
    transactions_before: int
    transactions_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was found and done about a restore that had been interrupted."""

    place: Path
    name: str
    outcome: str  # "finished", "undone", "stuck"; of a server also "away", "left", "kept"
    at: datetime
    shown: str = ""  # what the place is called where it is no folder: a database


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to do after a restore."""

    code: str  # "bank.apply": `messages` knows the sentence
    named: str = ""  # what it names: a bank
    done_at: datetime | None = None  # when it was ticked off


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What is to be done after one restore; open until all is ticked off, or it is put away."""

    number: int  # in the order of the restores
    administration: Code
    program: str  # id of the profile that asks for it
    restored_at: datetime
    made_at: datetime  # of the backup
    checks: tuple[Check, ...]
    put_away: bool = False

    @property
    def left(self) -> int:
        """How many are not ticked off."""
        return sum(1 for check in self.checks if check.done_at is None)
