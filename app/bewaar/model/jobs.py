"""Long operations, what they tell, and why one failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bewaar.model.names import BackupId, Code, DestinationId, JobId


class JobKind(StrEnum):
    """What a job does."""

    BACKUP = "backup"
    RESTORE = "restore"
    SALVAGE = "salvage"
    VERIFY = "verify"
    UNDO = "undo"
    REBUILD = "rebuild"
    COPY = "copy"  # of a backup, to one more destination
    COMPARE = "compare"  # a backup with the books as they are
    REMOVE = "remove"  # of a backup, by somebody


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # Bewaar or the computer stopped in the middle

    @property
    def over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self not in {JobState.QUEUED, JobState.RUNNING, JobState.STOPPING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a job told along the way: a code with parameters."""

    code: str
    params: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that went wrong, kept until somebody has read it."""

    job: JobId
    at: datetime
    code: str  # of the error class
    params: Mapping[str, str | int | float | bool | None]
    administration: Code | None
    destination: DestinationId | None
    kind: JobKind | None = None  # what the job was for


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One long operation."""

    id: JobId
    kind: JobKind
    state: JobState
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    destination: DestinationId | None
    codes: tuple[Code, ...]
    stage: str  # a `Stage`, with its subject
    subject: str
    done: int  # bytes of the present stage
    total: int
    notes: tuple[Note, ...]
    error: Failure | None  # why it failed
    backups: tuple[BackupId, ...]  # those it proved
    by_itself: bool = False  # nobody clicked: it yields to all other work on the computer
    repeats: int = 0  # how often it was begun anew because Bewaar had ended in the middle of it
    result: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    file: str = ""  # the backup it reads: its name at the destination, else its whole path
