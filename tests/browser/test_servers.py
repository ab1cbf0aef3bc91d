"""A database on a server, by hand: signed in to, chosen, backed up, restored beside itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bewaar.model import JobState
from bewaar.servers import search
from bewaar.servers.connection import ServerKind
from tests.scene import Office
from tests.servers import Server

Open = Callable[..., Any]


@pytest.fixture
def database(postgresql: Server) -> str:
    name = postgresql.new_database("bakkerij")
    postgresql.do(
        name, "CREATE TABLE entries (id INTEGER PRIMARY KEY)", "INSERT INTO entries VALUES (1), (2)"
    )
    return name


def sign_in(page: Page, server: Server) -> None:
    page.get_by_role("link", name="Add books…").first.click()
    page.get_by_role("link", name="Database on a server…").click()
    page.get_by_label("On another computer").check()
    page.get_by_label("Name or address of that computer").fill(server.host)
    page.get_by_label("User", exact=True).fill(server.admin)
    page.get_by_role("button", name="Test the connection").click()


def test_a_database_is_added_and_restored_in_the_browser(
    open_window: Open, office: Office, postgresql: Server, database: str
) -> None:
    page = open_window().go("/administrations/")
    sign_in(page, postgresql)
    expect(page.get_by_text("The server answers.")).to_be_visible()
    page.get_by_label(database, exact=True).check()
    page.get_by_label("Name").fill("Bakkerij")
    page.get_by_role("button", name="Add these books").click()
    expect(page.get_by_role("heading", level=1, name="Bakkerij")).to_be_visible()
    kept = office.engine.overview().states[-1].administration
    backup = office.proven(kept)
    page.goto(page.url.partition("/administrations")[0] + f"/restore/inside?backup={backup.id}")
    page.get_by_role("button", name="Next: where it goes").click()
    expect(page.get_by_label("Server on which it gets a database")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Bakkerij proef")
    page.get_by_role("button", name="Next: what it means").click()
    expect(page.get_by_text("Nothing is overwritten.")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The books were restored.")).to_be_visible()
    assert "bakkerij_proef" in postgresql.seen().databases()
    assert all(job.state is JobState.DONE for job in office.engine.jobs())
    postgresql.seen().drop("bakkerij_proef")


def test_a_server_is_looked_for_and_picked_in_the_browser(
    open_window: Open, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PATIENCE", 30)
    monkeypatch.setattr(search, "PORTS", {})
    monkeypatch.setattr(search, "SOCKETS", {ServerKind.POSTGRESQL: (), ServerKind.MARIADB: ()})
    page = open_window().go("/administrations/")
    page.get_by_role("link", name="Add books…").first.click()
    page.get_by_role("link", name="Database on a server…").click()
    page.get_by_role("link", name="Look for servers…").click()
    expect(page.get_by_text("No database server answered on this computer.")).to_be_visible()
    page.get_by_label("Name or address of another computer").fill(postgresql.host)
    page.get_by_role("button", name="Look there").click()
    page.get_by_role("link", name="PostgreSQL").click()
    expect(page.get_by_label("PostgreSQL", exact=True)).to_be_checked()
    expect(page.get_by_label("Name or address of that computer")).to_have_value(postgresql.host)
    page.get_by_label("User", exact=True).fill(postgresql.admin)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("The server answers.")).to_be_visible()
