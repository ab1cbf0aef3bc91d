"""The verb that says who has the books open: `users`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bewaar.cli import plain
from bewaar.cli.desk import Desk
from bewaar.cli.words import json_option
from bewaar.messages import N_
from bewaar.model import Administration, Code, Job, Openness, OpenState

if TYPE_CHECKING:
    from bewaar.engine import Engine

STATES = {
    Openness.CLOSED: N_("%(name)s: nobody has it open."),
    Openness.OPEN: N_("%(name)s: open."),
    Openness.UNKNOWN: N_("%(name)s: nobody can tell whether it is open."),
}


@click.command(help=N_("Say who has the books open, since when, and how that is known."))
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@json_option
@click.pass_obj
def users(desk: Desk, codes: tuple[str, ...]) -> None:
    """Look at these administrations, or all of them."""
    with desk.engine() as engine:
        kept = engine.settings().administrations
        wanted = [engine.state(Code(code)).administration for code in codes] or list(kept)
        seen = [(each, engine.open_state(each.code)) for each in wanted]
        lines = [line for each, state in seen for line in _told(desk, engine, each, state)]
        value = [{"code": each.code, **plain.open_state(state)} for each, state in seen]
        desk.answer({"administrations": value}, lines)


def tell_users(desk: Desk, engine: "Engine", job: Job) -> None:
    """Say beside the answer who has books open that a job waits for, and what follows."""
    for code in job.codes:
        if (state := engine.open_state(code)).in_use:
            for line in _told(desk, engine, engine.state(code).administration, state):
                desk.hint(line)
    if desk.text.seconds_left(job) is not None:
        plea = engine.plea(job.id)
        for line in filter(None, (plea.text, desk.text.afterwards(plea))):
            desk.hint(line)


def _told(
    desk: Desk, engine: "Engine", administration: Administration, state: OpenState
) -> Iterator[str]:
    yield desk.text.gettext(STATES[state.openness], name=administration.name)
    told = desk.text.users(state, engine.program_of(administration.code))
    yield from (f"  {line}" for line in told)
