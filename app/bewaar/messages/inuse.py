"""Who has books open, since when, and how that is known; what waits for them to be closed."""

from collections.abc import Iterator
from datetime import datetime

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import InUse, Job, JobKind, JobState, OpenState, Plea, StillOpen
from bewaar.progress import Stage

_SURE = {  # elsewhere; since it was opened, since its program was started
    (True, True, False): N_("%(program)s on %(computer)s has had it open since %(when)s."),
    (True, False, False): N_("%(program)s on %(computer)s has it open."),
    (False, True, False): N_("%(program)s on this computer has had it open since %(when)s."),
    (False, False, True): N_(
        "%(program)s on this computer has it open. The program was started: %(when)s."
    ),
    (False, False, False): N_("%(program)s on this computer has it open."),
}
_PERHAPS = N_(
    "%(program)s runs on this computer. It does not show which books it has open: close it, "
    "to be sure."
)
_LEFT_OVER = N_(
    "%(evidence)s says that somebody has it open, but nobody on this computer does. "
    "It may be left over from a crash, and does no harm then; ask on the other computers."
)

_AFTERWARDS = {
    StillOpen.WAIT: N_("If it is still open then, the backup waits until it is closed."),
    StillOpen.COPY: N_(
        "If it is still open then, it is backed up all the same: as it is at one instant."
    ),
    StillOpen.POSTPONE: N_("If it is still open then, no backup is made, and Bewaar tells you so."),
}

_HELD = {
    JobKind.BACKUP: N_("The backup of %(name)s waits until its program is closed."),
    JobKind.RESTORE: N_("The restore of %(name)s waits until its program is closed."),
}


def users(speech: Speech, state: OpenState, program: str) -> Iterator[str]:
    """Yield a sentence for each that has books open, or may have.

    `program` is the one the books belong to, "" when they belong to none.
    """
    for user in state.users:
        yield _user(speech, user, program)


def held(speech: Speech, job: Job) -> str:
    """Return what a job waits for whose books are open."""
    return speech.gettext(_HELD.get(job.kind, _HELD[JobKind.BACKUP]), name=job.subject)


def seconds_left(job: Job) -> int | None:
    """Return how long a job still asks for books to be closed; None where it does not count."""
    counts = job.state is JobState.QUEUED and job.stage == Stage.CLOSING and job.total
    return max(0, job.total - job.done) if counts else None


def countdown(seconds: int) -> str:
    """Return "4:05"."""
    return f"{seconds // 60}:{seconds % 60:02}"


def starts_in(speech: Speech, job: Job) -> str:
    """Return when a job begins that counts down, in whole minutes."""
    minutes = -(-(seconds_left(job) or 0) // 60)
    return speech.ngettext(
        "The backup of %(name)s begins in %(n)d minute",
        "The backup of %(name)s begins in %(n)d minutes",
        minutes,
        name=job.subject,
    )


def asking(speech: Speech, name: str, program: str) -> str:
    """Return what to do with books that a job waits for."""
    return speech.gettext(
        "Save your work and close %(program)s: what Bewaar does next begins as soon as "
        "nobody has %(name)s open.",
        program=program,
        name=name,
    )


def afterwards(speech: Speech, plea: Plea) -> str:
    """Return what follows when books are still open at the end of the countdown."""
    return speech.gettext(_AFTERWARDS[plea.then])


def postponed(speech: Speech, name: str, state: OpenState) -> str:
    """Return why a backup that is due has not begun: how long the books have been open (B07)."""
    days = (speech.now() - state.since).days if state.since else 0
    if days < 1:
        return speech.gettext(
            "%(name)s is open. Its backup begins as soon as it is closed.", name=name
        )
    return speech.ngettext(
        "%(name)s has been open for %(n)d day. Its backup begins as soon as it is closed.",
        "%(name)s has been open for %(n)d days. Its backup begins as soon as it is closed.",
        days,
        name=name,
    )


def opener(speech: Speech, state: OpenState, program: str) -> str:
    """Return the program that has books open on this computer, as one calls it."""
    here = (user for user in state.users if not user.computer and (user.sure or user.program))
    user = next(here, InUse(evidence=(), sure=True))
    return _program(speech, user, program)


def elsewhere(state: OpenState) -> tuple[str, ...]:
    """Return the other computers on which somebody has books open, each with who it is."""
    return tuple(dict.fromkeys(_where(user) for user in state.users if user.computer))


def _user(speech: Speech, user: InUse, program: str) -> str:
    if not user.sure and not user.program:
        return speech.gettext(_LEFT_OVER, evidence=", ".join(user.evidence))
    named = _program(speech, user, program)
    if not user.sure:
        return speech.gettext(_PERHAPS, program=named)
    away, opened = bool(user.computer), user.since
    started = None if away or opened else user.running_since
    return speech.gettext(
        _SURE[away, opened is not None, started is not None],
        program=named,
        computer=_where(user),
        when=_when(speech, opened or started),
    )


def _where(user: InUse) -> str:
    return f"{user.computer} ({user.person})" if user.person else user.computer


def _program(speech: Speech, user: InUse, program: str) -> str:
    """Return the program's own name; one of another name is called as the system calls it."""
    process = user.program.casefold().removesuffix(".exe")
    if not process or process == program.casefold().replace(" ", ""):
        return program or speech.gettext("A program")
    return user.program


def _when(speech: Speech, at: datetime | None) -> str:
    if at is None:
        return ""
    today = speech.local(at).date() == speech.local(speech.now()).date()
    return speech.time(at) if today else speech.short_moment(at)
