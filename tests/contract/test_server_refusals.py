"""What a database server, or its tool, cannot do: said clearly, and no dump of it is believed."""

from pathlib import Path

import pytest

from bewaar import errors
from bewaar.progress import Silent
from bewaar.servers import tools
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.kinds import server_at
from tests.mounts import Mounts, needs
from tests.oddities import DUMPERS, POSTGRESQL, dump_file
from tests.servers import PASSWORD, Server, bank, running, stand_in

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


@pytest.mark.parametrize("name", ["boek 'x", 'boek "é', "boek\\"])
def test_a_name_that_the_tool_itself_spoils_is_told(
    mariadb: Server, tmp_path: Path, name: str
) -> None:
    """Only for events it quotes the name twice; and the database is there, whatever it says."""
    database = mariadb.new_database(name)
    seen = mariadb.seen(database)
    mariadb.do(database, "CREATE TABLE t (a int)")
    assert seen.dump(database, tmp_path / "without").found.rows == {"t": 0}
    mariadb.do(database, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t")
    with pytest.raises(errors.DatabaseNameUnfit) as unfit:
        seen.dump(database, tmp_path / "dump")
    assert unfit.value.params["database"] == database
    with pytest.raises(errors.DatabaseNameUnfit):
        seen.content(database)
    seen.drop(database)


def test_other_names_keep_their_events(mariadb: Server, tmp_path: Path) -> None:
    event = "CREATE EVENT `avond é` ON SCHEDULE EVERY 1 DAY DO DELETE FROM t"
    for name in ("bäckerei é", "бухгалтерия", "a`b %_"):
        database, fresh = mariadb.new_database(name), mariadb.new_database(f"{name} 2")
        mariadb.do(database, "CREATE TABLE t (a int)", event)
        mariadb.seen(database).dump(database, tmp_path / "dump")
        mariadb.seen(database).load(fresh, tmp_path / "dump")
        with mariadb.cursor(fresh) as cursor:
            cursor.execute("SHOW EVENTS")
            assert [row[1] for row in cursor.fetchall()] == ["avond é"]
        for each in (database, fresh):
            mariadb.seen().drop(each)
