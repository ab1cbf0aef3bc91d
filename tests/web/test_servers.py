"""Databases on servers at the desk: sign in, choose one, sign in differently, restore."""

import re
import uuid
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bewaar.errors import KeyringUnavailable
from bewaar.messages import text
from bewaar.model import Administration, JobId
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.servers import browser, search
from bewaar.servers.connection import load
from tests.scene import Office
from tests.servers import PASSWORD, Server

TABLES = ("CREATE TABLE entries (id INTEGER PRIMARY KEY)", "INSERT INTO entries VALUES (1), (2)")


@pytest.fixture
def database(server: Server) -> str:
    name = server.new_database()
    server.do(name, *TABLES)
    return name


def typed(server: Server, **more: str) -> dict[str, object]:
    """Return what somebody fills in."""
    form = {"kind": str(server.kind), "where": "there", "host": server.host}
    return {**form, "user": server.admin, "password": "", **more}


def add(visitor: Any, office: Office, server: Server, database: str) -> Administration:
    visitor.post("/servers/", typed(server))
    form = typed(server, database=database, name="Bäckerei", whose="own")
    assert visitor.post("/servers/databases", form).status_code == 303
    return office.engine.overview().states[-1].administration


def test_a_database_is_tried_chosen_and_kept(
    visitor: Any, office: Office, server: Server, database: str
) -> None:
    answer = visitor.post("/servers/", typed(server))
    assert answer.status_code == 303
    page = unescape(visitor.read(answer.location))
    assert (
        f'value="{database}"' in page.replace("&#34;", '"').replace('""', '"') or database in page
    )
    kept = add(visitor, office, server, database)
    assert kept.storage == server.kind
    assert load(kept.place) == server.connection(database)
    shown = unescape(visitor.read(f"/administrations/{kept.code}"))
    assert f"{database} on {server.host}" in shown
    assert str(kept.place) not in shown


def test_the_same_database_is_not_kept_twice(
    visitor: Any, office: Office, server: Server, database: str
) -> None:
    add(visitor, office, server, database)
    form = typed(server, database=database, user="somebody")
    assert visitor.post("/servers/databases", form | {"user": server.admin}).status_code == 409
    assert len(list(office.home.servers.iterdir())) == 1


def test_a_wrong_password_is_told_and_never_shown(
    visitor: Any, office: Office, postgresql: Server
) -> None:
    user = postgresql.new_user()
    form = typed(postgresql, user=user)
    wanted = visitor.post("/servers/", form)
    assert wanted.status_code == 422
    assert "wants the password" in wanted.text
    refused = visitor.post("/servers/", form | {"password": "verkeerd"})
    assert refused.status_code == 422
    assert "does not let" in refused.text
    assert "verkeerd" not in refused.text
    welcome = visitor.post("/servers/", form | {"password": PASSWORD})
    assert welcome.status_code == 303
    assert PASSWORD not in welcome.location
    assert PASSWORD not in visitor.read(welcome.location)
    assert not office.home.servers.exists()


def test_the_password_is_kept_with_the_books_and_changed_later(
    visitor: Any, office: Office, postgresql: Server
) -> None:
    database = postgresql.new_database()
    name = database.replace('"', '""')
    user = postgresql.new_user()
    postgresql.do("", f'ALTER DATABASE "{name}" OWNER TO {user}')
    form = typed(postgresql, user=user, password=PASSWORD)
    visitor.post("/servers/", form)
    del form["password"]
    assert visitor.post("/servers/databases", form | {"database": database}).status_code == 303
    account = postgresql.connection(database, user).account
    assert office.secrets.get(account) == PASSWORD
    kept = office.engine.overview().states[-1].administration
    postgresql.do("", f"ALTER USER {user} PASSWORD 'nieuw'")
    page = f"/servers/login/{kept.code}"
    assert user in visitor.read(page)
    change = {"host": postgresql.host, "user": user}
    assert visitor.post(page, change | {"password": "fout"}).status_code == 422
    assert office.secrets.get(account) == PASSWORD
    assert visitor.post(page, change | {"password": "nieuw"}).status_code == 303
    assert office.secrets.get(account) == "nieuw"
    assert "nieuw" not in kept.place.read_text()


@pytest.mark.parametrize(
    "wrong", [{"host": ""}, {"user": ""}, {"port": "0"}, {"port": "x"}, {"kind": "oracle"}]
)
def test_what_cannot_be_a_server_is_refused(
    visitor: Any, wrong: dict[str, str], office: Office
) -> None:
    form = {"kind": "postgresql", "where": "there", "host": "server2", "user": "anna"}
    assert visitor.post("/servers/", form | wrong).status_code == 422
    assert not office.home.servers.exists()


