"""Databases on servers: look for one, sign in, choose a database, sign in differently later.

The connection travels in the address, its password never: that stays with the session.
"""

from flask import Blueprint, Response, g, render_template, request

from bewaar.errors import InvalidValue
from bewaar.model import Code
from bewaar.operations import Lobby
from bewaar.servers.connection import Connection, Folders, ServerKind, checked
from bewaar.servers.kinds import SUFFIXES
from bewaar.servers.search import HERE, Answer
from bewaar_web import desk, forms
from bewaar_web.trail import FILE_FIELDS

servers = Blueprint("servers", __name__, url_prefix="/servers")

PLACES = ("", "here", "there", "network")  # where servers are looked for; "" is here


@servers.get("/")
def sign_in() -> str:
    """Ask which server, and as whom."""
    host = forms.word("host")
    return desk.ask(
        "servers/sign_in.html",
        kinds=list(SUFFIXES),
        kind=forms.word("kind") or next(iter(SUFFIXES)),
        host="" if host == HERE else host,
        port=forms.word("port"),
        trail=_trail(),
    )


@servers.get("/search")
def search_servers() -> str:
    """Look for servers; where scripts run, while the page is there already."""
    answers = _answers() if forms.ticked("look") else None
    asked, trail = _asked(), _trail()
    way = {**trail, **{name: value for name, value in asked.items() if value}}
    return desk.page("servers/search.html", answers=answers, asked=asked, trail=trail, way=way)


@servers.get("/answers")
def list_answers() -> str:
    """Look, for a page that is there already."""
    answers = _answers()
    return render_template("servers/answers.html", answers=answers, asked=_asked(), trail=_trail())


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
    settings = desk.engine().settings()
    if not (settings.first_start_done or settings.destinations):
        return desk.go("first.choose_administrations")
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
    known = desk.engine().connection(code)
    folders = _folders() if known.kind is ServerKind.SQLSERVER else None
    desk.engine().change_login(
        code, forms.word("host"), _port(), forms.word("user"), password, folders
    )
    return desk.go("administrations.show_administration", code=code)


def _answers() -> tuple[Answer, ...]:
    match forms.choice("where", PLACES):
        case "" | "here":
            return desk.engine().servers_here()
        case "network":
            return desk.engine().servers_in_network()
        case _:
            if not forms.word("host"):
                raise InvalidValue(field="host", value="")
            return desk.engine().servers_at(forms.word("host"), _port())


def _asked() -> dict[str, str]:
    """Return where servers are looked for, for the page that tells it."""
    return {name: forms.word(name) for name in ("where", "host", "port")}


def _connection(database: str = "") -> Connection:
    kind = ServerKind(forms.choice("kind", list(ServerKind)))
    windows = kind is ServerKind.SQLSERVER and forms.word("whose") != "own"
    typed = Connection(
        kind=kind,
        host=HERE if forms.word("where") == "here" else forms.word("host"),
        port=_port(),
        user="" if windows else forms.word("user"),
        database=database,
        windows_login=windows,
    )
    return checked(_folders().of(typed) if kind is ServerKind.SQLSERVER else typed)


def _folders() -> Folders:
    """Return the folders of SQL Server as they were typed."""
    return Folders(
        there=forms.word("folder_there"),
        here=forms.word("folder_here"),
        data=forms.word("data_folder"),
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
        "folder_there": connection.folder_there,
        "folder_here": connection.folder_here,
        "data_folder": connection.data_folder,
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
