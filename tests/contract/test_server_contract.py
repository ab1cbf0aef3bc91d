"""What every database server does for Bewaar: real ones, on sockets of their own."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.progress import Silent
from bewaar.servers.base import DatabaseServer
from bewaar.servers.kinds import rows_in
from tests.oddities import POSTGRESQL, dump_file, odd
from tests.servers import (
    PASSWORD,
    Server,
    bank,
    is_whole_bank,
    moving_money,
    stand_in,
)

BACKUPS = 2  # under a program that writes without pause; hundreds were made by hand

# ── Dumps ───────────────────────────────────────────────────────────────────────────────────


def test_a_dump_holds_everything_whatever_it_is_called(server: Server, tmp_path: Path) -> None:
    database, rows = odd(server)
    seen, file = server.seen(database), dump_file(server, tmp_path)
    dumped = seen.dump(database, file)
    assert dumped.found.rows == rows == seen.rows(database)
    assert set(seen.tables(database)) == set(rows)
    assert rows_in(server.kind, file) == dumped.found
    fresh = server.new_database()
    seen.load(fresh, file)
    assert seen.rows(fresh) == rows
    assert seen.content(fresh) == dumped.found.mark == seen.content(database)
    if server.kind is POSTGRESQL:
        with server.cursor(fresh) as cursor:
            cursor.execute("SELECT lo_get(4711), f() LIKE '%%part1%%'")
            assert cursor.fetchone() == (b"\xde\xad\xbe\xef", True)


def test_while_a_program_writes_every_dump_is_of_one_instant(
    server: Server, tmp_path: Path
) -> None:
    database = bank(server)
    seen = server.seen(database)
    with moving_money(server, database):
        for number in range(BACKUPS):
            file = tmp_path / f"{number}"
            dumped = seen.dump(database, file)
            fresh = server.new_database()
            seen.load(fresh, file)
            assert is_whole_bank(server, fresh)
            assert seen.rows(fresh) == dumped.found.rows


def test_a_dump_that_is_cut_short_is_noticed(server: Server, tmp_path: Path) -> None:
    database, _ = odd(server)
    file = dump_file(server, tmp_path)
    server.seen(database).dump(database, file)
    whole = file.read_bytes()
    for size in (len(whole) - 2, len(whole) - 60, len(whole) // 2, 100, 4, 0):
        file.write_bytes(whole[:size])
        with pytest.raises(errors.SourceDamaged) as damaged:
            rows_in(server.kind, file)
        assert damaged.value.params["path"] == file.name


def test_a_page_that_was_saved_as_a_dump_is_none(server: Server, tmp_path: Path) -> None:
    file = dump_file(server, tmp_path)
    file.write_bytes(b"<!doctype html>\n<title>404</title>\n" * 40)
    with pytest.raises(errors.SourceDamaged):
        rows_in(server.kind, file)


def test_an_empty_database_gives_an_empty_dump(server: Server, tmp_path: Path) -> None:
    database = server.new_database()
    assert server.seen(database).dump(database, dump_file(server, tmp_path)).found.rows == {}


# ── Marks ───────────────────────────────────────────────────────────────────────────────────


def test_a_row_more_changes_both_marks_and_reading_changes_none(server: Server) -> None:
    database = bank(server)
    seen = server.seen(database)
    mark, content = seen.mark(database), seen.content(database)
    server.do(database, "SELECT count(*) FROM account")
    assert (seen.mark(database), seen.content(database)) == (mark, content)
    server.do(database, "UPDATE account SET saldo = saldo + 1 WHERE id = 3")
    assert seen.content(database) != content
    _until(lambda: seen.mark(database) != mark)


def test_a_table_that_is_emptied_at_once_changes_both_marks(server: Server) -> None:
    database = bank(server)
    seen = server.seen(database)
    mark, content = seen.mark(database), seen.content(database)
    server.do(database, "TRUNCATE TABLE account")
    assert seen.content(database) != content
    _until(lambda: seen.mark(database) != mark)


def test_a_new_column_changes_the_content(server: Server) -> None:
    database = bank(server)
    content = server.seen(database).content(database)
    server.do(database, "ALTER TABLE move ADD COLUMN remark varchar(9)")
    assert server.seen(database).content(database) != content


def _until(true: Callable[[], bool]) -> None:
    """Wait until something is so: servers tell what was written a moment later."""
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


# ── Looking ─────────────────────────────────────────────────────────────────────────────────


def test_databases_are_listed_and_the_server_s_own_are_not(server: Server) -> None:
    database = server.new_database()
    found = server.seen().databases()
    assert database in found
    assert not {"postgres", "template1", "mysql", "sys", "information_schema"} & {*found}
    assert server.seen().exists(database)
    assert not server.seen().exists(f"{database} not")
    assert int(server.seen().version().partition(".")[0]) >= 10


def test_others_who_are_connected_are_seen_and_bewaar_is_not(server: Server) -> None:
    database = server.new_database()
    seen = server.seen(database)
    assert seen.sessions(database).found == ()
    with server.cursor(database):
        sessions = seen.sessions(database)
    assert [session.user for session in sessions.found] == [server.admin]
    assert sessions.whole
    _until(lambda: seen.sessions(database).found == ())


# ── Names ───────────────────────────────────────────────────────────────────────────────────


def test_two_databases_change_places_in_one_step(server: Server) -> None:
    old, new = bank(server), bank(server)
    server.do(new, "DELETE FROM account WHERE id > 4")
    seen, kept = server.seen(old), f"{old} kept"
    seen.swap(old, new, kept)
    assert seen.rows(old)["account" if server.kind is not POSTGRESQL else "public.account"] == 5
    assert is_whole_bank(server, kept)
    assert not seen.exists(new)


def test_a_swap_that_cannot_be_leaves_both_as_they_were(server: Server) -> None:
    old, new, taken = bank(server), bank(server), server.new_database()
    seen = server.seen(old)
    server.do(new, "DELETE FROM account WHERE id > 4")
    contents = [seen.content(each) for each in (old, new)]
    with pytest.raises(errors.DatabaseTaken):
        seen.swap(old, new, taken)
    with server.cursor(new), pytest.raises(errors.DatabaseInUse) as used:
        seen.swap(old, new, f"{old} kept")
    assert used.value.params["who"] == server.admin
    assert [seen.content(each) for each in (old, new)] == contents
    assert not seen.exists(f"{old} kept")


def test_a_database_gets_another_name_unless_that_is_taken(server: Server) -> None:
    database, taken = bank(server), server.new_database()
    seen = server.seen(database)
    with pytest.raises(errors.DatabaseTaken):
        seen.rename(database, taken)
    with pytest.raises(errors.DatabaseTaken):
        seen.create(taken)
    seen.rename(database, f"{database} b")
    assert is_whole_bank(server, f"{database} b")
    assert not seen.exists(database)


def test_a_database_somebody_works_in_is_not_removed(server: Server) -> None:
    database = server.new_database()
    with server.cursor(database), pytest.raises(errors.DatabaseInUse):
        server.seen().drop(database)
    _until(lambda: not server.seen().sessions(database).found)
    server.seen().drop(database)
    server.seen().drop(database)
    assert not server.seen().exists(database)


# ── What only one kind can do ───────────────────────────────────────────────────────────────


def test_rows_that_a_user_may_not_see_make_no_dump(postgresql: Server, tmp_path: Path) -> None:
    anna, database = postgresql.new_user(), bank(postgresql)
    postgresql.do(
        database,
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {anna}",
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {anna}",
        "ALTER TABLE account ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY low ON account TO {anna} USING (id < 5)",
    )
    with pytest.raises(errors.ServerRights):
        postgresql.seen(database, anna, PASSWORD).dump(database, tmp_path / "dump")


def test_what_the_owners_made_is_loaded_where_nobody_knows_them(
    postgresql: Server, tmp_path: Path
) -> None:
    database = bank(postgresql)
    postgresql.do("", "CREATE ROLE gone")
    postgresql.do(database, "ALTER TABLE move OWNER TO gone", "GRANT SELECT ON account TO gone")
    seen, file = postgresql.seen(database), tmp_path / "dump"
    rows = seen.dump(database, file).found.rows
    postgresql.do(database, "REASSIGN OWNED BY gone TO postgres", "DROP OWNED BY gone")
    postgresql.do("", "DROP ROLE gone")
    fresh, told = postgresql.new_database(), _Notes()
    seen.load(fresh, file, told)
    assert seen.rows(fresh) == rows
    assert told.codes == ["server.owners"]


class _Notes(Silent):
    def __init__(self) -> None:
        self.codes: list[str] = []

    def note(self, code: str, /, **params: str | int) -> None:
        self.codes.append(code)


def test_tables_without_transactions_are_locked_while_they_are_dumped(
    mariadb: Server, tmp_path: Path
) -> None:
    database = bank(mariadb)
    seen = mariadb.seen(database)
    assert seen.dump(database, tmp_path / "1").method == "mariadb-dump"
    mariadb.do(database, "ALTER TABLE move ENGINE=MyISAM", "ALTER TABLE account ENGINE=Aria")
    with moving_money(mariadb, database):
        dumped = seen.dump(database, tmp_path / "2")
    assert dumped.method == "mariadb-dump-locked"


def test_what_a_rename_would_leave_behind_is_named_and_nothing_moves(mariadb: Server) -> None:
    database, _ = odd(mariadb)
    seen: DatabaseServer = mariadb.seen(database)
    content = seen.content(database)
    assert set(seen.unmovable(database)) == {"v", "tr", "pr"}
    with pytest.raises(errors.DatabaseUnmovable) as unmovable:
        seen.rename(database, "elsewhere")
    assert "tr" in str(unmovable.value.params["what"])
    assert seen.content(database) == content
    assert not seen.exists("elsewhere")


def test_a_table_that_is_rebuilt_meanwhile_is_busy_or_whole(
    mariadb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = bank(mariadb)
    bin_ = f"mariadb --no-defaults -S {mariadb.host} -u {mariadb.admin}"
    query = "ALTER TABLE move ADD COLUMN y int DEFAULT 4, FORCE"
    altering = f'echo "{query}" | {bin_} --database="$(cat {tmp_path}/name)"'
    (tmp_path / "name").write_text(database)
    stand_in("mariadb-dump", f'{altering}; exec {{real}} "$@"', tmp_path, monkeypatch)
    dumped = mariadb.seen(database).dump(database, tmp_path / "dump")
    assert dumped.found.rows == mariadb.seen(database).rows(database)
