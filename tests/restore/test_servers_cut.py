"""A restore onto a server that is cut short: settled later, and only what is ours is removed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.model import Code, JobState
from bewaar.progress import Progress
from bewaar.requests import RestoreMode
from bewaar.restore import Journal, Step
from bewaar.servers.connection import ServerKind, load, save
from bewaar.servers.mariadb import MariaDb
from tests.served import Desk, killed, working
from tests.servers import Server, running


@pytest.mark.parametrize(
    ("method", "when", "outcome"),
    [("load", "after", ""), ("swap", "after", "finished")],
)
def test_a_restore_that_is_killed_is_settled_at_the_next_start(
    desk: Desk, method: str, when: str, outcome: str
) -> None:
    desk.office.proven(desk.books)
    then = desk.rows()
    desk.book()
    now, before = desk.rows(), desk.databases()
    killed(desk, method, when)
    desk.office.open()
    assert desk.rows() == (then if outcome == "finished" else now)
    assert len(desk.databases() - before) == (1 if outcome == "finished" else 0)
    told = [each.outcome for each in desk.office.engine.overview().recoveries]
    assert told == ([outcome] if outcome else [])
    if outcome == "finished":
        assert desk.undo().state is JobState.DONE
        assert desk.rows() == now


@pytest.mark.parametrize(("method", "outcome"), [("_move", "undone"), ("_drop_empty", "finished")])
def test_a_move_of_tables_that_is_killed_is_settled(
    mariadb: Server, tmp_path: Path, method: str, outcome: str
) -> None:
    """There is no name to change there: empty databases are left around what was moved."""
    with working(mariadb, tmp_path) as desk:
        desk.office.proven(desk.books)
        then = desk.rows()
        desk.book()
        now = desk.rows()
        killed(desk, method, "before")
        desk.office.open()
        assert desk.rows() == (then if outcome == "finished" else now)
        (told,) = desk.office.engine.overview().recoveries
        assert told.outcome == outcome
        assert desk.restore().state is JobState.DONE
        assert desk.rows() == then


def test_a_restore_whose_server_went_away_waits_for_it_and_says_so(
    mariadb: Server, tmp_path: Path
) -> None:
    with working(mariadb, tmp_path) as desk:
        desk.office.proven(desk.books)
        then = desk.rows()
        desk.book()
        killed(desk, "swap", "after")
        here = load(desk.books.place)
        save(desk.books.place, replace(here, host=str(tmp_path / "nowhere")))
        desk.office.open()
        desk.office.reopen()
        (told,) = desk.office.engine.overview().recoveries
        assert (told.outcome, told.shown) == ("away", desk.database)
        save(desk.books.place, here)
        desk.office.reopen()
        outcomes = [each.outcome for each in desk.office.engine.overview().recoveries]
        assert outcomes == ["away", "finished"]
        assert desk.rows() == then


def test_a_server_that_goes_away_while_it_loads_is_told_and_cleared_up_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(ServerKind.MARIADB) as server, working(server, tmp_path) as desk:
        desk.office.proven(desk.books)
        load_all = MariaDb.load

        def load_then_stop(mariadb: MariaDb, *arguments: Any) -> None:
            load_all(mariadb, *arguments)
            server.stop()

        monkeypatch.setattr(MariaDb, "load", load_then_stop)
        job = desk.restore()
        assert job.error is not None
        assert job.error.code == "server.away"
        assert job.result.get("replaced") is None
        desk.office.reopen()
        (swap,) = Journal(desk.office.home.journal).swaps()
        assert swap.step is Step.STAGING  # cleared when it answers, see the killed ones
        assert desk.office.engine.undoable(desk.books.code) is None


# ── New books, cut short ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["create", "load"])
def test_new_books_that_were_killed_leave_nothing_on_the_server(desk: Desk, method: str) -> None:
    desk.office.proven(desk.books)
    now, before = desk.rows(), desk.databases()
    files = {*desk.office.home.servers.iterdir()}
    killed(desk, method, "after", "Proef")
    assert desk.databases() - before == {"proef"}
    desk.office.open()
    assert desk.databases() == before
    assert {*desk.office.home.servers.iterdir()} == files
    assert Journal(desk.office.home.journal).swaps() == []
    assert desk.office.engine.overview().recoveries == ()
    assert desk.rows() == now


def test_between_their_connection_and_the_journal_new_books_are_taken_back(
    one_desk: Desk,
) -> None:
    """The file that leads to them goes with them: it would lead nowhere."""
    one_desk.office.proven(one_desk.books)
    before, files = one_desk.databases(), {*one_desk.office.home.servers.iterdir()}
    killed(one_desk, "rows", "after", "Proef")
    (swap,) = Journal(one_desk.office.home.journal).swaps()
    save(swap.place, replace(load(one_desk.books.place), database="proef"))
    one_desk.office.open()
    assert one_desk.databases() == before
    assert {*one_desk.office.home.servers.iterdir()} == files


def test_a_connection_that_came_to_lie_there_meanwhile_is_left_alone(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody adds a database of that name while the new books are loaded, or after a kill."""
    one_desk.office.proven(one_desk.books)
    before = one_desk.databases()
    theirs = replace(load(one_desk.books.place), database="elsewhere")
    rows = MariaDb.rows

    def add_meanwhile(mariadb: MariaDb, database: str, progress: Progress) -> Any:
        if database == "proef":
            save(one_desk.office.home.servers / "Proef.server.toml", theirs)
        return rows(mariadb, database, progress)

    monkeypatch.setattr(MariaDb, "rows", add_meanwhile)
    job = one_desk.restore(mode=RestoreMode.NEW, new_name="Proef", into=one_desk.books.place)
    assert job.error is not None
    assert job.error.code == "restore.exists"
    killed(one_desk, "load", "after", "Proef")
    (swap,) = Journal(one_desk.office.home.journal).swaps()
    save(swap.place, theirs)
    one_desk.office.open()
    assert load(swap.place) == load(one_desk.office.home.servers / "Proef.server.toml") == theirs
    assert one_desk.databases() == before


