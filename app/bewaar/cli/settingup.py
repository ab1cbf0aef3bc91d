"""The verbs that set up what is kept: find, add."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bewaar.cli import plain
from bewaar.cli.desk import Desk
from bewaar.cli.serving import add_database
from bewaar.cli.words import folder_options, json_option, password_stdin_option
from bewaar.messages import N_
from bewaar.model import Administration, Code, State

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.operations import Older
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


@click.command(help=N_("Keep the books in PLACE, or in a database, safe from now on."))
@click.argument("place", type=PATH, required=False)
@click.option(
    "--server",
    metavar="ADDRESS",
    help=N_("A database on a server: postgresql://USER@HOST/DATABASE or mariadb://…"),
)
@folder_options
@click.option("--name", help=N_("What to call it; else the books' own name."))
@click.option("--code", help=N_("A short code for it; else one is made from the name."))
@click.option("--program", metavar="ID", help=N_("Its bookkeeping program; else that is found."))
@click.option(
    "--vault", is_flag=True, help=N_("The program puts its own backups there: keep each new one.")
)
@password_stdin_option
@json_option
@click.pass_obj
def add(desk: Desk, /, place: Path | None, server: str | None, **given: Any) -> None:
    """Add an administration."""
    if (place is None) == (server is None):
        raise click.UsageError(desk.text.gettext("Give one of PLACE and --server."))
    with desk.engine() as engine:
        added = _added(desk, engine, place, server, given)
        line = desk.text.gettext(
            "%(name)s is looked after from now on. Its code is %(code)s.",
            name=added.name,
            code=added.code,
        )
        desk.answer({"administration": plain.administration(added)}, [line])


def _added(
    desk: Desk, engine: "Engine", place: Path | None, server: str | None, given: dict[str, Any]
) -> Administration:
    choices = {"name": given["name"], "program": given["program"]}
    choices["code"] = Code(given["code"]) if given["code"] else None
    if place is not None:
        return engine.add(place, vault=given["vault"], **choices)
    return add_database(desk, engine, server or "", given, **choices)


@click.command(help=N_("Show the backups that a program makes itself, and which are kept."))
@click.argument("code")
@click.option("--keep/--leave", default=None, help=N_("Keep each new one by itself, or no more."))
@click.option(
    "--older", is_flag=True, help=N_("Store those that were there before too, as far as they fit.")
)
@json_option
@click.pass_obj
def vault(desk: Desk, code: str, *, keep: bool | None, older: bool) -> None:
    """Say what lies in the folder, and what waits; begin or end keeping each new one."""
    with desk.engine() as engine:
        wanted = engine.want_older(Code(code)) if older else None
        if keep is not None:
            engine.change_administration(Code(code), vault=keep)
            engine.scan()
        state = engine.state(Code(code))
        value: plain.Plain = {"keeps_each": state.administration.vault, "vault": plain.vault(state)}
        if wanted:
            value["stores_older"] = len(wanted.fitting)
        desk.answer(value, _vault(desk, state, wanted))


def _vault(desk: Desk, state: State, wanted: "Older | None") -> Iterator[str]:
    if wanted and wanted.count:
        yield from desk.text.older(
            count=wanted.count,
            size=wanted.size,
            fitting=len(wanted.fitting),
            fitting_size=wanted.fitting_size,
        )
        if wanted.fitting:
            yield desk.text.gettext("They are stored with the next backup.")
    told = desk.text.vault(state)
    yield from told or [desk.text.gettext("These are books, not backups that a program made.")]
    if told and not state.administration.vault:
        yield desk.text.gettext("New ones are not kept by themselves: --keep changes that.")


@click.command(help=N_("Folders outside that belong to the backups of an administration too."))
@click.argument("code")
@click.argument("folder", type=PATH, required=False)
@click.option("--remove", is_flag=True, help=N_("Leave this folder out from now on."))
@json_option
@click.pass_obj
def extra(desk: Desk, code: str, folder: Path | None, *, remove: bool) -> None:
    """Add a folder, leave one out, or list them with the files the books name elsewhere."""
    with desk.engine() as engine:
        if folder is not None:
            change = engine.remove_extra if remove else engine.add_extra
            change(Code(code), folder.absolute())
        extras = engine.state(Code(code)).administration.extras
        outside = engine.outside(Code(code))
        uncovered = outside.uncovered if outside else ()
        value = {
            "extras": [str(each) for each in extras],
            "uncovered": [{"folder": str(each), "files": n} for each, n in uncovered],
        }
        desk.answer(value, _extras(desk, extras, uncovered))


def _extras(
    desk: Desk, extras: Sequence[Path], uncovered: Sequence[tuple[Path, int]]
) -> Iterator[str]:
    yield from map(str, extras)
    if not extras:
        yield desk.text.gettext("No folder outside belongs to its backups.")
    for folder, n in uncovered:
        yield desk.text.ngettext(
            "The books name %(n)s file in %(folder)s that no backup of them holds.",
            "The books name %(n)s files in %(folder)s that no backup of them holds.",
            n,
            n=desk.text.number(n),
            folder=folder,
        )


def _found(desk: Desk, found: Sequence["Found"], kept: dict[Path, Code]) -> Iterator[str]:
    if not found:
        yield desk.text.gettext("No books were found. Name the folder they are in.")
        return
    yield from desk.table(
        [(each.name, each.program, str(each.place), kept.get(each.place, "")) for each in found]
    )
