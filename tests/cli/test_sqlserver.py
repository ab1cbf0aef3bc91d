"""SQL Server from a terminal: its folder is tried, and that no live one was tried is said.

The server is a stand-in: these tests show that Bewaar keeps to what its makers document.
"""

from typing import Any

from tests.sqlserver import THERE, StandIn

ADDRESS = "sqlserver://sa@server2/Jansen"
SAID = "not tried against a live SQL Server"


def folders(sqlserver: StandIn) -> list[str]:
    return ["--folder-there", THERE, "--folder-here", sqlserver.connection.folder_here]


def test_every_verb_that_touches_one_says_that_nobody_tried_it(
    bewaar: Any, sqlserver: StandIn
) -> None:
    added = bewaar("add", "--server", ADDRESS, "--name", "Jansen", *folders(sqlserver))
    assert added.code == 0, added.err
    assert SAID in added.err
    (kept,) = bewaar.json("list")["administrations"]
    made = bewaar("backup", kept["code"], "--to", bewaar.stick, "--no-password", "--make-folder")
    assert made.code == 0, made.err
    assert SAID in made.out + made.err
    (file,) = bewaar.stick.rglob("*.zip")
    given = bewaar("restore", file, "--new", "Proef", "--server", ADDRESS)
    assert given.code == 0, given.err
    assert SAID in given.err
    assert sqlserver.look()["databases"]["proef"] == {"dbo.GL": 12, "dbo.Debtors": 3}
    login = bewaar("login", kept["code"], "--user", "sa")
    assert login.code == 0, login.err
    assert SAID in login.err
    assert bewaar.refused("login", kept["code"], "--data-folder", r"E:\x") == "server.folder.unseen"
    assert SAID in bewaar("programs").out
    assert sqlserver.left == []


def test_without_a_folder_that_both_see_none_is_kept(bewaar: Any, sqlserver: StandIn) -> None:
    assert bewaar.refused("databases", ADDRESS) == "server.elsewhere"
    assert "--folder-there" in bewaar("databases", ADDRESS).err
    other = bewaar.root / "other"
    other.mkdir()
    wrong = ["--folder-there", THERE, "--folder-here", other]
    assert bewaar.refused("add", "--server", ADDRESS, *wrong) == "server.folder.two"
    assert not list(bewaar.root.rglob("*.server.toml"))


def test_a_folder_that_closed_meanwhile_stops_the_backup(bewaar: Any, sqlserver: StandIn) -> None:
    added = bewaar.json("add", "--server", ADDRESS, *folders(sqlserver))["administration"]
    sqlserver.change(map={})
    backup = ["backup", added["code"], "--to", bewaar.stick, "--no-password", "--make-folder"]
    assert bewaar.refused(*backup) == "server.folder.unseen"
    assert not list(bewaar.stick.rglob("*.zip"))
    assert sqlserver.left == []
