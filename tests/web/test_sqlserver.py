"""SQL Server on another computer at the desk: its folder from two sides is tried, then kept.

The server is a stand-in: these tests show that Bewaar keeps to what its makers document.
"""

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from bewaar.model import Administration
from bewaar.servers.connection import load
from tests.scene import Office
from tests.sqlserver import THERE, StandIn


@pytest.fixture
def typed(sqlserver: StandIn) -> dict[str, object]:
    """What somebody fills in."""
    known = sqlserver.connection
    return {
        "kind": "sqlserver",
        "where": "there",
        "host": known.host,
        "whose": "own",
        "user": "sa",
        "password": "geheim",
        "folder_there": known.folder_there,
        "folder_here": known.folder_here,
    }


def add(visitor: Any, office: Office, typed: dict[str, object]) -> Administration:
    visitor.post("/servers/", typed)
    assert visitor.post("/servers/databases", {**typed, "database": "Jansen"}).status_code == 303
    return office.engine.overview().states[-1].administration


def test_the_folder_is_tried_both_ways_and_kept(
    visitor: Any, office: Office, sqlserver: StandIn, typed: dict[str, object]
) -> None:
    page = unescape(visitor.read("/servers/"))
    assert "Not tried against a live server" in page
    assert r"\\server2\bewaar" in page
    answer = visitor.post("/servers/", typed)
    assert answer.status_code == 303
    assert "geheim" not in answer.location
    assert "Both computers see the same folder" in visitor.read(answer.location)
    kept = add(visitor, office, typed)
    assert load(kept.place) == sqlserver.connection
    assert sqlserver.left == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"folder_there": "", "folder_here": ""}, "writes its backups on its own computer"),
        ({"folder_there": r"D:\other"}, "sees no folder"),
        ({"folder_here": "/no/such/folder"}, "cannot write in the folder"),
        ({"folder_here": ""}, "cannot be used here"),
        ({"folder_there": "bewaar"}, "cannot be used here"),
        ({"data_folder": r"E:\none"}, "sees no folder"),
    ],
)
def test_which_half_failed_is_told_in_the_form(
    visitor: Any,
    office: Office,
    sqlserver: StandIn,
    typed: dict[str, object],
    wrong: dict[str, str],
    told: str,
) -> None:
    answer = visitor.post("/servers/", typed | wrong)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert not office.home.servers.exists()
    assert sqlserver.left == []


def test_two_folders_are_not_taken_for_one(
    visitor: Any, sqlserver: StandIn, typed: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    answer = visitor.post("/servers/", typed | {"folder_here": str(tmp_path / "other")})
    assert answer.status_code == 422
    assert "are not the same" in unescape(answer.text)
    assert sqlserver.left == []
    assert list((tmp_path / "other").iterdir()) == []


def test_the_folder_is_changed_only_for_one_that_holds(
    visitor: Any, office: Office, sqlserver: StandIn, typed: dict[str, object], tmp_path: Path
) -> None:
    kept = add(visitor, office, typed)
    page = f"/servers/login/{kept.code}"
    assert THERE in unescape(visitor.read(page))
    moved = tmp_path / "moved"
    moved.mkdir()
    change = {"host": "server2", "user": "sa", "folder_there": r"D:\new", "folder_here": str(moved)}
    before = kept.place.read_bytes()
    assert visitor.post(page, change).status_code == 422
    assert kept.place.read_bytes() == before
    sqlserver.change(map={r"D:\new": str(moved)}, folders=[r"E:\data"])
    assert visitor.post(page, {**change, "data_folder": r"E:\data"}).status_code == 303
    assert load(kept.place).folder_there == r"D:\new"
    assert load(kept.place).data_folder == r"E:\data"
    assert visitor.post(page, {**change, "data_folder": ""}).status_code == 303
    assert load(kept.place).data_folder == ""
    none = {"folder_there": "", "folder_here": "", "data_folder": ""}
    assert visitor.post(page, change | none).status_code == 422  # it is on another computer
    assert load(kept.place).folder_there == r"D:\new"


def test_a_backup_comes_over_the_folder_and_goes_back_over_it(
    visitor: Any, office: Office, sqlserver: StandIn, typed: dict[str, object]
) -> None:
    kept = add(visitor, office, typed)
    backup = office.proven(kept)
    assert sqlserver.left == []
    choices = {"backup": backup.id, "code": kept.code, "mode": "new", "new_name": "Proef"}
    choices |= {"server": str(kept.place), "into": str(office.root)}
    summary = visitor.get("/restore/summary", query_string=choices)
    assert "not tried against a live SQL Server" in unescape(summary.text)
    job = office.engine.job(visitor.post("/restore/", choices).location.rpartition("/")[2])
    assert office.finish(job).error is None
    assert sqlserver.look()["databases"]["proef"] == {"dbo.GL": 12, "dbo.Debtors": 3}
    ((_, rows), (_, log)) = sqlserver.look()["moves"]
    assert rows.startswith(r"C:\D" + "\\proef_")
    assert log.startswith(r"C:\L" + "\\proef_")
    assert sqlserver.left == []
