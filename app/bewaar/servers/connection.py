"""Which database holds somebody's books, and how its server is reached: a small TOML file.

Such a file is the place of an administration. No password is ever in it, nor in its address.
"""

import os
import tomllib
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import chain, count
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from bewaar.errors import InvalidValue, SourceGone, SourceUnreadable
from bewaar.files import replace_atomically, safe_name
from bewaar.model import Account
from bewaar.paths import unwritable

SUFFIX = ".server.toml"  # of such files

_LARGEST = 64 << 10  # bytes
_FOLDERS = ("folder_there", "folder_here", "data_folder")  # in the file when they are named


class ServerKind(StrEnum):
    """What kind of server it is; also the name of the storage."""

    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"
    SQLSERVER = "sqlserver"


USUAL_PORTS = {
    ServerKind.POSTGRESQL: 5432,
    ServerKind.MARIADB: 3306,
    ServerKind.SQLSERVER: 1433,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One database on one server, and who asks for it."""

    kind: ServerKind
    host: str  # a name or an address; a socket: its folder (PostgreSQL), its file (MariaDB)
    port: int | None = None  # None: the usual one
    user: str
    database: str
    windows_login: bool = False  # SQL Server: as the user of this computer
    # SQL Server writes and reads files on its own computer: one folder, by both of its names.
    folder_there: str = ""  # as the server's computer names it: "C:\bewaar"
    folder_here: str = ""  # as this computer names it: "\\SERVER\bewaar"
    data_folder: str = ""  # where the files of restored databases go; "" = where it puts new ones

    @property
    def account(self) -> Account:
        """Under which entry the password store keeps the password."""
        return Account(f"server:{self.kind}:{self.user}@{self.host}:{self.port or ''}")

    @property
    def server(self) -> str:
        """The server as people name it: "db.example.org:5433"."""
        if not self.port:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def same_database(self, other: "Connection") -> bool:
        """Whether both lead to one database, whoever asks."""
        return self.whereabouts == other.whereabouts

    @property
    def whereabouts(self) -> tuple[ServerKind, str, int, str]:
        """Which database it is, whoever asks."""
        return self.kind, self.host.casefold(), self.port or USUAL_PORTS[self.kind], self.database

    @property
    def address(self) -> str:
        """All of it in one line: "postgresql://anna@db.example.org/jansen"."""
        host = quote(self.host, safe="[]" if self.host.startswith("[") else "")
        port = f":{self.port}" if self.port else ""
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        return f"{self.kind}://{user}{host}{port}/{quote(self.database, safe='')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """The folders of a connection to SQL Server; false when there are none."""

    there: str = ""
    here: str = ""
    data: str = ""

    def __bool__(self) -> bool:
        """Whether one is named."""
        return bool(self.there or self.here or self.data)

    @classmethod
    def in_(cls, connection: Connection) -> "Folders":
        """Return those of a connection."""
        return cls(
            there=connection.folder_there,
            here=connection.folder_here,
            data=connection.data_folder,
        )

    def of(self, connection: Connection) -> Connection:
        """Return a connection with these."""
        return replace(
            connection, folder_there=self.there, folder_here=self.here, data_folder=self.data
        )


def parse(address: str) -> Connection:
    """Return what an address names. Raises InvalidValue, also for one with a password in it."""
    try:
        return checked(_parsed(address))
    except ValueError as error:
        raise InvalidValue(field="server", value=_hidden(address)) from error


def _parsed(address: str) -> Connection:
    """Read an address, whoever signs in there. Raises ValueError."""
    parts = urlsplit(address.strip())
    socket, _, number = parts.netloc.rpartition("@")[2].partition(":")
    local = unquote(socket).startswith("/")
    if parts.password is not None or parts.query or parts.fragment:
        raise ValueError("neither passwords nor options")
    return Connection(
        kind=ServerKind(parts.scheme),
        host=unquote(socket if local else parts.hostname or "") or "localhost",
        port=(int(number) if number else None) if local else parts.port,
        user=unquote(parts.username or ""),
        database=unquote(parts.path.removeprefix("/")),
        windows_login=parts.scheme == ServerKind.SQLSERVER and not parts.username,
    )


def checked(connection: Connection) -> Connection:
    """Return a connection that can be one. Raises InvalidValue."""
    texts = {"host": connection.host, "user": connection.user, "database": connection.database}
    for name, text in texts.items():
        if any(not character.isprintable() for character in text):
            raise InvalidValue(field=name, value="")
    if not connection.host.strip() or not (connection.user or connection.windows_login):
        raise InvalidValue(field="user" if connection.host.strip() else "host", value="")
    if connection.port is not None and not 0 < connection.port < 65536:
        raise InvalidValue(field="port", value=connection.port)
    _check_folders(connection)
    return connection


def _check_folders(connection: Connection) -> None:
    """Raise InvalidValue for folders that are none, or one without the other."""
    there, here = connection.folder_there, connection.folder_here
    theirs = {"folder_there": there, "data_folder": connection.data_folder}
    for name, folder in (*theirs.items(), ("folder_here", here)):
        whole = _is_whole(folder) if name in theirs else Path(folder).is_absolute()
        if folder and not (whole and folder.isprintable()):
            raise InvalidValue(field=name, value=folder)
        if folder and connection.kind is not ServerKind.SQLSERVER:
            raise InvalidValue(field=name, value=folder)
    if bool(there) != bool(here):
        raise InvalidValue(field="folder_here" if there else "folder_there", value="")


def _is_whole(folder: str) -> bool:
    """Whether it is a whole path on whatever computer a server has."""
    return PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute()


def is_connection(file: Path, kind: ServerKind | None = None) -> bool:
    """Return whether a file holds a connection, of that kind if one is given; never raises."""
    try:
        return file.name.endswith(SUFFIX) and kind in {None, load(file).kind}
    except (SourceGone, SourceUnreadable, ValueError):
        return False


def load(file: Path) -> Connection:
    """Return the connection a file holds. Raises SourceGone, SourceUnreadable."""
    try:
        table = tomllib.loads(_text(file))
        port = table.get("port")
        return checked(
            Connection(
                kind=ServerKind(table["kind"]),
                host=_word(table, "host"),
                port=port if type(port) is int else None,
                user=_word(table, "user"),
                database=_word(table, "database"),
                windows_login=table.get("windows_login") is True,
                folder_there=_word(table, "folder_there", ""),
                folder_here=_word(table, "folder_here", ""),
                data_folder=_word(table, "data_folder", ""),
            )
        )
    except FileNotFoundError as error:
        raise SourceGone(place=str(file)) from error
    except OSError as error:
        raise SourceUnreadable(path=str(file), reason=error.strerror or "") from error
    except (InvalidValue, KeyError, ValueError) as error:
        raise SourceUnreadable(path=str(file), reason=f"not a connection: {error}") from error


def save(file: Path, connection: Connection) -> None:
    """Write a connection, whole or not at all; keys a newer version wrote stay.

    Raises HomeFull, HomeUnwritable, InvalidValue, and SourceUnreadable for an old file that is
    something else.
    """
    import tomlkit

    checked(connection)
    if file.exists():
        load(file)
    try:
        document = tomlkit.parse(_text(file)) if file.exists() else tomlkit.document()
        for key, value in asdict(connection).items():
            if value is None or value is False or (key in _FOLDERS and not value):
                document.pop(key, None)
            else:
                document[key] = str(value) if isinstance(value, StrEnum) else value
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_atomically(file, tomlkit.dumps(document).encode())
    except OSError as error:
        raise unwritable(error, file.parent) from error


def shown(place: Path) -> str:
    """Return a place as people name it: of a database its address, not the file leading there."""
    return load(place).address if is_connection(place) else str(place)


def written(place: Path) -> str:
    """Return a place as a backup tells it: of a database where it is, not who signs in there."""
    return replace(load(place), user="").address if is_connection(place) else str(place)


def told(place: str) -> Connection | None:
    """Return the database that a backup tells of, without a user; None where it tells of none.

    Older backups name the file that led to it, which may still be there.
    """
    try:
        return _parsed(place)
    except ValueError:
        return load(Path(place)) if "\0" not in place and is_connection(Path(place)) else None


def free_file(folder: Path, name: str) -> Path:
    """Return where the connection of books of that name can be saved; nothing lies there."""
    stem = safe_name(name)
    names = chain((stem,), (f"{stem} {number}" for number in count(2)))
    files = (folder / f"{each}{SUFFIX}" for each in names)
    return next(file for file in files if not os.path.lexists(file))


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LARGEST).decode()


def _word(table: dict[str, Any], key: str, otherwise: str | None = None) -> str:
    value = table[key] if otherwise is None else table.get(key, otherwise)
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")  # noqa: TRY004 - the file is wrong, not the code
    return value


def _hidden(address: str) -> str:
    """Return an address that may be shown: without what could be a password."""
    return address.rpartition("@")[2]
