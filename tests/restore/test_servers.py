"""Books in a database on a server: they come back whole, and nothing is lost on the way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import DatabaseUnmovable, ServerAway, TargetUnfit
from bewaar.model import Code, JobState
from bewaar.progress import Progress
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.restore import Journal, Store
from bewaar.restore.ground_server import ServerGround
from bewaar.servers.connection import ServerKind, load, save
from tests.scene import Office, tree
from tests.served import NAME, Desk, reader, working
from tests.servers import Server, stand_in


def test_a_whole_round(desk: Desk) -> None:
    """Back up, change, restore into the original, undo: each time all rows are as they were."""
    then = desk.rows()
    desk.office.proven(desk.books)
    desk.book()
    now = desk.rows()
    assert now != then
    job = desk.restore()
    assert job.state is JobState.DONE, job.error
    assert desk.rows() == then
    assert desk.undo().state is JobState.DONE
    assert desk.rows() == now
    again = desk.undo()
    assert again.error is not None
    assert again.error.code == "undo.nothing"
    assert desk.rows() == now


def test_the_books_that_were_there_are_kept_and_backed_up_first(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    one_desk.book()
    now, before = one_desk.rows(), one_desk.databases()
    job = one_desk.restore()
    assert str(job.result["safety"]).endswith(".zip")
    (kept,) = one_desk.databases() - before
    assert "_before_" in kept
    assert one_desk.rows(kept) == now


BOOKKEEPING = {  # a program that is known to keep its books so
    ServerKind.POSTGRESQL: ("odoo", "account_move"),
    ServerKind.MARIADB: ("dolibarr", "llx_accounting_bookkeeping"),
}


def test_what_would_be_lost_is_asked_of_the_server_while_its_program_works(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, table = BOOKKEEPING[server.kind]
    database = server.new_database()
    server.do(
        database, f"CREATE TABLE {table} (id int)", f"INSERT INTO {table} VALUES (1), (2), (3)"
    )
    office = Office(tmp_path / "office")
    books = office.engine.add_database(server.connection(database), name=NAME, program=program)
    backup = office.proven(books)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id), code=books.code, mode=RestoreMode.ORIGINAL
    )
    same = office.engine.plan_restore(request)
    assert (same.changed_since, same.transactions) == (False, 0)
    for tool in ("pg_dump", "mariadb-dump"):
        stand_in(tool, "exit 1", tmp_path, monkeypatch)
    with server.cursor(database) as at_work:
        at_work.execute(f"INSERT INTO {table} VALUES (4), (5)")
        unseen = office.engine.plan_restore(request)  # nobody can dump it: nothing is guessed
        assert (unseen.changed_since, unseen.transactions) == (None, 0)
    with server.cursor(database) as at_work:
        at_work.execute(f"SELECT count(*) FROM {table}")
        changed = office.engine.plan_restore(request)
    assert (changed.changed_since, changed.transactions) == (True, 2)
    server.seen().drop(database)
    gone = office.engine.plan_restore(request)
    assert (gone.changed_since, gone.transactions) == (None, None)
    office.engine.close()


def test_lost_books_come_back_under_their_own_name(one_desk: Desk) -> None:
    then = one_desk.rows()
    one_desk.office.proven(one_desk.books)
    one_desk.server.seen().drop(one_desk.database)
    job = one_desk.restore()
    assert job.state is JobState.DONE, job.error
    assert job.result["safety"] == ""
    assert one_desk.rows() == then


def test_a_program_finds_its_database_as_it_was_set_up(postgresql: Server, tmp_path: Path) -> None:
    """Owner, sort order, rights and settings belong to the database, and no dump holds them."""
    with working(postgresql, tmp_path) as desk:
        owner, guest = postgresql.new_user(), postgresql.new_user()
        name = '"' + desk.database.replace('"', '""') + '"'
        postgresql.do(
            "",
            f"ALTER DATABASE {name} OWNER TO {owner}",
            f'ALTER DATABASE {name} SET search_path TO "$user", public, boeken',
            f"ALTER ROLE {guest} IN DATABASE {name} SET datestyle TO 'ISO, DMY'",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {name} TO {guest} WITH GRANT OPTION",
        )
        before = setting_up(desk)
        desk.office.proven(desk.books)
        desk.restore()
        assert setting_up(desk) == before
        job = desk.restore(mode=RestoreMode.NEW, new_name="Proef", into=desk.books.place)
        made = desk.office.engine.state(Code(str(job.result["code"]))).administration
        assert setting_up(replace(desk, database=load(made.place).database)) == before
        postgresql.seen().drop(load(made.place).database)


def test_who_may_only_make_databases_gets_new_books_that_are_its_own(
    postgresql: Server, tmp_path: Path
) -> None:
    """It may make no database of somebody else, and the books came from one."""
    with working(postgresql, tmp_path) as desk:
        then, user = desk.rows(), reader(desk)
        postgresql.do("", f"ALTER USER {user} CREATEDB")
        desk.office.proven(desk.books)
        save(desk.books.place, replace(load(desk.books.place), user=user))
        job = desk.restore(mode=RestoreMode.NEW, new_name="Eigen", into=desk.books.place)
        assert job.error is None
        made = desk.office.engine.state(Code(str(job.result["code"]))).administration
        assert desk.rows(load(made.place).database) == then
        postgresql.seen().drop(load(made.place).database)


def setting_up(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.server.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_get_userbyid(datdba), encoding, datcollate, datctype,
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a),
                (SELECT array_agg((setrole, setconfig)::text ORDER BY setrole)
                 FROM pg_db_role_setting WHERE setdatabase = d.oid)
            FROM pg_database d WHERE datname = %s
            """,
            [desk.database],
        )
        return [tuple(row) for row in cursor.fetchall()]


