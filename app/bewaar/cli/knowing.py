"""What Bewaar knows of programs, and what they leave to do: programs, checklist."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bewaar.cli import plain
from bewaar.cli.desk import Desk
from bewaar.cli.words import json_option
from bewaar.messages import N_
from bewaar.model import Checklist, Code, Note

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.programs import Guide


@click.command(help=N_("List the programs that Bewaar knows, and what it can do for each."))
@json_option
@click.pass_obj
def programs(desk: Desk) -> None:
    """Say what is done for each program, and which of the user's profiles cannot be used."""
    with desk.engine() as engine:
        guide = engine.program_guide()
        value = {
            "folder": str(guide.folder),
            "programs": [dict(each.plain) for each in guide.abilities],
            "refused": [dict(note.params) for note in guide.refused],
        }
        desk.answer(value, _known(desk, guide))


@click.command(help=N_("Show what is left to do after restores of an administration."))
@click.argument("code")
@click.option("--done", multiple=True, type=int, metavar="NR", help=N_("Tick off this one."))
@click.option("--put-away", is_flag=True, help=N_("Show the list no longer."))
@json_option
@click.pass_obj
def checklist(desk: Desk, code: str, done: tuple[int, ...], *, put_away: bool) -> None:
    """Show the newest list on which something is left; tick off, or put away."""
    with desk.engine() as engine:
        found = engine.open_checklists(engine.state(Code(code)).administration.code)
        newest = found[0] if found else None
        if newest and done:
            newest = engine.tick_checklist(newest.number, _ticked(desk, newest, done))
        if newest and put_away:
            newest = engine.put_away_checklist(newest.number)
        value = plain.checklist(newest) if newest else None
        desk.answer({"checklist": value}, to_do(desk, engine, newest))


def to_do(desk: Desk, engine: "Engine", found: Checklist | None) -> Iterator[str]:
    """Yield a heading and the items of a list, ticked or not."""
    if found is None:
        yield desk.text.gettext("Nothing is left to do after a restore.")
        return
    yield desk.text.gettext(
        "After the restore of %(when)s", when=desk.text.moment(found.restored_at)
    )
    names = {each.id: each.name for each in engine.programs()}
    program = names.get(found.program, found.program)
    for nr, check in enumerate(found.checks, 1):
        yield f"  {'✓' if check.done_at else '○'} {nr}. {desk.text.check(check, program)}"


def _ticked(desk: Desk, found: Checklist, done: tuple[int, ...]) -> set[int]:
    """Return the places of what is ticked off, with what was before."""
    if not all(1 <= nr <= len(found.checks) for nr in done):
        raise click.UsageError(desk.text.gettext("The list has %(n)s items.", n=len(found.checks)))
    before = {place for place, check in enumerate(found.checks) if check.done_at}
    return before | {nr - 1 for nr in done}


def _known(desk: Desk, guide: "Guide") -> Iterator[str]:
    for note in guide.refused:
        yield desk.text.note(note)
    _ = desk.text.gettext
    rows = [(_("Program"), _("Found"), _("Copied while open"), _("Counted"), _("Company’s name"))]
    for ability in guide.abilities:
        skill = desk.text.skill(ability)
        rows.append((ability.name, skill.found, skill.while_open, skill.counted, skill.names))
    yield from desk.table(rows)
    for ability in guide.abilities:
        skill = desk.text.skill(ability)
        for line in filter(None, (*skill.more, skill.untried)):
            yield f"{ability.name}: {line}"
    yield desk.text.note(Note(code="server.untried", params={}))
    yield _(
        "A program of your own is described by one small text file in %(folder)s.",
        folder=str(guide.folder),
    )
