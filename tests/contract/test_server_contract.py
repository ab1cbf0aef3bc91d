"""What every database server does for Bewaar: real ones, on sockets of their own."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.progress import Silent
from bewaar.servers import tools
from bewaar.servers.base import DatabaseServer
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.kinds import SUFFIXES, rows_in, server_at
from tests.mounts import Mounts, needs
from tests.servers import (
    PASSWORD,
    Server,
    bank,
    is_whole_bank,
    moving_money,
    running,
    stand_in,
)

POSTGRESQL = ServerKind.POSTGRESQL
DUMPERS = {POSTGRESQL: "pg_dump", ServerKind.MARIADB: "mariadb-dump"}
BACKUPS = 2  # under a program that writes without pause; hundreds were made by hand

_ODD_PG = (
    'CREATE SCHEMA "s.1 ü"',
    (
        'CREATE TABLE "s.1 ü"."t""é\nx" (a int PRIMARY KEY, b text,'
        " g int GENERATED ALWAYS AS (a * 2) STORED)"
    ),
    'INSERT INTO "s.1 ü"."t""é\nx" SELECT i, E\'tab\\tline\\n\\\\.\' FROM generate_series(1, 5) i',
    "CREATE TABLE none ()",
    "INSERT INTO none DEFAULT VALUES",
    "CREATE TABLE empty (a int)",
    "CREATE TABLE parted (a int) PARTITION BY LIST (a)",
    "CREATE TABLE part1 PARTITION OF parted FOR VALUES IN (1)",
    "INSERT INTO parted VALUES (1), (1)",
    (
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\nSELECT '\n"
        "-- Data for Name\nCOPY public.part1 (a) FROM stdin;\n1\n\\.\n'\n$$"
    ),
    "SELECT lo_from_bytea(4711, '\\xdeadbeef')",
    "CREATE VIEW v AS SELECT * FROM parted",
)
_ODD_PG_ROWS = {
    '"s.1 ü"."t""é\nx"': 5,
    "public.none": 1,
    "public.empty": 0,
    "public.part1": 2,
}
_ODD_MARIADB = (
    (
        "CREATE TABLE `t``é\nx` (a int PRIMARY KEY, b text, c blob, g int AS (a * 2) STORED,"
        " v int AS (a + 1) VIRTUAL)"
    ),
    (
        "INSERT INTO `t``é\nx` (a, b, c) VALUES (1, 'a\n);\n(b', NULL), (2, '''\\\\', 0x0027FF),"
        " (3, '😀 (x), (y);', NULL)"
    ),
    "CREATE TABLE empty (a int)",
    "CREATE TABLE hidden (a int INVISIBLE DEFAULT 3, b int)",
    "INSERT INTO hidden (b) VALUES (1), (2)",
    "CREATE TABLE past (x int) WITH SYSTEM VERSIONING",
    "INSERT INTO past VALUES (1)",
    "UPDATE past SET x = 2",
    "CREATE SEQUENCE numbers",
    "CREATE VIEW v AS SELECT * FROM hidden",
    (
        "CREATE TRIGGER tr BEFORE INSERT ON empty FOR EACH ROW BEGIN\n DECLARE x int;\n"
        "INSERT INTO `hidden` VALUES (7, 7);\nEND"
    ),
    "CREATE PROCEDURE pr() BEGIN\nINSERT INTO `hidden` VALUES\n(7, 7);\nEND",
)
_ODD_MARIADB_ROWS = {"t`é\nx": 3, "empty": 0, "hidden": 2, "past": 2}


def odd(server: Server) -> tuple[str, dict[str, int]]:
    """Make a database of things a dump could stumble over."""
    statements, rows = _ODD_MARIADB, _ODD_MARIADB_ROWS
    if server.kind is POSTGRESQL:
        statements, rows = _ODD_PG, _ODD_PG_ROWS
    database = server.new_database()
    server.do(database, *statements)
    return database, rows


def dump_file(server: Server, folder: Path) -> Path:
    return folder / f"dump{SUFFIXES[server.kind]}"


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


# ── When it cannot be done ──────────────────────────────────────────────────────────────────


def test_a_wrong_password_is_told_from_a_missing_one(server: Server) -> None:
    anna = server.new_user()
    with pytest.raises(errors.ServerPasswordNeeded) as needed:
        server.seen("", anna).databases()
    assert needed.value.params["user"] == anna
    with pytest.raises(errors.ServerRefused) as refused:
        server.seen("", anna, "wrong").databases()
    assert "wrong" not in str(refused.value.params)
    server.seen("", anna, PASSWORD).version()


def test_a_user_without_rights_gets_no_dump(server: Server, tmp_path: Path) -> None:
    anna, database = server.new_user(), bank(server)
    with pytest.raises(errors.ServerRights) as rights:
        server.seen(database, anna, PASSWORD).dump(database, dump_file(server, tmp_path))
    assert rights.value.params["user"] == anna


def test_the_tools_get_the_password_and_nobody_else_sees_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, database = server.new_user(), bank(server)
    if server.kind is POSTGRESQL:
        server.do(database, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {anna}")
        server.do(database, f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {anna}")
    else:
        rights = "SELECT, LOCK TABLES, SHOW VIEW, TRIGGER, EVENT"
        name = database.replace("`", "``")
        server.do("", f"GRANT {rights} ON `{name}`.* TO {anna}@localhost")
    told = tmp_path / "told"
    stand_in(
        DUMPERS[server.kind], f'echo "$@" >> {told}; exec {{real}} "$@"', tmp_path, monkeypatch
    )
    seen = server.seen(database, anna, PASSWORD)
    seen.dump(database, dump_file(server, tmp_path))
    words = told.read_text().split()
    assert PASSWORD.split()[0] not in " ".join(words)
    for word in words:
        if word.startswith("--defaults-file="):
            assert not Path(word.partition("=")[2]).exists()


def test_a_database_that_is_not_there_is_named(server: Server, tmp_path: Path) -> None:
    seen = server.seen("weg")
    for ask in (seen.mark, seen.content, seen.rows, seen.tables):
        with pytest.raises(errors.DatabaseMissing) as missing:
            ask("weg")
        assert missing.value.params["database"] == "weg"
    with pytest.raises(errors.DatabaseMissing):
        seen.dump("weg", dump_file(server, tmp_path))


def test_a_server_that_is_away_is_said_to_be_away(server: Server, tmp_path: Path) -> None:
    hosts = {str(tmp_path / "nobody"): None, "127.0.0.1": 9, "no such host": None}
    for host, port in hosts.items():
        away = Connection(kind=server.kind, host=host, port=port, user="anna", database="x")
        for ask in (server_at(away).version, server_at(away).databases):
            with pytest.raises(errors.ServerAway):
                ask()
        with pytest.raises(errors.ServerAway):
            server_at(away).mark("x")


@pytest.mark.parametrize("kind", list(DUMPERS))
def test_a_server_that_goes_away_in_the_middle_is_said_to_be_away(
    kind: ServerKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(kind) as server:
        database = bank(server)
        seen = server.seen(database)
        script = f'kill -9 $(cat {tmp_path / "pids"}); exec {{real}} "$@"'
        stand_in(DUMPERS[kind], script, tmp_path, monkeypatch)
        (tmp_path / "pids").write_text(str(server.process.pid))
        with pytest.raises((errors.ServerAway, errors.ServerFailed)):
            seen.dump(database, dump_file(server, tmp_path))


# ── Tools ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def only_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tools be found on the PATH only."""
    monkeypatch.setattr(tools, "FOLDERS", {})


