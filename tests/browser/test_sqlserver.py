"""SQL Server in the browser: its folder is asked for, tried, and what is wrong with it told."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.scene import Office
from tests.sqlserver import StandIn

Open = Callable[..., Any]


def test_the_folder_that_both_see_is_tried_in_the_form(
    open_window: Open, office: Office, sqlserver: StandIn
) -> None:
    page = open_window().go("/servers/")
    there = page.get_by_label("As the server’s computer names it")
    expect(there).to_be_hidden()
    page.get_by_label("SQL Server").check()
    expect(there).to_be_visible()
    page.get_by_label("On another computer").check()
    page.get_by_label("Name or address of that computer").fill("server2")
    page.get_by_label("With a user of the server").check()
    page.get_by_label("User", exact=True).fill("sa")
    there.fill(r"D:\nowhere")
    page.get_by_label("As this computer names it").fill(sqlserver.connection.folder_here)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("sees no folder")).to_be_visible()
    there.fill(sqlserver.connection.folder_there)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("Both computers see the same folder")).to_be_visible()
    page.get_by_role("button", name="Add these books").click()
    expect(page.get_by_role("heading", level=1, name="Jansen", exact=True)).to_be_visible()
    kept = office.engine.overview().states[-1].administration
    assert office.engine.connection(kept.code) == sqlserver.connection
    assert sqlserver.left == []
