"""Private database servers for tests: real ones, on sockets in a folder of their own.

A session's tests share one server of each kind, each test with databases of its own; what must
stop or break its server starts another.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import ServerAway, ServerFailed
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.kinds import server_at

SECONDS = 60  # for a server to come up
_FOLDERS = "bewaar-server-of-"  # and the number of the process whose tests they are of
PASSWORD = "geheim é"

_HBA = "local all +locked scram-sha-256\nlocal all all trust\n"


@dataclass(kw_only=True)
class Server:
    """A running server of one's own."""

    kind: ServerKind
    folder: Path
    process: subprocess.Popen[bytes]
    admin: str
    host: str
    databases: list[str] = field(default_factory=list)

    def connection(self, database: str, user: str = "") -> Connection:
        return Connection(
            kind=self.kind, host=self.host, user=user or self.admin, database=database
        )

    def seen(
        self, database: str = "", user: str = "", password: str | None = None
    ) -> DatabaseServer:
        """Return the server as Bewaar sees it."""
        return server_at(self.connection(database, user), password)

    def new_database(self, name: str = "") -> str:
        """Make a database; its name is one that needs quotes."""
        name = name or f'boek "é` {uuid.uuid4().hex[:8]}'
        self.databases.append(name)
        self.seen().create(name)
        return name

    def new_user(self) -> str:
        """Make a user who needs `PASSWORD`, and has no rights in any database."""
        name = f"anna_{uuid.uuid4().hex[:8]}"
        if self.kind is ServerKind.POSTGRESQL:
            with suppress(Exception):
                self.do("", "CREATE ROLE locked")
            self.do("", f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE locked")
        else:
            self.do("", f"CREATE USER {name}@localhost IDENTIFIED BY '{PASSWORD}'")
        return name

    @contextmanager
    def cursor(self, database: str = "") -> Iterator[Any]:
        """Give a cursor whose statements are committed at the end, as its program would."""
        if self.kind is ServerKind.POSTGRESQL:
            import psycopg

            with psycopg.connect(
                host=self.host,
                user=self.admin,
                dbname=database or "postgres",
                autocommit=not database,
            ) as connected:
                yield connected.cursor()
            return
        import pymysql

        connected = pymysql.connect(
            unix_socket=self.host, user=self.admin, database=database or None, charset="utf8mb4"
        )
        with connected, connected.cursor() as cursor:
            yield cursor
            connected.commit()

    def do(self, database: str, *statements: str) -> None:
        with self.cursor(database) as cursor:
            for statement in statements:
                cursor.execute(statement)

    def settle(self, database: str) -> None:
        """Wait until all who were connected are gone: servers tell of their writing at the end."""
        until = time.monotonic() + SECONDS
        while self.seen().sessions(database).found:
            assert time.monotonic() < until
            time.sleep(0.01)

    def stop(self) -> None:
        """Let it go away at once, as in a power cut."""
        self.process.send_signal(
            signal.SIGQUIT if self.kind is ServerKind.POSTGRESQL else signal.SIGKILL
        )
        self.process.wait(SECONDS)


@contextmanager
def running(kind: ServerKind) -> Iterator[Server]:
    """Run a server as long as the block lasts."""
    if reason := why_not(kind):
        pytest.skip(reason)
    # Not in pytest's folders: those are closed to the user a server runs as, and too deep.
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-"))
    server = (_postgresql if kind is ServerKind.POSTGRESQL else _mariadb)(folder)
    try:
        _wait(server)
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of tests that were killed, where the system tells which live."""
    if not Path("/proc/self").exists():
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*-*"):
        owner = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


MONEY = 100_000  # in all accounts together, whatever moves between them
_MOVING = """
import random, sys
kind, host, user, database = sys.argv[1:]
if kind == "postgresql":
    import psycopg
    connected = psycopg.connect(host=host, user=user, dbname=database)
else:
    import pymysql
    connected = pymysql.connect(unix_socket=host, user=user, database=database, charset="utf8mb4")
cursor = connected.cursor()
moves = 0
while True:
    one, other = sorted(random.sample(range(100), 2))
    cursor.execute("UPDATE account SET saldo = saldo - 7, moves = moves + 1 WHERE id = %s", [one])
    cursor.execute("UPDATE account SET saldo = saldo + 7, moves = moves + 1 WHERE id = %s", [other])
    cursor.execute("INSERT INTO move (one, other, amount) VALUES (%s, %s, 7)", [one, other])
    connected.commit()
    moves += 1
    if moves == 2:
        print("moving", flush=True)
"""


def bank(server: Server) -> str:
    """Make a database in which money can move: what is in it shows whether a copy is whole."""
    database = server.new_database()
    key = "serial" if server.kind is ServerKind.POSTGRESQL else "int auto_increment"
    server.do(
        database,
        "CREATE TABLE account (id int PRIMARY KEY, saldo int, moves int)",
        f"CREATE TABLE move (id {key} PRIMARY KEY, one int, other int, amount int)",
        *(f"INSERT INTO account VALUES ({n}, {MONEY // 100}, 0)" for n in range(100)),
    )
    server.settle(database)
    return database


@contextmanager
def moving_money(server: Server, database: str) -> Iterator[None]:
    """Run a program that moves money as fast as it can, as long as the block lasts."""
    where = [server.kind.value, server.host, server.admin, database]
    process = subprocess.Popen(
        [sys.executable, "-c", _MOVING, *where], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"moving\n"
            yield
            assert process.poll() is None  # it wrote to the end
        finally:
            process.kill()


def is_whole_bank(server: Server, database: str) -> bool:
    """Return whether no money is lost or made, and every move is in both accounts."""
    with server.cursor(database) as cursor:
        cursor.execute("SELECT sum(saldo), sum(moves), count(*) FROM account")
        (money, halves, accounts) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM move")
        ((moves,),) = cursor.fetchall()
    return (money, halves, accounts) == (MONEY, 2 * moves, 100)


def why_not(kind: ServerKind) -> str:
    """Return why such a server cannot run here, "" when it can."""
    if os.name != "posix":
        return "servers are run on sockets"
    if kind is ServerKind.POSTGRESQL:
        return "" if _program("initdb") else "not installed: postgresql"
    return "" if _program("mariadbd") else "not installed: mariadb-server"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with running(ServerKind.POSTGRESQL) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with running(ServerKind.MARIADB) as server:
        yield server


@pytest.fixture(params=[ServerKind.POSTGRESQL, ServerKind.MARIADB])
def server(request: pytest.FixtureRequest) -> Server:
    """One of each kind."""
    found: Server = request.getfixturevalue(request.param.value)
    return found


def _postgresql(folder: Path) -> Server:
    folder.chmod(0o755)
    data, as_user = folder / "data", []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    making = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    _quietly([*_privileges(as_user), _program("initdb"), *making, "-D", str(data)])
    (data / "pg_hba.conf").write_text(_HBA)
    settings = ["listen_addresses=", "fsync=off", "unix_socket_directories=" + str(folder)]
    options = [word for setting in settings for word in ("-c", setting)]
    server = [_program("postgres"), "-D", str(data), *options]
    process = _started([*_privileges([*as_user, _ending_with_us()]), *server], folder)
    return Server(
        kind=ServerKind.POSTGRESQL,
        folder=folder,
        process=process,
        admin="postgres",
        host=str(folder),
    )


def _mariadb(folder: Path) -> Server:
    data, as_user = folder / "data", [] if os.geteuid() else ["--user=root"]
    making = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
    _quietly([_program("mariadb-install-db"), *making, *as_user, f"--datadir={data}"])
    socket = folder / "socket"
    options = ["--skip-networking", f"--socket={socket}", "--innodb-flush-log-at-trx-commit=0"]
    options += [
        "--character-set-server=utf8mb4",
        "--innodb-buffer-pool-size=16M",
        f"--pid-file={folder / 'pid'}",
    ]
    server = [_program("mariadbd"), "--no-defaults", *as_user, f"--datadir={data}", *options]
    process = _started([*_privileges([_ending_with_us()]), *server], folder)
    return Server(
        kind=ServerKind.MARIADB, folder=folder, process=process, admin="root", host=str(socket)
    )


def _privileges(wanted: list[str]) -> list[str]:
    """Return what runs a program with other rights; nothing where that tool is not there."""
    return ["setpriv", *wanted] if wanted and shutil.which("setpriv") else []


def _ending_with_us() -> str:
    """Return what ends a server whoever kills the tests, and however."""
    return "--pdeathsig=KILL"


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _wait(server: Server) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        with suppress(ServerAway, ServerFailed):
            server.seen().version()
            return
        time.sleep(0.05)
    raise AssertionError((server.folder / "log").read_text(errors="replace"))


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def _program(name: str) -> str:
    """Return a server's program, which Debian keeps off the PATH; "" when it is not there."""
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]
    places += sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join(places)) or ""


def stand_in(name: str, script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script stand in for a tool; `{real}` is the tool itself."""
    real = shutil.which(name)
    assert real
    wrapper = folder / "bin" / name
    wrapper.parent.mkdir(exist_ok=True)
    body = script.format(real=real)
    asked = f'[ "$1" = --version ] && exec {real} --version'
    wrapper.write_text(f"#!/bin/sh\n{asked}\n{body}\n" if "--version" not in script else body)
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=":")
