"""Books in a database on a server: they come back whole, and nothing is lost on the way."""

import hashlib
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import DatabaseUnmovable, ServerAway, TargetUnfit
from bewaar.model import Administration, Code, Job, JobState
from bewaar.progress import Progress
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.restore import Journal, Step, Store
from bewaar.restore.ground_server import ServerGround
from bewaar.servers.connection import ServerKind, load, save
from bewaar.servers.mariadb import MariaDb
from tests.scene import Office, tree
from tests.servers import Server, running

NAME = "Bäckerei Möller"
ACCOUNTS = "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL)"
BOOKED = """
    CREATE TABLE bookings (
        id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts (id),
        amount INTEGER NOT NULL, text VARCHAR(80))
"""
FILL = (
    ACCOUNTS,
    BOOKED,
    "CREATE INDEX by_account ON bookings (account)",
    "INSERT INTO accounts VALUES (1, 'Kasse é'), (2, 'Bank'), (3, '''; DROP TABLE accounts;')",
    *(f"INSERT INTO bookings VALUES ({n}, {n % 3 + 1}, {n * 7}, 'text \\ {n}')" for n in range(90)),
)


@dataclass(kw_only=True)
class Desk:
    """An office with one administration that is a database."""

    office: Office
    server: Server
    database: str
    books: Administration

    def rows(self, database: str = "") -> str:
        """Return a checksum of all rows of all tables."""
        digest = hashlib.sha256()
        with self.server.cursor(database or self.database) as cursor:
            for table in ("accounts", "bookings"):
                cursor.execute(f"SELECT * FROM {table} ORDER BY id")
                digest.update(repr([tuple(row) for row in cursor.fetchall()]).encode())
        return digest.hexdigest()

    def book(self, amount: int = 12) -> None:
        self.server.do(
            self.database,
            f"INSERT INTO bookings SELECT max(id) + 1, 1, {amount}, 'later' FROM bookings",
        )

    def databases(self) -> set[str]:
        return set(self.server.seen().databases())

    def restore(self, **choices: object) -> Job:
        request = replace(self.request(), **choices)  # type: ignore[arg-type]
        return self.office.finish(self.office.engine.start_restore(request))

    def request(self) -> RestoreRequest:
        backup = self.office.engine.history(self.books.code)[0]
        return RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=self.books.code,
            mode=RestoreMode.ORIGINAL,
            typed_name=NAME,
        )

    def undo(self) -> Job:
        return self.office.finish(self.office.engine.start_undo(self.books.code))


@contextmanager
def working(server: Server, folder: Path) -> Iterator[Desk]:
    """Open an office whose books are a database of that server."""
    office = Office(folder)
    database = server.new_database()
    server.do(database, *FILL)
    books = office.engine.add_database(server.connection(database), name=NAME)
    yield Desk(office=office, server=server, database=database, books=books)
    office.engine.close()


@pytest.fixture
def desk(server: Server, tmp_path: Path) -> Iterator[Desk]:
    with working(server, tmp_path) as desk:
        yield desk


@pytest.fixture
def one_desk(mariadb: Server, tmp_path: Path) -> Iterator[Desk]:
    """For what is the same on every server."""
    with working(mariadb, tmp_path) as desk:
        yield desk


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


def reader(desk: Desk) -> str:
    """Return a user who may only read the books."""
    user = f"reader{uuid.uuid4().hex[:6]}"
    if desk.server.kind is ServerKind.POSTGRESQL:
        grant = f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"
        desk.server.do(desk.database, f"CREATE USER {user}", grant)
    else:
        name = desk.database.replace("`", "``")
        grant = f"GRANT SELECT, LOCK TABLES ON `{name}`.* TO {user}@localhost"
        desk.server.do("", f"CREATE USER {user}@localhost", grant)
    return user


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


# ── Cut short ───────────────────────────────────────────────────────────────────────────────

DYING = """
import os, signal, sys
from bewaar.engine import Engine
from bewaar.model import BackupId, Code
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets
from bewaar.servers.mariadb import MariaDb
from bewaar.servers.postgresql import PostgreSql
from tests.clocks import SetClock

kind, method, when, backup, code, name = sys.argv[1:]
server = MariaDb if kind == "mariadb" else PostgreSql
do = getattr(server, method)

def die(*arguments, **names):
    if when == "after":
        do(*arguments, **names)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(server, method, die)
engine = Engine(home(), clock=SetClock(), secrets=MemorySecrets())
job = engine.start_restore(
    RestoreRequest(
        file=BackupFile(backup=BackupId(backup)),
        code=Code(code),
        mode=RestoreMode.ORIGINAL,
        typed_name=name,
    )
)
engine.run(job.id, SILENT)
"""


def killed(desk: Desk, method: str, when: str) -> None:
    """Let another Bewaar restore, and be killed before or after a method of the server."""
    backup = desk.office.engine.history(desk.books.code)[0].id
    desk.office.engine.close()
    words = [desk.server.kind, method, when, backup, desk.books.code, NAME]
    died = subprocess.run(
        [sys.executable, "-c", DYING, *words],
        check=False,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr


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
