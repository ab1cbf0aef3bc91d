"""Open, closed or unknown: the answer is never more certain than its evidence."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bewaar.model import Layout, Openness, OpenState, Source
from bewaar.programs import load
from bewaar.storage.opened import is_open
from bewaar.system.handles import current
from bewaar.system.holders import Process, Sighting
from tests import samples

GNUCASH = next(profile for profile in load() if profile.id == "gnucash").layout
ACCESS = Layout(markers=("{stem}.ldb", "{stem}.laccdb"))
EARLIER = datetime(2026, 11, 16, 8, 12, tzinfo=UTC)
DEAD = 2**22 + 1  # no process can have this number, see proc(5)

_HOLD = "import sys; files = [open(f, 'rb') for f in sys.argv[1:]]; print(flush=True); input()"


@contextmanager
def held(*files: Path) -> Iterator[int]:
    """Let another process have the files open, and give its number."""
    command = [sys.executable, "-c", _HOLD, *map(str, files)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    try:
        process.stdout.readline()
        yield process.pid
    finally:
        process.communicate(b"\n")


@dataclass
class Seeing:
    """A computer on which not every process can be seen."""

    whole: bool = False

    def holders(self, places: Sequence[Path]) -> Sighting:
        return Sighting(holders=current().holders(places).holders, whole=self.whole)

    def alive(self, pid: int, /) -> bool:
        return current().alive(pid)

    def started(self, pid: int, /) -> datetime | None:
        return current().started(pid)

    def running(self, programs: Sequence[str], /) -> tuple[Process, ...]:
        return current().running(programs)


def state(place: Path, layout: Layout = GNUCASH, *, whole: bool = True) -> OpenState:
    return is_open(Source(place=place, layout=layout), Seeing(whole=whole))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return samples.gnucash_book(tmp_path / "books" / "boek.gnucash")


def lock(book: Path, computer: str, pid: int) -> None:
    database = sqlite3.connect(book)
    database.execute("INSERT INTO gnclock VALUES (?, ?)", [computer, pid])
    database.commit()
    database.close()


def test_books_nobody_has_open_are_closed(book: Path) -> None:
    assert state(book) == OpenState(openness=Openness.CLOSED)
    assert state(book.parent, Layout()) == OpenState(openness=Openness.CLOSED)


def test_nothing_seen_is_unknown_where_not_everything_can_be_seen(book: Path) -> None:
    assert state(book, whole=False).openness is Openness.UNKNOWN


@pytest.mark.parametrize("ending", ["", "-journal", "-wal"])
def test_a_process_with_the_file_or_its_journal_open_is_named(book: Path, ending: str) -> None:
    file = book.with_name(book.name + ending)
    file.touch()
    with held(file) as pid:
        found = state(book)
    assert found.openness is Openness.OPEN
    assert any(f"({pid})" in evidence for evidence in found.evidence)


def test_a_process_with_a_file_below_the_folder_open_is_named(tmp_path: Path) -> None:
    place = samples.dbf_folder(tmp_path / "map")
    with held(place / "documenten" / "factuur 0 é.pdf"):
        assert state(place).openness is Openness.OPEN
    assert state(place).openness is Openness.CLOSED


def test_books_reached_through_a_link_are_open_when_the_real_ones_are(
    tmp_path: Path, book: Path
) -> None:
    (tmp_path / "link").symlink_to(book.parent)
    with held(book):
        assert state(tmp_path / "link" / book.name).openness is Openness.OPEN


# ── Lock files ──────────────────────────────────────────────────────────────────────────────


def test_a_lock_file_its_program_has_open_means_open(book: Path) -> None:
    mark = book.with_name("boek.gnucash.LCK")
    mark.touch()
    with held(mark):
        found = state(book)
    assert found.openness is Openness.OPEN
    assert found.evidence == ("boek.gnucash.LCK",)


def test_a_lock_file_says_since_when(book: Path) -> None:
    mark = book.with_name("boek.gnucash.LCK")
    mark.touch()
    os.utime(mark, (EARLIER.timestamp(), EARLIER.timestamp()))
    with held(mark, book) as pid:
        found = state(book)
    assert found.since == EARLIER
    (user,) = found.users  # two signs of one program
    assert user.evidence == ("boek.gnucash.LCK", f"{user.program} ({pid})")
    assert (user.computer, user.sure) == ("", True)


def test_without_a_lock_file_it_is_only_known_when_its_program_was_started(book: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)  # the kernel rounds
    with held(book):
        (user,) = state(book).users
    assert user.since is None
    assert user.running_since
    assert before < user.running_since < datetime.now(UTC) + timedelta(seconds=2)


@pytest.mark.parametrize("stamp", [0, -1, 253402300800])
def test_a_lock_file_from_no_time_at_all_is_still_a_lock_file(book: Path, stamp: int) -> None:
    mark = book.with_name("boek.gnucash.LCK")
    mark.touch()
    os.utime(mark, (stamp, stamp))
    with held(mark):
        assert state(book).openness is Openness.OPEN


def test_a_lock_file_that_a_crash_left_is_unknown_and_named(book: Path) -> None:
    book.with_name("boek.gnucash.LCK").touch()
    found = state(book)
    assert (found.openness, found.evidence) == (Openness.UNKNOWN, ("boek.gnucash.LCK",))
    assert (found.in_use, found.since) == (False, None)


def test_a_lock_file_counts_where_its_holder_cannot_be_seen(book: Path) -> None:
    book.with_name("boek.gnucash.LCK").touch()
    assert state(book, whole=False).openness is Openness.OPEN


def test_the_neighbour_s_lock_is_not_ours_but_is_the_folder_s(book: Path) -> None:
    mark = book.with_name("buurman.gnucash.LCK")
    mark.touch()
    with held(mark):
        assert state(book) == OpenState(openness=Openness.CLOSED)
        assert state(book.parent).evidence == ("buurman.gnucash.LCK",)


def test_an_access_lock_names_who_has_it_open(tmp_path: Path) -> None:
    books = tmp_path / "Müller & Zn.mdb"
    books.write_bytes(b"\0\1\0\0Standard Jet DB\0")
    record = "PC-BALIE".encode("cp1252").ljust(32, b"\0") + "José".encode("cp1252").ljust(32, b"\0")
    books.with_suffix(".ldb").write_bytes(record)
    found = state(books, ACCESS)
    assert (found.openness, found.evidence) == (Openness.OPEN, ("Müller & Zn.ldb",))
    assert found.who == "PC-BALIE/José"
    (user,) = found.users
    assert (user.computer, user.person, user.program) == ("PC-BALIE", "José", "")


def test_an_access_lock_of_this_computer_that_nobody_holds_is_left_over(tmp_path: Path) -> None:
    books = tmp_path / "boek.accdb"
    books.touch()
    here = platform.node().encode().ljust(32, b"\0") + b"Admin".ljust(32, b"\0")
    books.with_suffix(".laccdb").write_bytes(here)
    assert state(books, ACCESS).openness is Openness.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"x" * 10_000])
def test_a_strange_lock_file_is_still_a_lock_file(tmp_path: Path, content: bytes) -> None:
    books = tmp_path / "boek.mdb"
    books.touch()
    books.with_suffix(".ldb").write_bytes(content)
    assert state(books, ACCESS).evidence == ("boek.ldb",)


# ── Lock tables ─────────────────────────────────────────────────────────────────────────────


def test_a_row_of_a_process_that_runs_means_open(book: Path) -> None:
    with held() as pid:
        lock(book, platform.node(), pid)
        found = state(book)
    assert found.openness is Openness.OPEN
    assert found.evidence == (f"{platform.node()} ({pid})",)
    assert found.who == platform.node()


def test_a_row_of_a_process_that_is_dead_is_left_over(book: Path) -> None:
    lock(book, platform.node(), DEAD)
    assert state(book).openness is Openness.UNKNOWN
    assert state(book).evidence


def test_a_row_of_another_computer_means_open(book: Path) -> None:
    lock(book, "PC-BOEKHOUDING", 4711)
    assert state(book).openness is Openness.OPEN
    assert state(book).who == "PC-BOEKHOUDING"


@pytest.mark.parametrize("row", [("", 0), (None, None), ("x", "no number")])
def test_a_strange_row_is_no_reason_to_fall(book: Path, row: tuple[str, int]) -> None:
    lock(book, *row)
    assert state(book).openness is not Openness.CLOSED


def test_asking_writes_nothing(book: Path) -> None:
    lock(book, "PC", 1)
    before = samples.lying(book.parent)
    state(book)
    assert samples.lying(book.parent) == before


# ── Programs that run ───────────────────────────────────────────────────────────────────────


@contextmanager
def running(program: Path) -> Iterator[int]:
    """Let a program of that name run, with nothing open, and give its number."""
    program.parent.mkdir(exist_ok=True)
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([str(program), "600"])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


QUIET_ONE, SERVICE = "stil-boekje", "boekhoud-dienst-met-een-lange-naam"


@pytest.mark.skipif(not Path("/bin/sleep").exists(), reason="lets a program run")
def test_while_a_program_runs_that_shows_nothing_closed_is_not_said(
    tmp_path: Path, book: Path
) -> None:
    layout = Layout(processes=(QUIET_ONE,))
    assert state(book, layout).openness is Openness.CLOSED
    with running(tmp_path / "bin" / QUIET_ONE) as pid:
        found = state(book, layout)
    assert (found.openness, found.in_use) == (Openness.UNKNOWN, True)
    assert found.evidence == (f"{QUIET_ONE} ({pid})",)
    assert state(book, layout).openness is Openness.CLOSED


@pytest.mark.skipif(not Path("/bin/sleep").exists(), reason="lets a program run")
def test_a_lock_that_its_program_lets_go_of_counts_while_that_runs_and_no_longer(
    tmp_path: Path, book: Path
) -> None:
    layout = Layout(markers=("{name}.lock",), processes=(QUIET_ONE,))
    with running(tmp_path / "bin" / QUIET_ONE):
        assert state(book, layout).openness is Openness.CLOSED  # other books are open in it
        book.with_name(f"{book.name}.lock").touch()
        found = state(book, layout)
    assert (found.openness, found.users[0].program) == (Openness.OPEN, QUIET_ONE)
    assert found.since
    assert (state(book, layout).openness, state(book, layout).in_use) == (Openness.UNKNOWN, False)


@pytest.mark.skipif(not Path("/bin/sleep").exists(), reason="lets a program run")
def test_a_service_that_runs_means_open_also_when_its_name_is_cut(
    tmp_path: Path, book: Path
) -> None:
    layout = Layout(services=(f"{SERVICE.upper()}",))
    with running(tmp_path / "bin" / SERVICE):
        assert state(book, layout).openness is Openness.OPEN
    assert state(book, layout).openness is Openness.CLOSED


# ── When it cannot be asked ─────────────────────────────────────────────────────────────────


def _gone(book: Path) -> None:
    book.unlink()


def _no_database(book: Path) -> None:
    book.write_bytes(b"no database at all " * 100)


def _damaged(book: Path) -> None:
    book.write_bytes(book.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("harm", "openness"),
    [
        (_gone, Openness.UNKNOWN),
        (_no_database, Openness.CLOSED),
        (_damaged, Openness.CLOSED),
    ],
)
def test_books_that_cannot_be_looked_into_are_no_reason_to_fall(
    book: Path, harm: Callable[[Path], None], openness: Openness
) -> None:
    harm(book)
    assert state(book).openness is openness
