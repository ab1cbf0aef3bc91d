"""Databases on servers: sign in, choose one of those there are, sign in differently later.

The connection travels in the address, its password never: that stays with the session.
"""

from flask import Blueprint, Response, g, request

from bewaar.model import Code
from bewaar.operations import Lobby
from bewaar.servers.connection import Connection, ServerKind, checked
from bewaar.servers.kinds import SUFFIXES
from bewaar_web import desk, forms
from bewaar_web.trail import FILE_FIELDS

servers = Blueprint("servers", __name__, url_prefix="/servers")

HERE = "localhost"


@servers.get("/")
def sign_in() -> str:
    """Ask which server, and as whom."""
    return desk.ask("servers/sign_in.html", kinds=list(SUFFIXES), trail=_trail())


@servers.post("/")
def try_sign_in() -> Response:
    """Try it; what opened is kept for the next step."""
    connection, password = _connection(), forms.secret("password") or None
    if _trail():
        desk.engine().know_server(connection, password)
        return desk.go("restore.choose_target", **_trail())
    desk.engine().look_at_server(connection, password)
    if password:
        desk.passwords().keep(g.session, connection.account, password)
    return desk.go(".choose_database", **_address(connection))


@servers.get("/databases")
def choose_database() -> str:
    """Show the databases there, and ask which one holds the books."""
    connection = _connection()
    lobby: Lobby = desk.engine().look_at_server(connection, _password(connection))
    return desk.page(
        "servers/databases.html",
        connection=connection,
        lobby=lobby,
        trail=_address(connection),
        programs=_programs_on(connection.kind),
    )


@servers.post("/databases")
def keep_database() -> Response:
    """Keep the chosen one from now on."""
    connection = _connection(forms.word("database"))
    added = desk.engine().add_database(
        connection,
        _password(connection),
        name=forms.word("name") or None,
        program=forms.word("program") or None,
    )
    return desk.go("administrations.show_administration", code=added.code)


@servers.get("/login/<code>")
def ask_login(code: Code) -> str:
    """Ask as whom Bewaar signs in from now on."""
    return desk.ask(
        "servers/login.html",
        administration=desk.engine().state(code).administration,
        connection=desk.engine().connection(code),
    )


@servers.post("/login/<code>")
def change_login(code: Code) -> Response:
    """Sign in as that user from now on."""
    password = forms.secret("password") or None
    desk.engine().change_login(code, forms.word("host"), _port(), forms.word("user"), password)
    return desk.go("administrations.show_administration", code=code)


def _connection(database: str = "") -> Connection:
    kind = ServerKind(forms.choice("kind", list(ServerKind)))
    windows = kind is ServerKind.SQLSERVER and forms.word("whose") != "own"
    return checked(
        Connection(
            kind=kind,
            host=HERE if forms.word("where") == "here" else forms.word("host"),
            port=_port(),
            user="" if windows else forms.word("user"),
            database=database,
            windows_login=windows,
        )
    )


def _port() -> int | None:
    return forms.number("port", least=1, most=65535) if forms.word("port") else None


def _address(connection: Connection) -> dict[str, str | int]:
    """Return a connection for the address of the next step."""
    given = {
        "kind": str(connection.kind),
        "host": connection.host,
        "port": connection.port or "",
        "user": connection.user,
        "whose": "" if connection.windows_login else "own",
    }
    return {name: value for name, value in given.items() if value != ""}


def _trail() -> dict[str, str]:
    """Return which backup waits for a server to be restored onto, if one does."""
    fields = (*FILE_FIELDS, "code")
    return {name: request.values[name] for name in fields if request.values.get(name)}


def _programs_on(kind: ServerKind) -> list[str]:
    """Return the programs that keep books on such a server."""
    return [profile.id for profile in desk.engine().programs() if kind in profile.storages]


def _password(connection: Connection) -> str | None:
    return desk.passwords().of(g.session, connection.account)
