"""What a job does, and what became of it, in one line."""

from bewaar.messages.failures import failure
from bewaar.messages.inuse import held
from bewaar.messages.languages import N_
from bewaar.messages.salvages import outcome
from bewaar.messages.speech import Speech
from bewaar.model import Job, JobKind, JobState
from bewaar.progress import Stage

_STAGES = {  # with a subject, without one
    Stage.WAITING: (N_("Waiting for its turn"), N_("Waiting for its turn")),
    Stage.CLOSING: (N_("Waiting until %(subject)s is closed"), N_("Waiting until it is closed")),
    Stage.SNAPSHOT: (N_("Reading %(subject)s"), N_("Reading the books")),
    Stage.WRITING: (N_("Writing to %(subject)s"), N_("Writing the backup")),
    Stage.CONFIRMING: (
        N_("Looking again whether nothing moved"),
        N_("Looking again whether nothing moved"),
    ),
    Stage.PROVING: (N_("Reading it back to be sure"), N_("Reading it back to be sure")),
    Stage.FINISHING: (N_("Finishing"), N_("Finishing")),
    Stage.CHECKING: (N_("Checking %(subject)s"), N_("Checking the backup")),
    Stage.EXTRACTING: (N_("Unpacking %(subject)s"), N_("Unpacking the books")),
    Stage.PLACING: (N_("Putting %(subject)s in its place"), N_("Putting the books in their place")),
    Stage.LISTING: (N_("Looking through %(subject)s"), N_("Looking through the backups")),
}

_REMOVING = N_("A backup is being removed.")  # at once: it waits for nothing and is never stopped

_ENDS = {
    (JobKind.BACKUP, JobState.QUEUED): N_("A backup waits for its turn."),
    (JobKind.BACKUP, JobState.RUNNING): N_("A backup is being made."),
    (JobKind.BACKUP, JobState.STOPPING): N_("A backup is being stopped."),
    (JobKind.BACKUP, JobState.DONE): N_("Nothing had changed; no new backup was needed."),
    (JobKind.BACKUP, JobState.CANCELLED): N_("The backup was stopped; nothing was left behind."),
    (JobKind.BACKUP, JobState.INTERRUPTED): N_("The backup was cut short and does not count."),
    (JobKind.RESTORE, JobState.QUEUED): N_("A restore waits for its turn."),
    (JobKind.RESTORE, JobState.RUNNING): N_("Books are being restored."),
    (JobKind.RESTORE, JobState.STOPPING): N_("A restore is being stopped."),
    (JobKind.RESTORE, JobState.DONE): N_("The books were restored."),
    (JobKind.RESTORE, JobState.CANCELLED): N_("The restore was stopped; nothing was changed."),
    (JobKind.RESTORE, JobState.INTERRUPTED): N_("The restore was cut short."),
    (JobKind.SALVAGE, JobState.QUEUED): N_("Saving files from a backup waits for its turn."),
    (JobKind.SALVAGE, JobState.RUNNING): N_("Files are being saved from a damaged backup."),
    (JobKind.SALVAGE, JobState.STOPPING): N_("Saving files from a backup is being stopped."),
    (JobKind.SALVAGE, JobState.CANCELLED): N_("Saving files was stopped; nothing was left behind."),
    (JobKind.SALVAGE, JobState.INTERRUPTED): N_("Saving files from a backup was cut short."),
    (JobKind.VERIFY, JobState.QUEUED): N_("A check of a backup waits for its turn."),
    (JobKind.VERIFY, JobState.RUNNING): N_("A backup is being checked."),
    (JobKind.VERIFY, JobState.STOPPING): N_("The check of a backup is being stopped."),
    (JobKind.VERIFY, JobState.DONE): N_("The backup was read from end to end and is good."),
    (JobKind.VERIFY, JobState.CANCELLED): N_("The check of a backup was stopped."),
    (JobKind.VERIFY, JobState.INTERRUPTED): N_("The check of a backup was cut short."),
    (JobKind.UNDO, JobState.QUEUED): N_("An undo waits for its turn."),
    (JobKind.UNDO, JobState.RUNNING): N_("A restore is being undone."),
    (JobKind.UNDO, JobState.STOPPING): N_("An undo is being stopped."),
    (JobKind.UNDO, JobState.DONE): N_("The restore was undone; the books are as they were."),
    (JobKind.UNDO, JobState.CANCELLED): N_("The undo was stopped; nothing was changed."),
    (JobKind.UNDO, JobState.INTERRUPTED): N_("The undo was cut short."),
    (JobKind.REBUILD, JobState.QUEUED): N_("A look through a destination waits for its turn."),
    (JobKind.REBUILD, JobState.RUNNING): N_("The list of backups is being made again."),
    (JobKind.REBUILD, JobState.STOPPING): N_("The look through a destination is being stopped."),
    (JobKind.REBUILD, JobState.CANCELLED): N_("The look through a destination was stopped."),
    (JobKind.REBUILD, JobState.INTERRUPTED): N_("The look through a destination was cut short."),
    (JobKind.COPY, JobState.QUEUED): N_("Copying a backup waits for its turn."),
    (JobKind.COPY, JobState.RUNNING): N_("A backup is being copied."),
    (JobKind.COPY, JobState.STOPPING): N_("Copying a backup is being stopped."),
    (JobKind.COPY, JobState.DONE): N_("The backup was copied and read back, and the copy is good."),
    (JobKind.COPY, JobState.CANCELLED): N_("Copying was stopped; nothing was left behind."),
    (JobKind.COPY, JobState.INTERRUPTED): N_("Copying a backup was cut short."),
    (JobKind.COMPARE, JobState.QUEUED): N_("A comparison waits for its turn."),
    (JobKind.COMPARE, JobState.RUNNING): N_("A backup is being compared with the books."),
    (JobKind.COMPARE, JobState.STOPPING): N_("A comparison is being stopped."),
    (JobKind.COMPARE, JobState.DONE): N_("A backup was compared with the books."),
    (JobKind.COMPARE, JobState.CANCELLED): N_("A comparison was stopped."),
    (JobKind.COMPARE, JobState.INTERRUPTED): N_("A comparison was cut short."),
}


