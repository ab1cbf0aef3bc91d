"""The verb that puts one more copy of a backup somewhere: copy."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bewaar.cli import plain
from bewaar.cli.asking import agreed, password_from_stdin
from bewaar.cli.carryout import carry_out
from bewaar.cli.conclusion import conclude
from bewaar.cli.desk import Desk
from bewaar.cli.opening import open_inside
from bewaar.cli.words import json_option, password_stdin_option
from bewaar.errors import DestinationMissing
from bewaar.messages import N_
from bewaar.requests import BackupFile

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.model import Destination


@click.command(help=N_("Copy a backup file to a destination, and prove the copy."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    required=True,
    metavar="DESTINATION",
    help=N_("A folder, or a destination's name."),
)
@click.option("--make-folder", is_flag=True, help=N_("Make the folder when it does not exist."))
@password_stdin_option
@json_option
@click.pass_obj
def copy(desk: Desk, file: Path, to: str, *, make_folder: bool, password_stdin: bool) -> int:
    """Copy one backup here and now, and say what became of it."""
    given = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        _, password = open_inside(desk, engine, file, given)
        there = destination_for(desk, engine, to, make_folder=make_folder)
        wanted = BackupFile(path=file.absolute())
        job = carry_out(desk, engine, engine.start_copy(wanted, there.id, password))
        made = [plain.backup(engine.backup(id, there.id)) for id in job.backups]
        value = {"backups": made, "destination": plain.destination(there)}
        return conclude(desk, engine, job, value)


def destination_for(
    desk: Desk, engine: "Engine", wanted: str, *, make_folder: bool
) -> "Destination":
    """Return the destination of that name, or that folder; a person is asked whether to make it."""
    try:
        return engine.destination(wanted, make_folder=make_folder)
    except DestinationMissing as error:
        folder = error.params.get("folder")
        question = desk.text.gettext("%(folder)s does not exist. Make it?", folder=folder)
        if not desk.someone_there or not agreed(desk, question):
            raise
    return engine.destination(wanted, make_folder=True)
