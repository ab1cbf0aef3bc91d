"""The options that several verbs share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from bewaar.messages import N_

Verb = TypeVar("Verb", bound=Callable[..., Any])

json_option = click.option(
    "--json", is_flag=True, expose_value=False, help=N_("Answer with one JSON value.")
)
_FOLDERS = (
    ("--folder-there", N_("SQL Server: a folder for backups, as the server’s computer names it.")),
    ("--folder-here", N_("SQL Server: the same folder, as this computer names it.")),
    ("--data-folder", N_("SQL Server: where restored databases go; else where new ones go.")),
)


def folder_options(verb: Verb) -> Verb:
    """Let a verb take the folders of SQL Server."""
    for name, help_ in reversed(_FOLDERS):
        verb = click.option(name, metavar="FOLDER", help=help_)(verb)
    return verb


password_stdin_option = click.option(
    "--password-stdin",
    is_flag=True,
    help=N_("Read the password from the first line of standard input."),
)
