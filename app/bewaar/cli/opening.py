"""Opening a backup file for a verb, with its password when it has one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bewaar.cli.asking import known_password
from bewaar.cli.desk import Desk
from bewaar.errors import KeyringUnavailable, PasswordNeeded, PasswordWrong
from bewaar.model import Code
from bewaar.requests import BackupFile

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.operations import Inside

TRIES = 3


def open_inside(
    desk: Desk, engine: "Engine", file: Path, password: str | None
) -> tuple["Inside", str | None]:
    """Return what is inside a file, and the password that opened it.

    Raises what looking inside raises; a person gets three tries at the password.
    """
    wanted = BackupFile(path=file.absolute())
    try:
        return engine.look_inside(wanted, password), password
    except (PasswordNeeded, PasswordWrong, KeyringUnavailable):
        if password is not None or not desk.someone_there:
            raise
    for _ in range(TRIES - 1):
        typed = known_password(desk, file.name)
        try:
            return engine.look_inside(wanted, typed), typed
        except PasswordWrong as error:
            desk.hint(desk.text.failure(error.code, error.params).what)
    typed = known_password(desk, file.name)
    return engine.look_inside(wanted, typed), typed


def code_in(desk: Desk, inside: "Inside", wanted: str | None) -> Code:
    """Return which of the administrations inside is wanted."""
    codes = [each.content.code for each in inside.manifest.administrations]
    if wanted in codes:
        return Code(wanted)
    if wanted is None and len(codes) == 1:
        return codes[0]
    listed = ", ".join(codes)
    raise click.UsageError(
        desk.text.gettext("Say which administration, with --code. Inside: %(codes)s", codes=listed)
    )