def test_a_server_that_is_away_is_told_in_the_form(visitor: Any, office: Office) -> None:
    form = {"kind": "mariadb", "where": "there", "host": str(office.root / "no"), "user": "anna"}
    answer = visitor.post("/servers/", form)
    assert answer.status_code == 422
    assert "does not answer" in answer.text


def test_books_of_a_folder_have_no_sign_in(visitor: Any, office: Office) -> None:
    assert visitor.get(f"/servers/login/{office.holding.code}").status_code == 422
    assert "/servers/login/" not in visitor.read(f"/administrations/{office.holding.code}")


def test_a_backup_is_restored_onto_a_server_of_ones_choice(
    visitor: Any, office: Office, server: Server, database: str
) -> None:
    kept = add(visitor, office, server, database)
    backup = office.proven(kept)
    where = unescape(visitor.read(f"/restore/where?backup={backup.id}&code={kept.code}"))
    assert f'value="{kept.place}" selected' in where
    choices = {"backup": backup.id, "code": kept.code, "mode": "new", "new_name": "Proef"}
    choices |= {"server": str(kept.place), "into": str(office.root)}
    summary = visitor.get("/restore/summary", query_string=choices)
    assert f"a new database on {server.host}" in unescape(summary.text)
    job = visitor.post("/restore/", choices).location.rpartition("/")[2]
    done = office.finish(office.engine.job(JobId(job)))
    assert done.error is None
    assert "proef" in server.seen().databases()
    server.databases.append("proef")
    assert "proef" in visitor.read(f"/jobs/{job}")
    server.seen().drop("proef")


def test_without_a_server_a_file_is_offered(
    visitor: Any, office: Office, server: Server, database: str
) -> None:
    kept = add(visitor, office, server, database)
    backup = office.proven(kept)
    office.engine.forget(kept.code)
    where = visitor.read(f"/restore/where?backup={backup.id}&code={kept.code}")
    assert 'id="mode-new" value="new" disabled' in where
    assert 'id="mode-file" value="file" checked' in where
    choices = {"backup": backup.id, "code": kept.code, "mode": "file", "new_name": "Proef"}
    job = visitor.post("/restore/", choices | {"into": str(office.root)}).location.rpartition("/")[
        2
    ]
    assert office.finish(office.engine.job(JobId(job))).error is None
    (dump,) = office.root.glob("Proef.*")
    assert dump.name in visitor.read(f"/jobs/{job}")
    signed_in = visitor.post("/servers/", typed(server, backup=backup.id, code=kept.code))
    assert signed_in.location.startswith("/restore/where")
    again = visitor.read(signed_in.location)
    assert 'id="mode-new" value="new" checked' in again


def test_a_backup_says_from_which_database_it_came(
    visitor: Any, office: Office, server: Server, database: str
) -> None:
    kept = add(visitor, office, server, database)
    backup = office.proven(kept)
    inside = unescape(visitor.read(f"/restore/inside?backup={backup.id}"))
    assert f"database {database} on {server.host}" in inside
    assert str(kept.place) not in inside
    office.engine.forget(kept.code)
    gone = unescape(visitor.read(f"/restore/inside?backup={backup.id}"))
    assert f"database {database} on {server.host}" in gone
    (content,) = backup.contents
    assert f"Datenbank {database} auf {server.host}" in text("de").came_from(content)
    elsewhere = replace(content, place="C:\\Users\\anna\\jansen.server.toml")
    assert "jansen" not in text("de").came_from(elsewhere)


# ── Forgetting ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def login(office: Office, postgresql: Server) -> "Login":
    return Login(office, postgresql, postgresql.new_user())


class Login:
    """A user with a password, and databases that are its own."""

    def __init__(self, office: Office, server: Server, user: str) -> None:
        self.office, self.server, self.user = office, server, user

    def add(self) -> Administration:
        database = self.server.new_database(f"boek_{uuid.uuid4().hex[:8]}")
        self.server.do("", f"ALTER DATABASE {database} OWNER TO {self.user}")
        self.server.do(database, *TABLES, f"ALTER TABLE entries OWNER TO {self.user}")
        connection = self.server.connection(database, self.user)
        return self.office.engine.add_database(connection, PASSWORD)

    def kept(self) -> str | None:
        return self.office.secrets.get(self.server.connection("", self.user).account)


