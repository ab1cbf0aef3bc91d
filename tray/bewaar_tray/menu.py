"""The lines of the tray's menu, and what each of them asks for.

Pure: an overview goes in, plain lines come out. How they become a real menu is for `icon`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap
from urllib.parse import quote

from bewaar.messages import Text
from bewaar.model import Code, DestinationKind, JobId, JobKind, Standing
from bewaar.overview import Overview

NAMED = 8  # administrations with a line of their own
WIDTH = 50  # characters of a line of the sentence: menus grow as wide as their longest
LONGEST = 80  # characters of a line with a name in it


class Verb(StrEnum):
    """What a line of the menu, or a button of a notice, asks for."""

    BACK_UP = "back up"  # what waits
    BACK_UP_TO = "back up to"  # everything, to the destination that is the subject
    BEGIN = "begin"  # the job that is the subject, now that the books it waits for are closed
    LATER = "later"  # the same, which counts down
    OPEN = "open"  # the window, at the page that is the subject
    REMIND_TOMORROW = "remind tomorrow"
    QUIT = "quit"  # unless something runs
    QUIT_LATER = "quit later"  # when what runs is done
    QUIT_NOW = "quit now"  # stop what runs


@dataclass(frozen=True, slots=True)
class Action:
    """A verb and what it is about."""

    verb: Verb
    subject: str = ""


OPEN = Action(Verb.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; without an action it is greyed, with lines it opens them."""

    text: str
    action: Action | None = None
    default: bool = False  # what a click on the icon itself does
    lines: tuple["Line", ...] = ()


RULE = Line(text="")  # a line between groups


def menu(overview: Overview, text: Text) -> tuple[Line, ...]:
    """Return the whole menu for an overview."""
    return (
        *(Line(text=part) for part in wrap(text.truth(overview).sentence, WIDTH)),
        RULE,
        *_backups(overview, text),
        RULE,
        Line(text=text.gettext("Open Bewaar"), action=OPEN, default=True),
        *_administrations(overview, text),
        RULE,
        _remind(overview, text),
        _quit(overview, text),
    )


def _backups(overview: Overview, text: Text) -> Iterator[Line]:
    busy = any(job.kind is JobKind.BACKUP for job in overview.running)
    ready = not busy and any(s.standing is not Standing.ELSEWHERE for s in overview.states)
    yield Line(text=text.gettext("Back up now"), action=Action(Verb.BACK_UP) if ready else None)
    for state in overview.destinations:
        if state.destination.kind is DestinationKind.DRIVE and state.here and not state.problem:
            name = text.gettext("Back up to %(name)s", name=state.destination.name)
            action = Action(Verb.BACK_UP_TO, state.destination.id) if ready else None
            yield Line(text=shortened(name), action=action)


def _administrations(overview: Overview, text: Text) -> Iterator[Line]:
    """One line for each that needs something, the worst first, as many as a menu can bear."""
    for job in overview.held[:NAMED]:
        yield Line(text=shortened(text.held(job)), action=Action(Verb.OPEN, page_of_job(job.id)))
    yield from _fewer(overview, text)
    order = [Standing.FAILED, Standing.OVERDUE, Standing.UNKNOWN, Standing.CHANGED]
    needy = [state for standing in order for state in overview.having(standing)]
    for state in needy[:NAMED]:
        line = text.gettext(
            "%(name)s: %(standing)s",
            name=shortened(state.administration.name, LONGEST // 2),
            standing=text.badge(state),
        )
        yield Line(text=line, action=Action(Verb.OPEN, page_of(state.administration.code)))
    if (more := len(needy) - NAMED) > 0:
        line = text.ngettext("and %(n)d more", "and %(n)d more", more, n=more)
        yield Line(text=line, action=OPEN)


def _fewer(overview: Overview, text: Text) -> Iterator[Line]:
    """One line for each whose transactions became fewer."""
    names = {state.administration.code: state.administration.name for state in overview.states}
    for code in list(overview.fewer)[:NAMED]:
        line = text.gettext(
            "%(name)s: fewer transactions than before",
            name=shortened(names.get(code, code), LONGEST // 2),
        )
        yield Line(text=line, action=Action(Verb.OPEN, page_of(code)))


def page_of(code: Code) -> str:
    """Return the address of an administration's page."""
    return f"/administrations/{quote(code, safe='')}"


def page_of_job(id: JobId) -> str:
    """Return the address of a job's page."""
    return f"/jobs/{id}"


def _remind(overview: Overview, text: Text) -> Line:
    nagging = bool(overview.having(Standing.OVERDUE))
    return Line(
        text=text.gettext("Remind me tomorrow"),
        action=Action(Verb.REMIND_TOMORROW) if nagging else None,
    )


def _quit(overview: Overview, text: Text) -> Line:
    """Ask before something that runs is stopped: in the menu itself, which needs nothing else."""
    if not overview.running:
        return Line(text=text.gettext("Quit"), action=Action(Verb.QUIT))
    later = Line(text=text.gettext("When this is done"), action=Action(Verb.QUIT_LATER))
    now = Line(text=text.gettext("Stop this and quit now"), action=Action(Verb.QUIT_NOW))
    return Line(text=text.gettext("Quit…"), lines=(later, now))


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text that is at most `longest` characters, with … where it was cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
