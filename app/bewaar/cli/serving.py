"""The verbs about databases on servers, and how a terminal signs in to one."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bewaar.cli import plain
from bewaar.cli.asking import password_from_stdin, server_password
from bewaar.cli.desk import Desk
from bewaar.cli.words import folder_options, json_option, password_stdin_option
from bewaar.errors import ServerPasswordNeeded, ServerRefused
from bewaar.messages import N_
from bewaar.model import Administration, Code, Note

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.servers.connection import Connection, Folders
    from bewaar.servers.search import Answer

T = TypeVar("T")
TRIES = 3


@click.command(help=N_("Look for database servers: on this computer, or on the one named."))
@click.argument("host", required=False)
@click.option("--port", type=click.IntRange(1, 65535), help=N_("Only at this port."))
@click.option("--network", is_flag=True, help=N_("In the network; only SQL Server answers there."))
@json_option
@click.pass_obj
def servers(desk: Desk, host: str | None, port: int | None, *, network: bool) -> None:
    """Say who answers, and what to call it."""
    if network and (host or port):
        raise click.UsageError(desk.text.gettext("Give one of HOST and --network."))
    with desk.engine() as engine:
        if network:
            answers = engine.servers_in_network()
        elif host or port:
            answers = engine.servers_at(host or "localhost", port)
        else:
            answers = engine.servers_here()
        desk.answer({"servers": [plain.server(each) for each in answers]}, _told(desk, answers))


def _told(desk: Desk, answers: "tuple[Answer, ...]") -> Iterator[str]:
    if not answers:
        yield desk.text.gettext("No database server answered.")
        return
    yield from desk.table([(a.maker, a.version, a.address) for a in answers])


@click.command(help=N_("Show which databases there are on a server."))
@click.argument("address")
@folder_options
@password_stdin_option
@json_option
@click.pass_obj
def databases(desk: Desk, /, address: str, *, password_stdin: bool, **folders: str | None) -> None:
    """Sign in and say what is there, as a test of the connection."""
    connection, given = _connection(desk, address, folders), _given(password_stdin=password_stdin)
    with desk.engine() as engine:
        lobby = signed_in(desk, connection, given, lambda p: engine.look_at_server(connection, p))
        value = {"version": lobby.version, "databases": list(lobby.databases)}
        none = [desk.text.gettext("This user sees no databases there.")]
        desk.answer(value, lobby.databases or none)


@click.command(help=N_("Sign in to the server of an administration differently from now on."))
@click.argument("code")
@click.option("--user", help=N_("As whom; else as before."))
@click.option("--host", help=N_("Where the server is now; else as before."))
@click.option("--port", type=click.IntRange(1, 65535), help=N_("Its port; else as before."))
@folder_options
@password_stdin_option
@json_option
@click.pass_obj
def login(desk: Desk, /, code: str, user: str | None, **given: Any) -> None:
    """Try another user, password or place, and keep it when the server takes it."""
    password = _given(password_stdin=given["password_stdin"])
    with desk.engine() as engine:
        known = engine.connection(Code(code))
        name = known.user if user is None else user
        if password is None and desk.someone_there:
            password = server_password(desk, known.server, name) or None
        host, port = given["host"] or known.host, given["port"] or known.port
        tell_untried(desk, known.kind)
        folders = _folders(given, known)
        changed = engine.change_login(Code(code), host, port, name, password, folders)
        line = desk.text.gettext(
            "Bewaar signs in to %(server)s as %(user)s from now on.",
            server=changed.server,
            user=changed.user,
        )
        desk.answer({"code": code, "user": changed.user}, [line])


def add_database(
    desk: Desk, engine: "Engine", address: str, given: Mapping[str, Any], **choices: Any
) -> Administration:
    """Keep a database from now on, and ask for the password when the server wants one."""
    connection = _connection(desk, address, given)
    password = _given(password_stdin=given["password_stdin"])
    return signed_in(
        desk, connection, password, lambda p: engine.add_database(connection, p, **choices)
    )


def known_server(desk: Desk, engine: "Engine", address: str, folders: Mapping[str, Any]) -> Path:
    """Return the file of a server to restore onto, signed in to when it is not known."""
    connection = _connection(desk, address, folders)
    return signed_in(desk, connection, None, lambda p: engine.know_server(connection, p))


def signed_in(
    desk: Desk, connection: "Connection", given: str | None, attempt: Callable[[str | None], T]
) -> T:
    """Return what an attempt returns, with a password that is asked for when it is needed."""
    try:
        return attempt(given)
    except (ServerPasswordNeeded, ServerRefused):
        if given is not None or not desk.someone_there:
            raise
    for _ in range(TRIES - 1):
        try:
            return attempt(server_password(desk, connection.server, connection.user))
        except ServerRefused as error:
            desk.hint(desk.text.failure(error.code, error.params).what)
    return attempt(server_password(desk, connection.server, connection.user))


def tell_untried(desk: Desk, kind: str) -> None:
    """Say of books on SQL Server that nobody has tried that yet."""
    if kind == "sqlserver":
        desk.hint(desk.text.note(Note(code="server.untried", params={})))


def _connection(desk: Desk, address: str, given: Mapping[str, Any]) -> "Connection":
    """Return what an address and the folders beside it name."""
    from bewaar.servers.connection import parse

    connection = parse(address)
    tell_untried(desk, connection.kind)
    return _folders(given, connection).of(connection)


def _folders(given: Mapping[str, Any], known: "Connection") -> "Folders":
    """Return the folders that were given, else those that are known."""
    from bewaar.servers.connection import Folders

    there, here, data = given["folder_there"], given["folder_here"], given["data_folder"]
    return Folders(
        there=known.folder_there if there is None else there,
        here=known.folder_here if here is None else here,
        data=known.data_folder if data is None else data,
    )


def _given(*, password_stdin: bool) -> str | None:
    return password_from_stdin() if password_stdin else None