def under_way(speech: Speech, kind: JobKind) -> str:
    """Return what is being done by a job of that kind."""
    return speech.gettext(_ENDS.get((kind, JobState.RUNNING), _REMOVING))


def stage(speech: Speech, name: str, subject: str) -> str:
    """Return what a job is doing now; "" for a name that is no stage."""
    if name not in set(Stage):
        return ""
    told, untold = _STAGES[Stage(name)]
    return speech.gettext(told, subject=subject) if subject else speech.gettext(untold)


def job(speech: Speech, job: Job) -> str:
    """Return what became of a job, or what it is about."""
    if job.state is JobState.FAILED:
        error = job.error
        return failure(speech, error.code if error else "fault", error.params if error else {}).what
    if job.kind is JobKind.BACKUP and job.state is JobState.DONE and job.backups:
        return _stored(speech, job)
    if job.kind is JobKind.REBUILD and job.state is JobState.DONE:
        n = int(job.result.get("backups") or 0)
        return speech.ngettext(
            "The list was made again: %(n)d backup.",
            "The list was made again: %(n)d backups.",
            n,
            n=n,
        )
    if job.kind is JobKind.SALVAGE and job.state is JobState.DONE:
        return outcome(
            speech,
            int(job.result.get("files") or 0),
            int(job.result.get("lost") or 0),
            hashed=job.result.get("hashed") is True,
            complete=job.result.get("complete") is True,
        )
    if job.kind is JobKind.REMOVE and job.state is JobState.DONE:
        return speech.gettext("A backup was removed: %(file)s.", file=job.file)
    waits = job.state is JobState.QUEUED and job.stage == Stage.CLOSING
    return (
        held(speech, job) if waits else speech.gettext(_ENDS.get((job.kind, job.state), _REMOVING))
    )


def _stored(speech: Speech, job: Job) -> str:
    names = [note.params.get("name") for note in job.notes if note.code == "backup.proven"]
    span = job.ended_at - job.started_at if job.ended_at and job.started_at else 0
    size = speech.size(int(job.result.get("size") or 0))
    duration = speech.duration(span)
    return speech.ngettext(
        "Safely stored and proven: %(name)s, %(size)s, %(duration)s.",
        "Safely stored and proven: %(n)d administrations, %(size)s, %(duration)s.",
        len(names),
        name=names[0] if names else "?",
        size=size,
        duration=duration,
    )
