"""The verb that removes one backup for good: remove."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bewaar.cli import plain
from bewaar.cli.asking import agreed
from bewaar.cli.desk import Desk
from bewaar.cli.words import json_option
from bewaar.errors import BackupUnknown, Cancelled, UnknownAdministration
from bewaar.files import inside
from bewaar.messages import N_
from bewaar.model import SAFETY, Backup, Code

if TYPE_CHECKING:
    from bewaar.engine import Engine

Remaining = dict[Code, list[Backup]]


@click.command(help=N_("Remove a backup file for good; the last two proven ones always stay."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", default="", help=N_("Why: it is kept in the log."))
@click.option("--yes", is_flag=True, help=N_("Remove without asking."))
@json_option
@click.pass_obj
def remove(desk: Desk, file: Path, reason: str, *, yes: bool) -> None:
    """Say what goes and what stays, have it confirmed, and remove it."""
    with desk.engine() as engine:
        backup = _known(engine, file.absolute())
        engine.check_removal(backup.id, backup.destination, reason=reason)
        if not yes:
            _ask(desk, backup)
        engine.remove_backup(backup.id, destination=backup.destination, reason=reason)
        left = _remaining(engine, backup)
        value = {
            "removed": plain.backup(backup),
            "remaining": {code: [plain.backup(each) for each in left[code]] for code in left},
        }
        desk.answer(value, _told(desk, backup, left))


def _known(engine: "Engine", file: Path) -> Backup:
    """Return the backup that a file at a destination is. Raises BackupUnknown."""
    for place in engine.destinations():
        folder = place.destination.folder
        if place.here and inside(file.parent, folder) and inside(folder, file.parent):
            for backup in engine.backups_at(place.destination.id):
                if backup.file == file.name:
                    return backup
    raise BackupUnknown(id=file.name)


def _ask(desk: Desk, backup: Backup) -> None:
    """Have it confirmed. Raises Cancelled, and UsageError where nobody is there to be asked."""
    if not desk.someone_there:
        raise click.UsageError(desk.text.gettext("Nobody is there to be asked: give --yes."))
    names = ", ".join(content.name for content in backup.contents)
    made, size = desk.text.moment(backup.made_at), desk.text.size(backup.size)
    desk.hint(
        desk.text.gettext(
            "%(file)s holds %(names)s as of %(moment)s, %(size)s.",
            file=backup.file,
            names=names,
            moment=made,
            size=size,
        )
    )
    if not agreed(desk, desk.text.gettext("Remove it for good?")):
        raise Cancelled


def _remaining(engine: "Engine", removed: Backup) -> Remaining:
    """Return the proven backups there still are of what was in it, wherever they lie."""
    left: Remaining = {}
    for code in removed.codes:
        try:
            found = engine.history(code)
        except UnknownAdministration:  # not kept any more
            continue
        left[code] = [each for each in found if each.proof and each.destination != SAFETY]
    return left


def _told(desk: Desk, removed: Backup, left: Remaining) -> Iterator[str]:
    names = {content.code: content.name for content in removed.contents}
    yield desk.text.gettext("A backup was removed: %(file)s.", file=removed.file)
    for code, backups in left.items():
        yield desk.text.ngettext(
            "%(n)d proven backup of %(name)s stays, the newest: %(moment)s.",
            "%(n)d proven backups of %(name)s stay, the newest: %(moment)s.",
            len({each.id for each in backups}),
            name=names[code],
            moment=desk.text.moment(backups[0].made_at) if backups else "–",
        )
