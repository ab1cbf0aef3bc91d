"""Opening a backup file for a verb, with its password when it has one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bewaar.cli.asking import known_password
from bewaar.cli.desk import Desk
from bewaar.errors import KeyringUnavailable, PasswordNeeded, PasswordOrDamage, PasswordWrong
from bewaar.model import Code
from bewaar.requests import BackupFile

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.operations import Inside

T = TypeVar("T")
TRIES = 3


def open_inside(
    desk: Desk, engine: "Engine", file: Path, password: str | None
) -> tuple["Inside", str | None]:
    """Return what is inside a file, and the password that opened it.

    Raises what looking inside raises; a person gets three tries at the password.
    """
    wanted = BackupFile(path=file.absolute())
    return with_password(desk, file, password, lambda word: engine.look_inside(wanted, word))


def with_password(
    desk: Desk, file: Path, password: str | None, open_: Callable[[str | None], T]
) -> tuple[T, str | None]:
    """Return what `open_` returns, and the password that opened it, asked for when needed."""
    try:
        return open_(password), password
    except (PasswordNeeded, PasswordOrDamage, PasswordWrong, KeyringUnavailable):
        if password is not None or not desk.someone_there:
            raise
    for _ in range(TRIES - 1):
        typed = known_password(desk, file.name)
        try:
            return open_(typed), typed
        except (PasswordOrDamage, PasswordWrong) as error:
            desk.hint(desk.text.failure(error.code, error.params).what)
    typed = known_password(desk, file.name)
    return open_(typed), typed


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
