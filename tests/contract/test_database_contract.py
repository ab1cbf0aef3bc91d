"""What the storage of a database on a server does, as the other kinds do for files."""

from dataclasses import dataclass
from hashlib import shake_256
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.counting import count_rows
from bewaar.model import Code, Content, Layout, Openness, Snapshot, Source, Standing
from bewaar.servers import tools
from bewaar.servers.connection import ServerKind, save
from bewaar.servers.kinds import SUFFIXES
from bewaar.storage.base import Answering, Storage
from bewaar.storage.database import Database
from bewaar.storage.kinds import best_for, by_kind
from bewaar.verify import counting_storage
from tests import samples
from tests.mounts import Mounts, needs
from tests.scene import Office
from tests.servers import PASSWORD, Server, bank, is_whole_bank, moving_money, stand_in

BACKUPS = 1  # under a program that writes without pause; hundreds were made by hand


@dataclass(frozen=True, kw_only=True)
class Books:
    """Books on a server, and the file that leads to them."""

    server: Server
    database: str
    source: Source
    storage: Storage

    def enter(self) -> None:
        self.server.do(self.database, "UPDATE account SET saldo = saldo + 1 WHERE id = 3")
        self.server.settle(self.database)

    def snapshot(self, to: Path) -> Snapshot:
        to.mkdir(exist_ok=True)
        return self.storage.snapshot(self.source, to)


@pytest.fixture
def books(server: Server, tmp_path: Path) -> Books:
    (tmp_path / "home").mkdir()
    database, place = bank(server), tmp_path / "home" / "jansen.server.toml"
    server.do(database, "CREATE TABLE account_move (id int)", "INSERT INTO account_move VALUES (7)")
    server.settle(database)
    save(place, server.connection(database))
    return Books(
        server=server,
        database=database,
        source=Source(place=place, layout=Layout(count=("gnucash.sqlite", "odoo.tables"))),
        storage=by_kind(server.kind),
    )