@pytest.mark.usefixtures("only_path")
def test_a_tool_that_is_not_there_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = bank(server)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.ToolMissing) as missing:
        server.seen(database).dump(database, dump_file(server, tmp_path))
    assert missing.value.params["tool"] == DUMPERS[server.kind]


@pytest.mark.usefixtures("only_path")
def test_a_tool_older_than_the_server_is_not_used(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = bank(postgresql)
    stand_in("pg_dump", "#!/bin/sh\n# --version\necho 'pg_dump (PostgreSQL) 9.6.24'", tmp_path,
         monkeypatch)  # fmt: skip
    with pytest.raises(errors.ToolTooOld) as old:
        postgresql.seen(database).dump(database, tmp_path / "dump")
    assert old.value.params["version"] == "9.6"
    assert not (tmp_path / "dump").exists()


@pytest.mark.parametrize(
    "spoiling",
    ['{real} "$@"; truncate -s -40 {file}', '{real} "$@"; : > {file}', ": > {file}"],
    ids=["cut", "emptied", "nothing"],
)  # fmt: skip
def test_a_tool_that_writes_less_than_it_says_makes_no_dump(
    server: Server, spoiling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, file = bank(server), dump_file(server, tmp_path)
    stand_in(DUMPERS[server.kind], spoiling.replace("{file}", str(file)), tmp_path, monkeypatch)
    with pytest.raises(errors.DumpIncomplete) as incomplete:
        server.seen(database).dump(database, file)
    assert incomplete.value.params["database"] == database


def test_a_dump_without_a_table_is_not_whole(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, file = bank(server), dump_file(server, tmp_path)
    leaving_out = "--exclude-table-data=move"
    if server.kind is not POSTGRESQL:
        escaped = f"{database}.move".replace('"', '\\"').replace("`", "\\`")
        leaving_out = f'"--ignore-table={escaped}"'
    server.do(database, "INSERT INTO move (one, other, amount) VALUES (1, 2, 3)")
    script = f'o="$1"; shift; exec {{real}} "$o" {leaving_out} "$@"'
    stand_in(DUMPERS[server.kind], script, tmp_path, monkeypatch)
    with pytest.raises(errors.DumpIncomplete):
        server.seen(database).dump(database, file)


class _Stops(Silent):
    """Wants to stop once the tool runs."""

    def __init__(self, running: Path) -> None:
        self.running = running

    def check(self) -> None:
        if self.running.exists() and self.running.read_text():
            raise errors.Cancelled


def test_a_tool_that_says_nothing_is_ended_when_somebody_stops(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, pid = bank(server), tmp_path / "pid"
    stand_in(DUMPERS[server.kind], f"echo $$ > {pid}; exec sleep 600", tmp_path, monkeypatch)
    with pytest.raises(errors.Cancelled):
        server.seen(database).dump(database, dump_file(server, tmp_path), _Stops(pid))
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


@needs()
def test_a_full_disk_is_said_to_be_full(server: Server, tmp_path: Path) -> None:
    database = bank(server)
    server.do(
        database,
        "CREATE TABLE wide (t text)",
        *(f"INSERT INTO wide VALUES ('{'x' * 60_000}')" for _ in range(4)),
    )
    with Mounts() as mounts:
        disk = mounts.tmpfs(tmp_path / "disk", "64k")
        with pytest.raises(errors.HomeFull):
            server.seen(database).dump(database, disk / "dump")


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
