"""The verbs that set up what is kept: find, add."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bewaar.cli import plain
from bewaar.cli.desk import Desk
from bewaar.cli.words import json_option
from bewaar.messages import N_
from bewaar.model import Code, State

if TYPE_CHECKING:
    from bewaar.programs import Found

PATH = click.Path(path_type=Path)


@click.command(help=N_("Look for books, in the usual places and below ROOT."))
@click.argument("roots", nargs=-1, type=PATH, metavar="[ROOT]...")
@json_option
@click.pass_obj
def find(desk: Desk, roots: tuple[Path, ...]) -> None:
    """Say which books lie where, and which of them are kept already."""
    with desk.engine() as engine:
        found = engine.find([root.absolute() for root in roots])
        kept = {each.place: each.code for each in engine.settings().administrations}
        value = [
            {
                "name": each.name,
                "place": str(each.place),
                "program": each.program,
                "code": kept.get(each.place),
            }
            for each in found
        ]
        desk.answer({"found": value}, _found(desk, found, kept))


@click.command(help=N_("Keep the books in PLACE safe from now on."))
@click.argument("place", type=PATH)
@click.option("--name", help=N_("What to call it; else the books' own name."))
@click.option("--code", help=N_("A short code for it; else one is made from the name."))
@click.option("--program", metavar="ID", help=N_("Its bookkeeping program; else that is found."))
@click.option(
    "--vault", is_flag=True, help=N_("The program puts its own backups there: keep each new one.")
)
@json_option
@click.pass_obj
def add(
    desk: Desk, place: Path, name: str | None, code: str | None, program: str | None, *, vault: bool
) -> None:
    """Add an administration."""
    with desk.engine() as engine:
        wanted = Code(code) if code else None
        added = engine.add(place, name=name, code=wanted, program=program, vault=vault)
        line = desk.text.gettext(
            "%(name)s is looked after from now on. Its code is %(code)s.",
            name=added.name,
            code=added.code,
        )
        desk.answer({"administration": plain.administration(added)}, [line])


@click.command(help=N_("Show the backups that a program makes itself, and which are kept."))
@click.argument("code")
@click.option("--keep/--leave", default=None, help=N_("Keep each new one by itself, or no more."))
@json_option
@click.pass_obj
def vault(desk: Desk, code: str, *, keep: bool | None) -> None:
    """Say what lies in the folder, and what waits; begin or end keeping each new one."""
    with desk.engine() as engine:
        if keep is not None:
            engine.change_administration(Code(code), vault=keep)
            engine.scan()
        state = engine.state(Code(code))
        value = {"keeps_each": state.administration.vault, "vault": plain.vault(state)}
        desk.answer(value, _vault(desk, state))


def _vault(desk: Desk, state: State) -> Iterator[str]:
    told = desk.text.vault(state)
    yield from told or [desk.text.gettext("These are books, not backups that a program made.")]
    if told and not state.administration.vault:
        yield desk.text.gettext("New ones are not kept by themselves: --keep changes that.")


def _found(desk: Desk, found: Sequence["Found"], kept: dict[Path, Code]) -> Iterator[str]:
    if not found:
        yield desk.text.gettext("No books were found. Name the folder they are in.")
        return
    yield from desk.table(
        [(each.name, each.program, str(each.place), kept.get(each.place, "")) for each in found]
    )