def test_forgotten_books_leave_no_connection_and_no_password(login: Login) -> None:
    engine, servers = login.office.engine, login.office.home.servers
    one, other = login.add(), login.add()
    engine.know_server(login.server.connection("", login.user))  # to restore onto, one day
    somebody = engine.add_database(login.server.connection(login.server.new_database()))
    engine.forget(one.code)
    assert not one.place.exists()
    assert login.kept() == PASSWORD
    assert engine.state(other.code).administration.place.exists()
    engine.forget(other.code)
    assert login.kept() is None
    assert list(servers.iterdir()) == [somebody.place]
    engine.forget(somebody.code)
    assert list(servers.iterdir()) == []


def test_a_locked_password_store_keeps_nobody_from_forgetting(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = login.add()

    def locked(*_: object) -> None:
        raise KeyringUnavailable(reason="locked")

    monkeypatch.setattr(login.office.secrets, "forget", locked)
    login.office.engine.forget(one.code)
    assert not one.place.exists()


def test_what_a_restore_keeps_on_the_server_is_still_reached(login: Login, office: Office) -> None:
    books = login.add()
    login.server.do("", f"ALTER USER {login.user} CREATEDB")
    office.proven(books)
    (backup,) = office.engine.history(books.code)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=books.code,
        mode=RestoreMode.ORIGINAL,
        typed_name=books.name,
    )
    assert office.finish(office.engine.start_restore(request)).error is None
    office.engine.forget(books.code)
    assert books.place.exists()
    assert login.kept() == PASSWORD
    kept = [name for name in login.server.seen().databases() if "_before_" in name]
    for _ in range(4):
        office.clock.move(days=9)
        office.engine.tick()
    office.reopen()
    assert not {*kept} & {*login.server.seen().databases()}


# ── Looking for servers ─────────────────────────────────────────────────────────────────────


def test_a_server_is_looked_for_and_its_sign_in_filled_in(
    visitor: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PATIENCE", 60)
    page = unescape(visitor.read(f"/servers/search?where=there&host={server.host}"))
    (address,) = re.findall(r'hx-get="(/servers/answers[^"]+)"', page)
    found = unescape(visitor.read(address))
    assert ("PostgreSQL" if server.kind == "postgresql" else "MariaDB 1") in found
    (link,) = re.findall(r'href="(/servers/\?[^"]+)"', found)
    form = visitor.read(link)
    assert f'value="{server.kind}" checked' in form
    assert f'name="host" value="{server.host}"' in form
    assert 'value="there" checked' in form
    assert found.strip() in unescape(visitor.read(f"{page_of(address)}&look=1"))


def page_of(address: str) -> str:
    return address.replace("/answers", "/search")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("there&host=/no/socket", "No database server answered on /no/socket"),
        ("network", "No SQL Server answered"),
        ("here", "on this computer"),
    ],
)
def test_finding_nothing_is_said(
    visitor: Any, where: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PORTS", {})
    monkeypatch.setattr(search, "SOCKETS", {})
    monkeypatch.setattr(browser, "ALL", "127.0.0.1")
    monkeypatch.setattr(browser, "PORT", 9)
    assert said in visitor.read(f"/servers/answers?where={where}")


def test_what_cannot_be_searched_is_refused(visitor: Any) -> None:
    for wrong in ("where=moon", "where=there&host=", "where=there&host=x&port=0"):
        assert visitor.get(f"/servers/answers?{wrong}").status_code == 422


def test_a_search_on_the_way_to_a_restore_leads_back_to_it(
    visitor: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PATIENCE", 60)
    found = unescape(
        visitor.read(f"/servers/answers?where=there&host={server.host}&backup=b1&code=molen")
    )
    (link,) = re.findall(r'href="(/servers/\?[^"]+)"', found)
    assert 'name="backup" value="b1"' in visitor.read(link)


def test_the_first_start_knows_databases_and_goes_on_where_it_was(
    visitor: Any, office: Office, postgresql: Server
) -> None:
    for each in office.engine.settings().destinations:
        office.engine.forget_destination(each.id)
    assert 'href="/servers/"' in visitor.read("/first/")
    database = postgresql.new_database()
    postgresql.do(database, *TABLES)
    form = typed(postgresql, database=database)
    assert visitor.post("/servers/databases", form).location.endswith("/first/")
    assert database in unescape(visitor.read("/first/")).replace("&#34;", '"')
