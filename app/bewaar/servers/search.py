"""Searching for database servers: who answers, and of which kind it says it is.

All are asked at once, and what has not answered within a moment has not answered. Nobody signs in.
Only what the user named is asked, and in the network only SQL Server's own directory, which
answers to a call to all: no other computer's ports are tried.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bewaar.servers import browser, greetings
from bewaar.servers.connection import USUAL_PORTS, Connection, ServerKind
from bewaar.servers.greetings import Greeting

PATIENCE = 1.5  # seconds, for all of it
HERE = "localhost"

# Where systems and installers put sockets. PostgreSQL's tell the port, MariaDB's are one file.
SOCKETS = {
    ServerKind.POSTGRESQL: ("/run/postgresql/.s.PGSQL.*", "/tmp/.s.PGSQL.*"),  # noqa: S108
    ServerKind.MARIADB: (
        *("/run/mysqld/mysqld.sock", "/run/mysql/mysql.sock", "/run/mariadb/mariadb.sock"),
        *("/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"),  # noqa: S108
    ),
}
PORTS = {
    ServerKind.POSTGRESQL: (5432, 5433),
    ServerKind.MARIADB: (3306, 3307),
    ServerKind.SQLSERVER: (1433,),
}

_LOOPBACK = ("127.0.0.1", "::1")
_ADDRESSES = 4  # of one name that are tried
_PIPES = r"\\.\pipe"  # where Windows lists who can be reached without a network


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server that answered."""

    kind: ServerKind
    maker: str  # as people call it; MySQL is reached as MariaDB is
    version: str  # "" = it does not say before somebody signs in
    host: str  # as in a `Connection`
    port: int | None  # None: the usual one

    @property
    def address(self) -> str:
        """How a terminal names it, with a place to say as whom: "mariadb://USER@localhost"."""
        known = Connection(kind=self.kind, host=self.host, port=self.port, user="USER", database="")
        return known.address.removesuffix("/")


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server could be listening."""

    kind: ServerKind
    host: str  # as a `Connection` names it
    port: int
    address: str = ""  # one of those the host has; "" of a socket

    @property
    def _file(self) -> str:
        """The socket; of PostgreSQL the host is the folder it lies in."""
        named = self.kind is ServerKind.POSTGRESQL
        return f"{self.host}/.s.PGSQL.{self.port}" if named else self.host

    def opened(self, seconds: float) -> socket.socket:
        """Connect. Raises OSError."""
        if self.address:
            return socket.create_connection((self.address, self.port), seconds)
        if sys.platform == "win32":  # it has pipes instead
            raise OSError(self.host)
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.settimeout(seconds)
            connected.connect(self._file)
        except OSError:
            connected.close()
            raise
        return connected

    def answered(self, greeting: Greeting) -> Answer:
        """Return who is behind it."""
        return Answer(
            kind=self.kind,
            maker=greeting.maker,
            version=greeting.version,
            host=self.host,
            port=None if self.port == USUAL_PORTS[self.kind] else self.port,
        )


Task = Callable[[float], Iterable[Answer]]  # what it finds until that moment of time.monotonic


def here() -> tuple[Answer, ...]:
    """Return who answers on this computer."""
    search = _Search()
    for kind, ports in PORTS.items():
        search.knock(kind, HERE, _LOOPBACK, ports)
    for door in _sockets():
        search.start(partial(_greeted, door))
    search.start(partial(_listed, _LOOPBACK[0], HERE))
    search.start(lambda _: _piped())
    return search.answers()


def at(host: str, port: int | None = None) -> tuple[Answer, ...]:
    """Return who answers on a computer, at a port or at the usual ones; or at a socket."""
    search = _Search()
    if not host.isprintable():
        return ()
    if host.startswith("/"):
        for kind in SOCKETS:
            search.start(partial(_greeted, Door(kind, host, port or USUAL_PORTS[kind])))
        return search.answers()
    search.start(lambda _: search.look_up(host, port))
    if not port:
        search.start(partial(_listed, host, host))
    return search.answers()


def in_network() -> tuple[Answer, ...]:
    """Return the SQL Servers that answer to a call to all."""
    search = _Search()
    search.start(partial(_listed, browser.ALL, ""))
    return search.answers()


class _Search:
    """Tasks that all run at once, until a moment; one that hangs is left behind."""

    def __init__(self) -> None:
        self._until = time.monotonic() + PATIENCE
        self._found: list[Answer] = []
        self._threads: list[threading.Thread] = []

    def start(self, task: Task) -> None:
        thread = threading.Thread(target=self._run, args=(task,), name="bewaar-search", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, task: Task) -> None:
        for each in task(self._until):
            self._found.append(each)

    def knock(
        self, kind: ServerKind, host: str, addresses: Iterable[str], ports: Iterable[int]
    ) -> None:
        """Ask all addresses of a computer at once: the first may lead nowhere."""
        for port in ports:
            for address in addresses:
                self.start(partial(_greeted, Door(kind, host, port, address)))

    def look_up(self, host: str, port: int | None) -> Iterable[Answer]:
        """Find the addresses of a name, and have them asked."""
        try:
            known = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            return ()
        addresses = list(dict.fromkeys(str(each[4][0]) for each in known))[:_ADDRESSES]
        for kind, ports in PORTS.items():
            self.knock(kind, host, addresses, (port,) if port else ports)
        return ()

    def answers(self) -> tuple[Answer, ...]:
        """Wait, and return what was found, each server once, as the fullest answer told it."""
        for thread in self._threads:  # what looks up a name adds some
            thread.join(max(0.0, self._until - time.monotonic()))
        once: dict[tuple[object, ...], Answer] = {}
        for each in sorted(self._found, key=lambda answer: not answer.version):
            once.setdefault((each.kind, each.host.casefold(), each.port), each)
        return tuple(sorted(once.values(), key=lambda a: (a.kind, a.host, a.port or 0)))


def _sockets() -> Iterator[Door]:
    """Yield the sockets of this computer; the ports of PostgreSQL stand in their names."""
    for kind, patterns in SOCKETS.items():
        found = (file for each in patterns for file in Path("/").glob(each.removeprefix("/")))
        for file in dict.fromkeys(map(Path.resolve, found)):
            port = file.suffix.removeprefix(".")
            if kind is ServerKind.MARIADB:
                yield Door(kind, str(file), USUAL_PORTS[kind])
            elif port.isdecimal():
                yield Door(kind, str(file.parent), int(port))


def _greeted(door: Door, until: float) -> Iterator[Answer]:
    """Yield who answers at a door and greets as its kind does."""
    with suppress(OSError, ValueError), door.opened(_left(until)) as connected:
        connected.sendall(greetings.HELLO[door.kind])
        said = b""
        while len(said) < greetings.LONGEST:
            connected.settimeout(_left(until))
            more = connected.recv(greetings.LONGEST)
            said += more
            if found := greetings.read(door.kind, said):
                yield door.answered(found)
            if found or not more:
                return


def _listed(address: str, host: str, until: float) -> Iterator[Answer]:
    """Yield what SQL Server's directories name; `host` is how that computer is called here."""
    return (_instance(each, host) for each in browser.ask(address, until))


def _piped() -> Iterator[Answer]:
    """Yield the SQL Servers that are reached through Windows itself, as most small ones are."""
    pipes = os.listdir(_PIPES) if os.name == "nt" else []  # noqa: PTH208 - no paths are in it
    return (_instance(each, HERE) for each in browser.piped(pipes))


def _instance(found: browser.Instance, host: str) -> Answer:
    usual = found.port == USUAL_PORTS[ServerKind.SQLSERVER]
    computer = host or found.computer
    return Answer(
        kind=ServerKind.SQLSERVER,
        maker="SQL Server",
        version=found.version,
        host=computer if found.port else found.at(computer),
        port=None if usual else found.port,
    )


def _left(until: float) -> float:
    """Return the seconds that are left. Raises TimeoutError without any."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
