"""The options that several verbs share."""

import click

from bewaar.messages import N_

json_option = click.option(
    "--json", is_flag=True, expose_value=False, help=N_("Answer with one JSON value.")
)
password_stdin_option = click.option(
    "--password-stdin",
    is_flag=True,
    help=N_("Read the password from the first line of standard input."),
)