@needs()
def test_a_dump_that_cannot_fit_is_refused_before_it_begins(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [shake_256(bytes([n])).hexdigest(30_000) for n in range(60)]  # nothing shrinks these
    wide = [f"INSERT INTO wide VALUES ({n}, '{text}')" for n, text in enumerate(texts)]
    books.server.do(books.database, "CREATE TABLE wide (id int, t text)", *wide)
    if books.server.kind is ServerKind.MARIADB:  # it measures its tables now and then
        books.server.do(books.database, "ANALYZE TABLE wide")
    books.server.settle(books.database)
    for tool in ("pg_dump", "mariadb-dump"):
        stand_in(tool, f"touch {tmp_path}/asked; exit 1", tmp_path, monkeypatch)
    with Mounts() as mounts:
        disk = mounts.tmpfs(tmp_path / "disk", "512k")
        with pytest.raises(errors.DumpHasNoRoom) as full:
            books.snapshot(disk)
        assert list(disk.iterdir()) == []
    assert not (tmp_path / "asked").exists()
    assert full.value.params["database"] == books.database
    needed = int(full.value.params["needed"] or 0)
    assert needed > 512 << 10
    monkeypatch.undo()
    room = books.snapshot(tmp_path / "room")
    assert sum(file.size for file in room.files) > needed


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"


# ── What a snapshot is ──────────────────────────────────────────────────────────────────────


def test_a_snapshot_is_one_file_from_which_the_books_come_back(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    (file,) = snapshot.files
    assert (file.database, snapshot.single_file, snapshot.folders) == (True, True, ())
    assert file.size == file.local.stat().st_size
    assert [*to.iterdir()] == [file.local]
    fresh = books.server.new_database()
    books.server.seen().load(fresh, file.local)
    assert is_whole_bank(books.server, fresh)


def test_a_dump_counts_the_same_when_it_is_opened_again(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    paths = tuple(file.path for file in snapshot.files)
    again = books.storage.count(to, paths, rule=snapshot.counts.rule)
    assert again == snapshot.counts
    assert (again.transactions, again.rule) == (1, "odoo.tables")
    assert sorted(again.tables.values()) == [0, 1, 100]


def test_live_books_are_counted_as_in_a_snapshot_but_without_a_tool(
    books: Books, to: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = books.snapshot(to)
    for tool in ("pg_dump", "mariadb-dump"):
        stand_in(tool, "exit 1", tmp_path, monkeypatch)
    assert isinstance(books.storage, Answering)
    with moving_money(books.server, books.database):
        moving = books.storage.counts_now(books.source)
    assert (moving.transactions, moving.rule) == (1, "odoo.tables")
    assert sum(moving.tables.values()) > sum(snapshot.counts.tables.values())
    books.server.do(books.database, "INSERT INTO account_move VALUES (8)")
    assert books.storage.counts_now(books.source).transactions == 2


def test_a_dump_that_lost_its_end_fails_the_proof(books: Books, to: Path) -> None:
    (file,) = books.snapshot(to).files
    file.local.write_bytes(file.local.read_bytes()[:-30])
    with pytest.raises(errors.SourceDamaged):
        books.storage.count(to, (file.path,))


def test_a_second_snapshot_of_unchanged_books_is_the_same(books: Books, tmp_path: Path) -> None:
    first, second = books.snapshot(tmp_path / "1"), books.snapshot(tmp_path / "2")
    assert first.fingerprint == second.fingerprint
    assert [(f.path, f.size) for f in first.files] == [(f.path, f.size) for f in second.files]


def test_the_marks_of_a_snapshot_are_those_of_the_live_books(books: Books, to: Path) -> None:
    snapshot = books.snapshot(to)
    assert snapshot.fingerprint == books.storage.fingerprint(books.source)
    assert snapshot.signature == books.storage.signature(books.source)
    books.enter()
    assert snapshot.fingerprint != books.storage.fingerprint(books.source)
    assert snapshot.signature != books.storage.signature(books.source)


def test_the_books_are_never_written(books: Books, to: Path) -> None:
    home = books.source.place.parent
    before, rows = samples.lying(home), books.server.seen().rows(books.database)
    books.snapshot(to)
    books.storage.is_open(books.source)
    books.storage.extent(books.source)
    assert (samples.lying(home), books.server.seen().rows(books.database)) == (before, rows)


def test_the_kind_that_fits_best_is_the_server_s(books: Books, tmp_path: Path) -> None:
    assert best_for(books.source.place) == books.server.kind
    others = [kind for kind in SUFFIXES if kind is not books.server.kind]
    assert not any(by_kind(kind).fits(books.source.place) for kind in others)
    page = tmp_path / "page.server.toml"
    page.write_text("<!doctype html>")
    assert not books.storage.fits(page)
    assert books.storage.extent(books.source).files == 1
    assert books.storage.in_place(books.source, tmp_path) is None


def test_books_are_open_while_somebody_is_connected(books: Books) -> None:
    assert books.storage.sound_while_open
    with books.server.cursor(books.database):
        state = books.storage.is_open(books.source)
    assert state.openness is Openness.OPEN
    assert state.users[0].person == books.server.admin
    assert books.server.admin in state.evidence[0]


@pytest.mark.parametrize("number", range(BACKUPS))
def test_a_booking_made_during_the_snapshot_is_in_it_or_makes_the_books_changed(
    books: Books, to: Path, number: int
) -> None:
    with moving_money(books.server, books.database):
        snapshot = books.snapshot(to)
    books.server.settle(books.database)
    now = books.storage.fingerprint(books.source)
    if now != snapshot.fingerprint:
        assert snapshot.signature != books.storage.signature(books.source)
    fresh = books.server.new_database()
    books.server.seen().load(fresh, snapshot.files[0].local)
    assert is_whole_bank(books.server, fresh)


# ── When it cannot be done ──────────────────────────────────────────────────────────────────


def test_books_whose_file_is_gone_are_said_to_be_gone(books: Books, to: Path) -> None:
    place = books.source.place
    place.rename(place.with_name("away.server.toml"))
    verbs = (books.storage.signature, books.storage.fingerprint, books.storage.extent)
    for verb in verbs:
        with pytest.raises(errors.SourceGone):
            verb(books.source)
    with pytest.raises(errors.SourceGone):
        books.snapshot(to)
    assert books.storage.is_open(books.source).openness is Openness.UNKNOWN
    assert not books.storage.fits(place)


def test_books_whose_file_leads_to_another_kind_are_not_mixed_up(books: Books, to: Path) -> None:
    other = next(kind for kind in SUFFIXES if kind is not books.server.kind)
    with pytest.raises(errors.SourceUnreadable):
        by_kind(other).signature(books.source)


def test_nothing_is_no_backup(server: Server, tmp_path: Path, to: Path) -> None:
    place = tmp_path / "leeg.server.toml"
    save(place, server.connection(server.new_database()))
    to.mkdir()
    with pytest.raises(errors.SourceEmpty):
        by_kind(server.kind).snapshot(Source(place=place), to)


def test_a_database_that_was_removed_is_missing_not_empty(books: Books, to: Path) -> None:
    books.server.seen().drop(books.database)
    with pytest.raises(errors.DatabaseMissing):
        books.snapshot(to)
    assert books.storage.is_open(books.source).openness is not Openness.OPEN


def test_the_password_comes_from_where_it_is_kept(books: Books, to: Path) -> None:
    anna = books.server.new_user()
    save(books.source.place, books.server.connection(books.database, anna))
    with pytest.raises(errors.ServerPasswordNeeded):
        books.snapshot(to)
    kept = by_kind(
        books.server.kind, lambda connection: books.server.seen("", connection.user, PASSWORD)
    )
    assert isinstance(kept, Database)
    to.rmdir()
    to.mkdir()
    with pytest.raises(errors.ServerRights):
        kept.snapshot(books.source, to)
    assert PASSWORD not in books.source.place.read_text()


def test_a_home_that_cannot_be_written_is_said_to_be_so(books: Books, to: Path) -> None:
    with pytest.raises(errors.HomeUnwritable):
        books.storage.snapshot(books.source, to / "not" / "there")


def test_where_the_tools_are_missing_the_hashes_are_the_proof(
    books: Books, to: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snapshot = books.snapshot(to)
    content = Content(
        code=Code("jansen"),
        name="Jansen",
        place=str(books.source.place),
        program="database",
        storage=books.server.kind,
        files=len(snapshot.files),
        size=snapshot.size,
        counts=snapshot.counts,
    )
    assert counting_storage(by_kind, content) is not None
    monkeypatch.setattr(tools, "FOLDERS", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    needs_none = books.server.kind is ServerKind.MARIADB  # its dumps are text
    assert (counting_storage(by_kind, content) is not None) == needs_none


# ── Counting ────────────────────────────────────────────────────────────────────────────────


def test_bookings_are_counted_only_in_tables_whose_meaning_is_known() -> None:
    ledger = {"public.gl": 3, "public.ar": 2, "public.ap": 1, "archive.gl": 100}
    assert count_rows(["ledgersmb.tables"], ledger).transactions == 6
    assert count_rows(["ledgersmb.tables"], {"public.gl": 3}).transactions is None
    companies = {"0_gl_trans": 4, "1_gl_trans": 5, "x_gl_trans": 9}
    assert count_rows(["frontaccounting.tables"], companies).transactions == 9
    dolibarr = {"llx_accounting_bookkeeping": 8, "llx_facture": 1, "llx_facture_fourn": 2}
    counted = count_rows(["dolibarr.tables"], dolibarr)
    assert (counted.transactions, counted.documents) == (8, 3)
    assert count_rows(["gone.rule"], {"t": 1}) == count_rows([], {"t": 1})


# ── Looking at them now and then ────────────────────────────────────────────────────────────


def test_books_that_changed_are_not_dumped_at_every_look(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    database, calls = bank(postgresql), tmp_path / "calls"
    books = office.engine.add_database(postgresql.connection(database), name="Jansen")
    office.proven(books)
    calls.touch()
    stand_in("pg_dump", f'echo x >> {calls}; exec {{real}} "$@"', tmp_path, monkeypatch)
    office.engine.scan()
    assert office.engine.state(books.code).standing is Standing.PROVEN
    assert calls.read_text() == ""
    for number in range(3):
        postgresql.do(database, f"INSERT INTO move VALUES (DEFAULT, 1, 2, {number})")
        postgresql.settle(database)
        office.engine.scan()
        assert office.engine.state(books.code).standing is Standing.CHANGED
    assert calls.read_text() == "x\n"
    office.engine.close()
