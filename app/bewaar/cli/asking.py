"""What only the person can say: a password, a yes, a name typed as a safeguard.

Nothing asked here is ever shown again, and none of it is asked when nobody is there.
"""

import sys

import click

from bewaar.cli.desk import Desk, visible
from bewaar.errors import InvalidValue, PasswordEmpty, PasswordMismatch


def password_from_stdin() -> str:
    """Return the first line of standard input. Raises PasswordEmpty, InvalidValue."""
    stream = getattr(sys.stdin, "buffer", None)
    line: bytes = stream.readline() if stream else b""
    try:
        password = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InvalidValue(field="password", value="…") from None
    if not password:
        raise PasswordEmpty
    return password


def new_password(desk: Desk) -> str:
    """Ask for a password twice. Raises PasswordEmpty, PasswordMismatch."""
    password = _hidden(desk.text.gettext("Password"))
    if not password:
        raise PasswordEmpty
    if _hidden(desk.text.gettext("The same password once more")) != password:
        raise PasswordMismatch
    return password


def known_password(desk: Desk, file: str) -> str:
    """Ask for the password of a backup. Raises PasswordEmpty."""
    password = _hidden(desk.text.gettext("Password of %(file)s", file=file))
    if not password:
        raise PasswordEmpty
    return password


def server_password(desk: Desk, server: str, user: str) -> str:
    """Ask for the password of a user of a server; "" when there is none."""
    return _hidden(
        desk.text.gettext("Password of %(user)s on %(server)s", user=user, server=server)
    )


def typed_name(desk: Desk, name: str) -> str:
    """Ask for a name to be typed, as a safeguard before something is replaced."""
    question = desk.text.gettext(
        "Type the name of the administration to go on (%(name)s)", name=name
    )
    return str(click.prompt(visible(question), default="", show_default=False, err=True))


def agreed(desk: Desk, question: str) -> bool:
    """Ask for a yes; everything else is a no."""
    yes, no = desk.text.pgettext("answer", "y"), desk.text.pgettext("answer", "n")
    asked = visible(f"{question} [{yes}/{no}]")
    answer = str(click.prompt(asked, default=no, show_default=False, err=True))
    return answer.strip().casefold()[:1] == yes


def _hidden(question: str) -> str:
    asked = visible(question)
    return str(click.prompt(asked, default="", show_default=False, hide_input=True, err=True))
