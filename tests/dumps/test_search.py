"""Searching for database servers: only what greets as one is one, and it never takes long."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.servers import browser, greetings, search
from bewaar.servers.connection import ServerKind, parse
from tests.servers import Server

LONG = 60.0  # seconds: a busy machine finds what answers, too
NAMES = {ServerKind.POSTGRESQL: "PostgreSQL", ServerKind.MARIADB: "MariaDB"}

LISTED = (
    "ServerName;KANTOOR;InstanceName;MSSQLSERVER;IsClustered;No;Version;15.0.2000.5;tcp;1433;;"
    "ServerName;KANTOOR;InstanceName;BOEK;IsClustered;No;Version;13.0.4001.0;tcp;49721;np;\\\\X;;"
    "ServerName;KANTOOR;InstanceName;EXPRESS;IsClustered;No;Version;16.0.1000.6;;"
)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE", LONG)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on a port of this computer and answer so to everybody, each in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    visitor, _ = door.accept()
                    threading.Thread(target=one, args=(visitor,), daemon=True).start()

        def one(visitor: socket.socket) -> None:
            with visitor, suppress(OSError):
                answer(visitor)

        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def passing_on(file: str) -> Callable[[socket.socket], None]:
    """Return what lets a visitor talk to a server's socket."""

    def pass_on(visitor: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(file)

            def asked() -> None:
                with suppress(OSError):
                    while said := visitor.recv(4096):
                        server.sendall(said)

            threading.Thread(target=asked, daemon=True).start()
            while said := server.recv(4096):
                visitor.sendall(said)

    return pass_on


def file_of(server: Server) -> str:
    return f"{server.host}/.s.PGSQL.5432" if server.kind == "postgresql" else server.host


def only(kind: ServerKind, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a port be the usual one of one kind, and nothing else be looked at."""
    monkeypatch.setattr(search, "PORTS", {kind: (port,)})
    monkeypatch.setattr(search, "SOCKETS", {})
    monkeypatch.setattr(browser, "PORT", port)  # where nothing listens to such calls


# ── Who answers ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("patient")
def test_a_server_is_found_by_its_greeting_at_a_port_of_this_computer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(passing_on(file_of(server))) as port:
        only(server.kind, port, monkeypatch)
        (found,) = search.here()
    assert (found.kind, found.maker) == (server.kind, NAMES[server.kind])
    assert (found.host, found.port) == ("localhost", port)
    if server.kind is ServerKind.MARIADB:
        assert found.version == server.seen().version()


@pytest.mark.usefixtures("patient")
def test_a_server_is_found_where_the_system_puts_sockets(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(server.kind, 1, monkeypatch)
    pattern = server.host + ("/.s.PGSQL.*" if server.kind is ServerKind.POSTGRESQL else "")
    monkeypatch.setattr(search, "SOCKETS", {server.kind: (pattern, pattern, "/no/such/*")})
    (found,) = search.here()
    assert (found.kind, found.host, found.port) == (server.kind, server.host, None)
    assert search.at(server.host) == (found,)
    address = found.address.replace("USER", server.admin)
    assert parse(address).server == server.connection("").server


@pytest.mark.usefixtures("patient")
def test_searching_signs_nobody_in(postgresql: Server) -> None:
    log = postgresql.folder / "log"
    before = log.read_bytes()
    assert search.at(postgresql.host)
    said = log.read_bytes()[len(before) :].decode()
    assert "unsupported frontend protocol" in said
    assert "user" not in said


def test_a_computer_nobody_knows_has_no_servers() -> None:
    for host in ("no such host", "no.such.host.invalid", "/no/socket", "x" * 300, "a\0b", "::g"):
        assert search.at(host) == ()
    assert search.at("127.0.0.1", 9) == ()


# ── What is none ────────────────────────────────────────────────────────────────────────────


def dripping(visitor: socket.socket) -> None:
    for byte in b"R" * 10_000:
        visitor.sendall(bytes([byte]))
        time.sleep(0.05)


def silent(visitor: socket.socket) -> None:
    while visitor.recv(4096):
        pass


@pytest.mark.parametrize(
    "answer",
    [
        dripping,
        silent,
        socket.socket.close,
        lambda visitor: visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 500),
        lambda visitor: visitor.sendall(bytes(range(256)) * 99),
        lambda visitor: visitor.sendall(b"N"),
        lambda visitor: visitor.sendall(b"\x4a\0\0\0\x0a5.5.5-10"),
        lambda visitor: visitor.sendall(b"E\0\0\0\x09SX\0C0\0\0"),
        lambda visitor: visitor.sendall(b"\x04\x01\xff\xff" * 3),
    ],
    ids=["drips", "silent", "closes", "http", "bytes", "one letter", "cut", "short", "large"],
)
def test_what_answers_something_else_or_too_slowly_is_no_server(
    answer: Callable[[socket.socket], None],
) -> None:
    with listening(answer) as port:
        begun = time.monotonic()
        assert search.at("127.0.0.1", port) == ()
        assert time.monotonic() - begun < LONG  # the one that drips goes on for longer


def test_a_name_that_is_looked_up_for_ever_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [over.wait(600)][1:])
    assert search.at("slow.example") == ()
    over.set()


@given(said=st.binary(max_size=300), kind=st.sampled_from(ServerKind))
def test_no_bytes_break_the_reading_of_a_greeting(said: bytes, kind: ServerKind) -> None:
    begun = {"postgresql": b"E", "mariadb": said[:1] + b"\0\0\0\x0a", "sqlserver": b"\x04\x01"}
    for each in (said, begun[kind] + said):
        found = greetings.read(kind, each)
        assert found is None or found.maker


@pytest.mark.parametrize(
    ("packet", "maker", "version"),
    [
        (b"\x0a5.5.5-10.11.6-MariaDB-0+deb12u1\0rest", "MariaDB", "10.11.6"),
        (b"\x0a11.4.2-MariaDB\0", "MariaDB", "11.4.2"),
        (b"\x0a8.0.36\0rest", "MySQL", "8.0.36"),
        (b"\xff\x6a\x04Host 'x' is not allowed to connect to this MariaDB server", "MariaDB", ""),
    ],
)
def test_mysql_is_told_from_mariadb_and_a_closed_door_is_one(
    packet: bytes, maker: str, version: str
) -> None:
    said = len(packet).to_bytes(3, "little") + b"\0" + packet
    found = greetings.read(ServerKind.MARIADB, said)
    assert found == greetings.Greeting(maker=maker, version=version)
    assert greetings.read(ServerKind.MARIADB, said[:-1]) is None


# ── SQL Server, as its makers describe it ───────────────────────────────────────────────────


def prelogin(visitor: socket.socket) -> None:
    """Answer as the description of the format shows it: version and encryption."""
    asked = visitor.recv(4096)
    assert asked[0] == 0x12
    assert len(asked) == int.from_bytes(asked[2:4], "big")
    told = struct.pack("!BHHBHHB", 0, 11, 6, 1, 17, 1, 255) + bytes([15, 0, 0x10, 0xCC, 0, 0, 2])
    visitor.sendall(struct.pack("!BBHHBB", 4, 1, 8 + len(told), 0, 1, 0))
    visitor.sendall(told)
    silent(visitor)


@pytest.mark.usefixtures("patient")
def test_sql_server_tells_its_version_before_anybody_signs_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listening(prelogin) as port:
        only(ServerKind.SQLSERVER, port, monkeypatch)
        (found,) = search.here()
    assert (found.maker, found.version, found.port) == ("SQL Server", "15.0.4300", port)


@contextmanager
def directory(*answers: bytes) -> Iterator[int]:
    """Answer one question as SQL Server's directory does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def serve() -> None:
            with suppress(OSError):
                question, asker = line.recvfrom(100)
                for answer in answers if question in {b"\x02", b"\x03"} else ():
                    line.sendto(answer, asker)

        threading.Thread(target=serve, daemon=True).start()
        yield line.getsockname()[1]


def listed(text: str) -> bytes:
    return b"\x05" + len(text.encode()).to_bytes(2, "little") + text.encode()


def test_the_directory_of_a_computer_names_its_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PORTS", {})
    monkeypatch.setattr(search, "PATIENCE", LONG)
    with directory(listed(LISTED)) as port:
        monkeypatch.setattr(browser, "PORT", port)
        found = {(each.host, each.port): each.version for each in search.at("127.0.0.1")}
    assert found == {
        ("127.0.0.1", None): "15.0.2000.5",
        ("127.0.0.1", 49721): "13.0.4001.0",
        ("127.0.0.1\\EXPRESS", None): "16.0.1000.6",
    }


def test_a_call_to_all_is_answered_by_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback stands in for the network: there is no other to call in a test."""
    monkeypatch.setattr(browser, "ALL", "127.255.255.255")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.255.255.255", 0))
        monkeypatch.setattr(browser, "PORT", line.getsockname()[1])

        def serve() -> None:
            with suppress(OSError):
                while True:
                    _, asker = line.recvfrom(100)
                    for said in (b"garbage", b"", listed(LISTED), listed("ServerName;;tcp;x;;")):
                        line.sendto(said, asker)

        threading.Thread(target=serve, daemon=True).start()
        until = time.monotonic() + LONG
        while not (names := {each.host for each in search.in_network()}):
            assert time.monotonic() < until
    assert names == {"KANTOOR", "KANTOOR\\EXPRESS"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x05",
        b"\x05\x10\0short",
        listed("ServerName;A;InstanceName"),
        listed("ServerName;A\n;InstanceName;B;;"),
        listed(";;;;;"),
        b"\x05\x04\0" + b"\xff" * 4,
    ],
)
def test_what_is_no_entry_of_the_directory_is_left_out(said: bytes) -> None:
    assert browser.read(said) == []


def test_a_port_that_is_none_is_not_believed() -> None:
    for port in ("0", "65536", "-1", "9" * 5000, "²", "1433x"):
        (found,) = browser.read(listed(f"ServerName;A;InstanceName;B;tcp;{port};;"))
        assert found.port is None


def test_windows_names_the_instances_that_are_reached_without_a_network() -> None:
    pipes = ["lsass", "sql\\query", "MSSQL$EXPRESS\\sql\\query", "MSSQL$X\\sql\\other", "SQLLocal"]
    assert [each.at("localhost") for each in browser.piped(pipes)] == [
        "localhost",
        "localhost\\EXPRESS",
    ]


def test_no_folder_of_sockets_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(stale))
    only(ServerKind.POSTGRESQL, 1, monkeypatch)
    patterns = (f"{tmp_path}/.s.PGSQL.*", "/proc/1/root/none/*")
    monkeypatch.setattr(search, "SOCKETS", {ServerKind.POSTGRESQL: patterns})
    (tmp_path / ".s.PGSQL.5432.lock").write_text("1")
    assert search.here() == ()