def test_what_no_rename_takes_along_is_told_and_comes_as_a_new_database(
    mariadb: Server, tmp_path: Path
) -> None:
    with working(mariadb, tmp_path) as desk:
        mariadb.do(
            desk.database,
            "CREATE TRIGGER checked BEFORE INSERT ON bookings FOR EACH ROW "
            "SET NEW.text = concat(NEW.text, '!')",
            "CREATE VIEW totals AS SELECT account, sum(amount) FROM bookings GROUP BY account",
        )
        then = desk.rows()
        desk.office.proven(desk.books)
        with pytest.raises(DatabaseUnmovable) as told:
            desk.office.engine.plan_restore(desk.request())
        assert "checked" in str(told.value.params["what"])
        job = desk.restore(mode=RestoreMode.NEW, new_name="Proef", into=desk.books.place)
        made = desk.office.engine.state(Code(str(job.result["code"]))).administration
        database = load(made.place).database
        assert desk.rows(database) == then
        mariadb.do(database, "INSERT INTO bookings VALUES (500, 1, 1, 'x')")
        with mariadb.cursor(database) as cursor:
            cursor.execute("SELECT text FROM bookings WHERE id = 500")
            assert cursor.fetchone() == ("x!",)
            cursor.execute("SELECT count(*) FROM totals")
            assert cursor.fetchone() == (3,)
        mariadb.seen().drop(database)


# ── As new books ────────────────────────────────────────────────────────────────────────────


def test_new_books_get_a_database_of_their_own(desk: Desk) -> None:
    then, name = desk.rows(), "Proef: Bäckerei & Zn"
    desk.office.proven(desk.books)
    desk.book()
    now, before = desk.rows(), desk.databases()
    job = desk.restore(mode=RestoreMode.NEW, new_name=name, into=desk.books.place)
    assert job.state is JobState.DONE, job.error
    made = desk.office.engine.state(Code(str(job.result["code"]))).administration
    assert made.name == name
    database = load(made.place).database
    assert desk.databases() - before == {database}
    assert database.startswith("proef_backerei_zn")
    assert desk.rows(database) == then
    assert desk.rows() == now
    assert desk.office.proven(made).contents[0].counts.tables


