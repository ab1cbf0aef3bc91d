"""What Bewaar says by notification: what is overdue, what failed, what may be unplugged.

Pure: facts go in, a notice comes out. Success is quiet, but for the stick that may be unplugged.
How a notice reaches the desktop is for `notifier`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bewaar.errors import BewaarError, Value
from bewaar.messages import Text
from bewaar.model import Code, Destination, Job, JobId, OpenState, Plea, Standing, State
from bewaar.overview import Overview
from bewaar_tray.menu import OPEN, Action, Verb, page_of, page_of_job

NAMED = 3  # administrations that a notice names
UNPLUGGABLE = "drive.unpluggable"  # the note of a job that is done with a drive


@dataclass(frozen=True, slots=True)
class Button:
    """A word to press and what it asks for."""

    text: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification; a newer one about the same thing takes its place."""

    about: str
    title: str
    message: str = ""
    buttons: tuple[Button, ...] = ()
    click: Action = OPEN
    urgent: bool = False  # stays until it is read, where the desktop can


OVERDUE = "overdue"


def overdue(overview: Overview, text: Text) -> Notice | None:
    """Remind of what is overdue; None when nothing is."""
    late = overview.having(Standing.OVERDUE)
    if not late:
        return None
    title = text.ngettext(
        "%(name)s is not safely stored",
        "%(n)d administrations are not safely stored",
        len(late),
        name=late[0].administration.name,
    )
    names = [
        text.gettext(
            "%(name)s: %(standing)s", name=state.administration.name, standing=text.badge(state)
        )
        for state in late[:NAMED]
    ]
    if more := len(late) - len(names):
        names.append(text.ngettext("and %(n)d more", "and %(n)d more", more, n=more))
    names += _postponed(late, overview, text)
    return Notice(
        about=OVERDUE,
        title=title,
        message="\n".join(names),
        buttons=(
            Button(text.gettext("Back up now"), Action(Verb.BACK_UP)),
            Button(text.gettext("Remind me tomorrow"), Action(Verb.REMIND_TOMORROW)),
        ),
        urgent=True,
    )


def _postponed(late: Sequence[State], overview: Overview, text: Text) -> list[str]:
    """Say of those that a program has open that their backup waits, and for how long."""
    held = [each.administration for each in late if each.administration.code in overview.postponed]
    return [text.postponed(each.name, overview.postponed[each.code]) for each in held[:NAMED]]


def wanted_closed(
    name: str, program: str, state: OpenState, text: Text, *, job: Job, plea: Plea
) -> Notice | None:
    """Ask for books to be closed that a job waits for; None when nobody has them open any more."""
    if not state.in_use:
        return None
    counts = text.seconds_left(job) is not None
    title = text.gettext("Please close %(name)s", name=name)
    lines = [
        text.starts_in(job) if counts else "",
        plea.text,
        text.asking(name, text.opener(state, program)),
    ]
    if computers := text.elsewhere(state):
        lines.append(
            text.gettext(
                "Bewaar cannot reach %(computers)s. Ask there yourself.", computers=computers
            )
        )
    start = Button(text.gettext("Start now"), Action(Verb.BEGIN, job.id))
    later = Button(text.gettext("Later: in an hour"), Action(Verb.LATER, job.id))
    return Notice(
        about=closing(job.id),
        title=title,
        message="\n".join(filter(None, lines)),
        buttons=(start, later) if counts else (),
        click=Action(Verb.OPEN, page_of_job(job.id)),
        urgent=True,
    )


def still_open(job: Job, text: Text) -> Notice:
    """Say that the countdown is over and the books are still open: the job waits on."""
    return Notice(
        about=closing(job.id),
        title=text.held(job),
        message=text.gettext(
            "The time is up and it is still open. No new backup was made yet; those you have are "
            "untouched. It begins within seconds after the last one has closed it."
        ),
        click=Action(Verb.OPEN, page_of_job(job.id)),
    )


def closing(job: JobId) -> str:
    """Return what the notices about closing books for a job are about."""
    return f"closing {job}"


def fewer(code: Code, overview: Overview, text: Text) -> Notice | None:
    """Say that transactions became fewer; None when they did not, or somebody knows."""
    names = {state.administration.code: state.administration.name for state in overview.states}
    if code not in overview.fewer:
        return None
    told = text.dropped(names.get(code, code), overview.fewer[code])
    return Notice(
        about=f"fewer {code}",
        title=told.sentence,
        message=told.detail,
        click=Action(Verb.OPEN, page_of(code)),
        urgent=True,
    )


def failed(code: str, params: Mapping[str, Value], text: Text) -> Notice:
    """Say what went wrong, whether the data is safe and what to do."""
    said = text.failure(code, params)
    return Notice(
        about="failure", title=said.what, message=f"{said.safe}\n{said.todo}", urgent=True
    )


def refused(error: BewaarError, text: Text) -> Notice:
    """Say why something that was clicked did not even begin."""
    return failed(error.code, error.params, text)


def plugged(drive: Destination, overview: Overview, text: Text) -> Notice | None:
    """Offer to catch up on a stick that was plugged in; None when nothing waits."""
    waiting = len(overview.waiting)
    if not waiting:
        return None
    message = text.ngettext(
        "%(n)d administration changed since it was last safely stored.",
        "%(n)d administrations changed since they were last safely stored.",
        waiting,
        n=waiting,
    )
    return Notice(
        about=f"drive {drive.id}",
        title=text.gettext("%(name)s is plugged in", name=drive.name),
        message=message,
        buttons=(Button(text.gettext("Back up now"), Action(Verb.BACK_UP_TO, drive.id)),),
    )


def unpluggable(job: Job, text: Text) -> Notice | None:
    """Say that the stick may be unplugged; None when the job used none."""
    for note in job.notes:
        if note.code == UNPLUGGABLE:
            return Notice(
                about=f"drive {job.destination}", title=text.note(note), message=text.job(job)
            )
    return None
