"""Databases on servers from a terminal: shown, kept, signed in to, restored onto."""

import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.servers import Server

NOWHERE = "mariadb://anna@%2Fno%2Fsocket/boeken"


@pytest.fixture
def database(mariadb: Server) -> str:
    name = mariadb.new_database()
    mariadb.do(name, "CREATE TABLE entries (id INTEGER)", "INSERT INTO entries VALUES (1), (2)")
    return name


def test_a_database_is_kept_backed_up_and_restored_beside_itself(
    bewaar: Any, mariadb: Server, database: str
) -> None:
    address = mariadb.connection(database).address
    assert database in bewaar.json("databases", address)["databases"]
    kept = bewaar.json("add", "--server", address, "--name", "Bakkerij")["administration"]
    assert kept["program"] == "database"
    assert bewaar.refused("add", "--server", address) == "administration.exists"
    made = bewaar.json("backup", kept["code"], "--to", bewaar.stick, "--no-password")
    file = bewaar.stick / made["backups"][0]["file"]
    assert f"from database {database} on " in bewaar("show", file).out
    assert bewaar.json("show", file)["administrations"][0]["place"].endswith(quote(database, ""))
    given = bewaar("restore", file, "--new", "Proef", "--server", address)
    assert given.code == 0, given.err
    assert "in a new database on" in given.err
    assert "proef" in mariadb.seen().databases()
    assert dict(mariadb.seen().rows("proef")) == {"entries": 2}
    mariadb.seen().drop("proef")


def test_a_login_is_tried_before_it_is_kept(bewaar: Any, mariadb: Server, database: str) -> None:
    address = mariadb.connection(database).address
    kept = bewaar.json("add", "--server", address)["administration"]
    before = {file: file.read_bytes() for file in bewaar.root.rglob("*.server.toml")}
    assert bewaar.refused("login", kept["code"], "--user", "nobody") == "server.password"
    assert bewaar.refused("login", kept["code"], "--host", "/no/socket") == "server.away"
    assert {file: file.read_bytes() for file in before} == before
    assert bewaar.json("login", kept["code"], "--user", mariadb.admin)["user"] == mariadb.admin


def test_servers_that_answer_are_named_as_other_verbs_want_them(
    bewaar: Any, mariadb: Server
) -> None:
    until = time.monotonic() + 60  # it looks only for a moment, and this machine may be busy
    while not (found := bewaar.json("servers", mariadb.host)["servers"]):
        assert time.monotonic() < until
    (answer,) = found
    assert answer["maker"] == "MariaDB"
    assert answer["version"] == mariadb.seen().version()
    address = answer["address"].replace("USER", mariadb.admin)
    assert "databases" in bewaar.json("databases", address)


def test_finding_no_server_is_said(bewaar: Any) -> None:
    assert "No database server answered." in bewaar("servers", "/no/socket").out
    assert bewaar("servers", "here", "--network").code == 2
    assert bewaar.json("servers", "127.0.0.1", "--port", "9") == {"servers": []}


def test_what_is_no_server_is_refused(bewaar: Any) -> None:
    assert bewaar.refused("add", "--server", NOWHERE) == "server.away"
    assert bewaar.refused("databases", "postgresql://anna:geheim@host/db") == "value.invalid"
    assert "geheim" not in bewaar("databases", "postgresql://anna:geheim@host/db").err
    assert bewaar("add").code == 2
    assert bewaar("add", bewaar.bakery, "--server", NOWHERE).code == 2
    code = bewaar.json("add", bewaar.bakery)["administration"]["code"]
    assert bewaar.refused("login", code) == "server.none"
