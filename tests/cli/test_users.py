"""Who has the books open, and waiting for it, at a terminal and for scripts."""

import sys
from typing import Any

import pytest

from tests.cli.conftest import Bewaar
from tests.holding import held_open

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere handles may be unseen")


def test_who_has_the_books_open_is_told_with_the_evidence(office: Bewaar) -> None:
    with held_open(office.bakery) as pid:
        value = office.json("users")
        told = office("users", "bakkerij")
    states = {each["code"]: each for each in value["administrations"]}
    assert (states["bakkerij"]["open"], states["holding"]["open"]) == ("open", "closed")
    (user,) = states["bakkerij"]["users"]
    assert user["sure"]
    assert user["running_since"]
    assert user["evidence"] == [f"{user['program']} ({pid})"]
    assert told.code == 0
    assert told.out.splitlines()[0] == "Bakkerij Jansen: open."
    assert "holding" not in told.out


def test_an_unknown_code_is_refused(office: Bewaar) -> None:
    assert office.refused("users", "niets") == "administration.unknown"


def test_a_backup_waits_at_the_terminal_and_says_for_whom(office: Bewaar, at_terminal: Any) -> None:
    with held_open(office.bakery):
        terminal = at_terminal(
            "backup", "bakkerij", "--to", office.stick, "--no-password", "--wait"
        )
        terminal.wait_for("5 minutes left")
        assert "Bakkerij Jansen: open." in terminal.seen
        assert "If it is still open then, the backup waits until it is closed." in terminal.seen
        assert "Waiting until Bakkerij Jansen is closed" in terminal.seen
        assert office.zips() == []
    terminal.wait_for("Safely stored and proven: Bakkerij Jansen")
    assert terminal.end() == 0


def test_ctrl_c_ends_the_waiting_and_leaves_nothing(office: Bewaar, at_terminal: Any) -> None:
    with held_open(office.bakery):
        terminal = at_terminal("backup", "bakkerij", "--to", office.stick, "--wait")
        terminal.wait_for("Waiting until Bakkerij Jansen is closed")
        terminal.press_ctrl_c()
        assert terminal.end() == 1
    assert office.zips() == []
