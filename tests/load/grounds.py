"""Books of every storage with a program that does not stop writing, and who judges their backups.

A judge knows what only whole books can look like: one generation in all files and rows, no money
made or lost. It looks at what lies in the archive, with none of Bewaar's own reading.
"""

import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bewaar.counting import Copy
from bewaar.counting.dbf_table import table
from bewaar.engine import Engine
from bewaar.errors import DatabaseInUse
from bewaar.model import Administration, JobState
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest
from bewaar.servers.connection import ServerKind
from tests import servers, writers
from tests.fox import fox_table
from tests.jet import access_book

PATIENCE = 30.0  # seconds

Judge = Callable[[Path], bool]  # of the folder in which an archive's books were unpacked


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Books that are written to, as long as the block around them lasts."""

    keep: Callable[[Engine], Administration]
    is_whole: Judge


Open = Callable[[Path, float], AbstractContextManager[Ground]]  # in a folder, seconds of rest


def _kept(place: Path) -> Callable[[Engine], Administration]:
    return lambda engine: engine.add(place)


@contextmanager
def files(root: Path, pause: float) -> Iterator[Ground]:
    """A set of files, half of them replaced and half written in place."""
    books = root / "books"
    with writers.writing_files(books, pause=pause):
        yield Ground(
            keep=_kept(books), is_whole=lambda at: writers.is_whole_set(sorted(at.glob("*.dat")))
        )


@contextmanager
def sqlite(root: Path, pause: float, *, mode: str) -> Iterator[Ground]:
    """A database with transactions so large that they spill into the file."""
    book = writers.database_of_generations(root / "boek.sqlite")
    with writers.writing_database(book, mode, pause=pause):
        yield Ground(
            keep=_kept(book), is_whole=lambda at: writers.is_whole_database(at / book.name)
        )


@contextmanager
def dbf(root: Path, pause: float) -> Iterator[Ground]:
    """A FoxPro table to which rows are added: the row and the header's number, one by one."""
    live = fox_table(root / "books" / "BOEK.DBF", 200, beside=False)

    def is_whole(at: Path) -> bool:
        found = table(Copy(path=live.name, local=at / live.name))
        numbers = [number.strip() for (number,) in found.values("nr")]
        return found.is_whole and numbers == [b"%d" % number for number in range(found.rows)]

    with writers.adding_rows(live, between=0.05, pause=pause):
        yield Ground(keep=_kept(live.parent), is_whole=is_whole)


@contextmanager
def access(root: Path, pause: float) -> Iterator[Ground]:
    """An Access database that goes from one state to another and back, page by page."""
    states = (
        access_book(root / "before.mdb", {"Boekingen": 140}),
        access_book(root / "after.mdb", {"Boekingen": 190}, text="geboekt"),
    )
    whole = [state.read_bytes() for state in states]
    live = root / "books" / "live.mdb"
    live.parent.mkdir()
    shutil.copy(states[0], live)
    with writers.rewriting_pages(live, states, between=0.02, pause=pause):
        yield Ground(keep=_kept(live), is_whole=lambda at: (at / live.name).read_bytes() in whole)


@contextmanager
def database(_: Path, __: float, *, kind: ServerKind) -> Iterator[Ground]:
    """A database in which money moves as fast as it can; its dump is loaded into a new one."""
    with servers.running(kind) as server:
        bank = servers.bank(server)

        def is_whole(at: Path) -> bool:
            (dump,) = (file for file in at.rglob("*") if file.is_file())
            fresh = server.new_database()
            server.seen(fresh).load(fresh, dump)
            whole = servers.is_whole_bank(server, fresh)
            _drop(server, fresh)
            return whole

        with servers.moving_money(server, bank):
            yield Ground(
                keep=lambda engine: engine.add_database(server.connection(bank)),
                is_whole=is_whole,
            )


def _drop(server: servers.Server, database: str) -> None:
    """Remove a database; a connection that was just closed may still be seen for a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return server.seen().drop(database)
        except DatabaseInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


GROUNDS: dict[str, Open] = {
    "files": files,
    "SQLite, rollback journal": partial(sqlite, mode="delete"),
    "SQLite, WAL": partial(sqlite, mode="wal"),
    "DBF": dbf,
    "Access": access,
    "PostgreSQL": partial(database, kind=ServerKind.POSTGRESQL),
    "MariaDB": partial(database, kind=ServerKind.MARIADB),
}


ON_SERVERS = ("PostgreSQL", "MariaDB")  # that takes seconds to start


def why_not(name: str) -> str:
    """Return why backups of that storage cannot be made here, "" when they can."""
    kinds = {"PostgreSQL": ServerKind.POSTGRESQL, "MariaDB": ServerKind.MARIADB}
    return servers.why_not(kinds[name]) if name in kinds else ""


# ── Backups ─────────────────────────────────────────────────────────────────────────────────

WHOLE, BROKEN, BUSY = "accepted", "broken accepted", "busy"


def backed_up(engine: Engine, kept: Administration, to: Path, ground: Ground) -> str:
    """Make one backup and return what became of it: WHOLE, BROKEN, BUSY or an error's code."""
    destination = engine.destination(str(to))
    request = BackupRequest(
        codes=(kept.code,), destination=destination.id, even_unchanged=True, accept_fewer=True
    )
    job = engine.run(engine.start_backup(request).id, SILENT)
    if job.state is not JobState.DONE:
        code = job.error.code if job.error else job.state.value
        return BUSY if code == "source.busy" else code
    archive = to / engine.backup(job.backups[0]).file
    return WHOLE if _judged(archive, kept, ground) else BROKEN


def _judged(archive: Path, kept: Administration, ground: Ground) -> bool:
    unpacked = archive.with_suffix(".unpacked")
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(unpacked)
        return ground.is_whole(unpacked / kept.code)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def several(name: str, root: Path, engine: Engine, runs: int, pause: float) -> Sequence[str]:
    """Make so many backups of one storage while its program writes, and return what became."""
    root.mkdir()
    to = root / "destination"
    engine.destination(str(to), make_folder=True)
    with GROUNDS[name](root, pause) as ground:
        kept = ground.keep(engine)
        ends = [backed_up(engine, kept, to, ground) for _ in range(runs)]
        engine.forget(kept.code)
    return ends