def test_a_database_that_somebody_else_made_meanwhile_is_left_and_told(
    one_desk: Desk,
) -> None:
    """Killed before it made its own: nobody knows any more whose that one is."""
    one_desk.office.proven(one_desk.books)
    killed(one_desk, "create", "before", "Proef")
    one_desk.server.new_database("proef")
    one_desk.server.do("proef", "CREATE TABLE mine (id INTEGER)")
    one_desk.office.open()
    assert len(one_desk.server.seen().tables("proef")) == 1
    (told,) = one_desk.office.engine.overview().recoveries
    assert (told.outcome, told.shown) == ("left", "proef")
    assert Journal(one_desk.office.home.journal).swaps() == []
    one_desk.server.seen().drop("proef")


def test_a_view_is_enough_for_a_database_to_be_left(desk: Desk) -> None:
    database = desk.server.new_database("proef")
    assert desk.server.seen().bare(database)
    desk.server.do(database, "CREATE VIEW v AS SELECT 1")
    assert not desk.server.seen().bare(database)
    desk.server.seen().drop(database)


def test_a_name_that_was_taken_in_the_last_moment_is_not_ours(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes an empty database of that name right before Bewaar does."""
    one_desk.office.proven(one_desk.books)
    create = MariaDb.create

    def come_first(mariadb: MariaDb, database: str, like: str = "") -> None:
        if database == "proef":
            create(mariadb, database)
        create(mariadb, database, like)

    monkeypatch.setattr(MariaDb, "create", come_first)
    job = one_desk.restore(mode=RestoreMode.NEW, new_name="Proef", into=one_desk.books.place)
    assert job.error is None
    made = one_desk.office.engine.state(Code(str(job.result["code"]))).administration
    assert load(made.place).database == "proef_2"
    assert one_desk.server.seen().exists("proef")
    for name in ("proef", "proef_2"):
        one_desk.server.seen().drop(name)


def test_a_server_that_is_away_at_the_start_is_cleared_when_it_is_back(
    one_desk: Desk, tmp_path: Path
) -> None:
    one_desk.office.proven(one_desk.books)
    before = one_desk.databases()
    killed(one_desk, "load", "after", "Proef")
    here = load(one_desk.books.place)
    save(one_desk.books.place, replace(here, host=str(tmp_path / "nowhere")))
    one_desk.office.open()
    save(one_desk.books.place, here)
    assert "proef" in one_desk.databases()
    one_desk.office.reopen()
    assert one_desk.databases() == before


# ── What is kept ────────────────────────────────────────────────────────────────────────────


def test_what_is_kept_goes_after_thirty_days_and_is_told_when_it_cannot(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    one_desk.book()
    before = one_desk.databases()
    one_desk.restore()
    (kept,) = one_desk.databases() - before
    for _ in range(3):
        one_desk.office.clock.move(days=9)
        one_desk.office.engine.tick()
    assert kept in one_desk.databases()
    one_desk.office.clock.move(days=5)
    with one_desk.server.cursor(kept):
        one_desk.office.reopen()
    assert kept in one_desk.databases()
    (told,) = one_desk.office.engine.overview().recoveries
    assert (told.outcome, told.shown) == ("kept", kept)
    one_desk.office.reopen()
    assert one_desk.databases() == before


def test_kept_books_that_are_gone_cannot_come_back(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    before = one_desk.databases()
    one_desk.restore()
    (kept,) = one_desk.databases() - before
    one_desk.server.seen().drop(kept)
    now = one_desk.rows()
    job = one_desk.undo()
    assert job.error is not None
    assert job.error.code == "undo.blocked"
    assert one_desk.rows() == now