def test_a_name_that_is_taken_is_left_alone(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    taken = one_desk.server.new_database("bakkerij_twee")
    one_desk.server.do(taken, "CREATE TABLE mine (id INTEGER)")
    job = one_desk.restore(
        mode=RestoreMode.NEW, new_name="Bakkerij Twee", into=one_desk.books.place
    )
    made = one_desk.office.engine.state(Code(str(job.result["code"]))).administration
    assert load(made.place).database == "bakkerij_twee_2"
    assert len(one_desk.server.seen().tables(taken)) == 1


def test_without_a_server_the_dump_comes_as_a_file(desk: Desk, tmp_path: Path) -> None:
    desk.office.proven(desk.books)
    kept = desk.office.engine.settings().administrations
    (tmp_path / "it").mkdir()
    job = desk.restore(mode=RestoreMode.NEW, new_name="Dump", into=tmp_path / "it")
    assert job.state is JobState.DONE, job.error
    (dump,) = tree(tmp_path / "it")
    assert dump == {"postgresql": "Dump.dump", "mariadb": "Dump.sql"}[desk.server.kind]
    assert desk.office.engine.settings().administrations == kept
    fresh = desk.server.new_database()
    desk.server.seen().load(fresh, tmp_path / "it" / dump)
    assert desk.rows(fresh) == desk.rows()


def test_a_database_takes_no_place_of_files_and_files_none_of_a_database(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    over = replace(one_desk.request(), mode=RestoreMode.OVER, over=one_desk.office.bakery.code)
    with pytest.raises(TargetUnfit):
        one_desk.office.engine.plan_restore(over)
    backup = one_desk.office.proven(one_desk.office.bakery)
    files = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=one_desk.office.bakery.code,
        mode=RestoreMode.OVER,
        over=one_desk.books.code,
        typed_name=NAME,
    )
    with pytest.raises(TargetUnfit):
        one_desk.office.engine.start_restore(files)
    with pytest.raises(TargetUnfit):
        one_desk.office.engine.start_restore(
            replace(files, mode=RestoreMode.NEW, new_name="x", into=one_desk.books.place)
        )


# ── What stands in the way ──────────────────────────────────────────────────────────────────


def test_a_session_in_the_way_is_told_and_nothing_changes(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    one_desk.book()
    now, before = one_desk.rows(), one_desk.databases()
    with one_desk.server.cursor(one_desk.database):
        job = one_desk.restore()
    assert job.error is not None
    assert job.error.code == "restore.open"
    assert one_desk.server.admin in str(job.error.params["evidence"])
    assert (one_desk.rows(), one_desk.databases()) == (now, before)


def test_a_session_that_comes_at_the_last_moment_is_told_too(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It connects after the last look, right before the names are changed."""
    one_desk.office.proven(one_desk.books)
    one_desk.book()
    now, before = one_desk.rows(), one_desk.databases()
    exchange = ServerGround.exchange

    def come_then_exchange(ground: ServerGround, comes: Store, goes: Store | None) -> None:
        with one_desk.server.cursor(one_desk.database):
            exchange(ground, comes, goes)

    monkeypatch.setattr(ServerGround, "exchange", come_then_exchange)
    job = one_desk.restore()
    assert job.error is not None
    assert job.error.code == "server.inuse"
    assert (one_desk.rows(), one_desk.databases()) == (now, before)
    assert Journal(one_desk.office.home.journal).swaps() == []


def test_a_server_that_is_away_is_told_before_anything_happens(
    one_desk: Desk, tmp_path: Path
) -> None:
    one_desk.office.proven(one_desk.books)
    gone = replace(load(one_desk.books.place), host=str(tmp_path / "nowhere"))
    save(one_desk.books.place, gone)
    with pytest.raises(ServerAway):
        one_desk.office.engine.plan_restore(one_desk.request())
    with pytest.raises(ServerAway):
        one_desk.office.engine.plan_restore(
            replace(
                one_desk.request(), mode=RestoreMode.NEW, new_name="x", into=one_desk.books.place
            )
        )


def test_a_user_without_the_right_to_make_databases_is_told(one_desk: Desk) -> None:
    one_desk.office.proven(one_desk.books)
    user = reader(one_desk)
    save(one_desk.books.place, replace(load(one_desk.books.place), user=user))
    before = one_desk.databases()
    job = one_desk.restore(mode=RestoreMode.NEW, new_name="Proef", into=one_desk.books.place)
    assert job.error is not None
    assert job.error.code == "server.rights"
    assert one_desk.databases() == before


def test_a_dump_that_loads_fewer_rows_is_dropped(
    one_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trigger, a damaged server: whatever it is, what does not count the same does not stay."""
    one_desk.office.proven(one_desk.books)
    one_desk.book()
    now, before = one_desk.rows(), one_desk.databases()
    kind = type(one_desk.server.seen())
    load_all = kind.load

    def load_then_lose(server: Any, database: str, dump: Path, progress: Progress) -> None:
        load_all(server, database, dump, progress)
        one_desk.server.do(database, "DELETE FROM bookings WHERE id = 5")

    monkeypatch.setattr(kind, "load", load_then_lose)
    for choices in (
        {},
        {"mode": RestoreMode.NEW, "new_name": "Proef", "into": one_desk.books.place},
    ):
        job = one_desk.restore(**choices)
        assert job.error is not None
        assert job.error.code == "backup.damaged"
        assert (one_desk.rows(), one_desk.databases()) == (now, before)
