"""A database is called damaged when it is, and only then."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bewaar.errors import Cancelled, SourceDamaged
from bewaar.progress import Silent
from bewaar.storage.sqlite_check import inspect


@dataclass
class Noting(Silent):
    """Keeps the notes, and stops after so many looks."""

    notes: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)
    patience: int = 1_000_000

    def note(self, code: str, /, **params: str | int) -> None:
        self.notes.append((code, params))

    def check(self) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise Cancelled


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "boek.db"


def make(file: Path, *statements: str, teach: Callable[[sqlite3.Connection], None] | None) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        if teach:
            teach(database)
        for statement in statements:
            database.execute(statement)


def backwards(database: sqlite3.Connection) -> None:
    """Know an order of words and a function that SQLite itself does not know."""
    database.create_collation("BACKWARDS", lambda a, b: (a < b) - (a > b))
    database.create_function("vat", 1, lambda amount: amount * 21, deterministic=True)


def test_tables_are_counted_by_name_with_empty_ones_and_odd_names(file: Path) -> None:
    make(
        file,
        'CREATE TABLE "odd ""name" (x)',
        "CREATE TABLE empty (x INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE keyed (x PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO keyed VALUES (1), (2)",
        "CREATE VIEW seen AS SELECT * FROM keyed",
        teach=None,
    )
    assert inspect(file, "a/b.db", thorough=True) == {
        'a/b.db/odd "name': 0,
        "a/b.db/empty": 0,
        "a/b.db/keyed": 2,
    }


@pytest.mark.parametrize("thorough", [True, False])
def test_a_program_s_own_sort_order_and_functions_are_no_damage(
    file: Path, *, thorough: bool
) -> None:
    make(
        file,
        "CREATE TABLE names (name TEXT COLLATE BACKWARDS PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE sums (amount CHECK (vat(amount) > 0))",
        "CREATE INDEX by_vat ON sums (vat(amount))",
        "INSERT INTO names VALUES ('a'), ('b'), ('c')",
        "INSERT INTO sums VALUES (1), (2)",
        teach=backwards,
    )
    counted = inspect(file, "b", thorough=thorough)
    assert counted == {"b/names": 3, "b/sums": 2}


@pytest.mark.parametrize("thorough", [True, False])
def test_real_damage_is_found_beside_a_program_s_own_sort_order(
    file: Path, *, thorough: bool
) -> None:
    make(
        file,
        "CREATE TABLE names (name TEXT COLLATE BACKWARDS)",
        "CREATE INDEX by_name ON names (name)",
        "INSERT INTO names SELECT hex(randomblob(200)) FROM"
        " (WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM n WHERE x<500)"
        " SELECT x FROM n)",
        teach=backwards,
    )
    with file.open("r+b") as opened:
        opened.seek(3 * 4096)
        opened.write(b"\xff" * 4096)
    with pytest.raises(SourceDamaged) as damaged:
        inspect(file, "names.db", thorough=thorough)
    assert damaged.value.params["path"] == "names.db"


def test_an_index_that_misses_rows_is_found_by_a_thorough_look(file: Path) -> None:
    make(
        file,
        "CREATE TABLE t (x)",
        "CREATE INDEX i ON t (x)",
        "INSERT INTO t VALUES (1)",
        "PRAGMA writable_schema = ON",
        "CREATE TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'i'",
        "DELETE FROM sqlite_master WHERE name = 'i'",
        teach=None,
    )
    make(
        file,
        "INSERT INTO t VALUES (2)",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master SELECT * FROM kept",
        teach=None,
    )
    with pytest.raises(SourceDamaged):
        inspect(file, "t.db", thorough=True)
    assert inspect(file, "t.db", thorough=False)["t.db/t"] == 2


def test_broken_references_are_told_and_are_no_damage(file: Path) -> None:
    make(
        file,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY)",
        "CREATE TABLE bills (customer REFERENCES customers (id))",
        "INSERT INTO bills VALUES (1), (2), (3)",
        teach=None,
    )
    told = Noting()
    assert inspect(file, "b.db", told, thorough=True)["b.db/bills"] == 3
    assert told.notes == [("database.references", {"path": "b.db", "n": 3})]


def test_a_reference_to_a_table_that_is_not_there_is_no_damage(file: Path) -> None:
    make(file, "CREATE TABLE bills (customer REFERENCES nowhere (id))", teach=None)
    make(file, "INSERT INTO bills VALUES (1)", teach=None)
    assert inspect(file, "b", thorough=True) == {"b/bills": 1}


def test_a_table_only_its_program_can_open_is_left_out(file: Path) -> None:
    make(
        file,
        "CREATE TABLE known (x)",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master VALUES"
        " ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING theirs(x)')",
        teach=None,
    )
    assert inspect(file, "b", thorough=True) == {"b/known": 0}


def test_a_view_for_a_newer_sqlite_is_no_damage(file: Path) -> None:
    make(
        file,
        "CREATE TABLE t (x)",
        "CREATE VIEW v AS SELECT 1",
        "INSERT INTO t VALUES (1), (2)",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE VIEW v AS SELECT ((FUTURE' WHERE name = 'v'",
        teach=None,
    )
    assert inspect(file, "b", thorough=True) == {"b/t": 2}


def test_a_table_whose_description_is_destroyed_is_damage(file: Path) -> None:
    make(
        file,
        "CREATE TABLE kept (x)",
        "CREATE TABLE t (x)",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE TA\x01\x02' WHERE name = 't'",
        teach=None,
    )
    with pytest.raises(SourceDamaged):
        inspect(file, "b", thorough=True)


def test_a_table_whose_name_is_no_text_is_no_damage(file: Path) -> None:
    make(
        file,
        "CREATE TABLE t (x)",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master SELECT 'view', CAST(x'636166e9' AS TEXT), 'v', 0,"
        " 'CREATE VIEW v AS SELECT 1'",
        teach=None,
    )
    assert inspect(file, "b", thorough=True) == {"b/t": 0}


def test_a_long_check_stops_when_asked(file: Path) -> None:
    make(
        file,
        "CREATE TABLE t (x)",
        "INSERT INTO t WITH RECURSIVE n(x) AS"
        " (VALUES(1) UNION ALL SELECT x+1 FROM n WHERE x<200000) SELECT x FROM n",
        teach=None,
    )
    with pytest.raises(Cancelled):
        inspect(file, "b", Noting(patience=1), thorough=True)


def test_checking_writes_nothing_beside_the_database(file: Path) -> None:
    make(file, "PRAGMA journal_mode=WAL", "CREATE TABLE t (x)", teach=None)
    inspect(file, "b", thorough=True)
    assert list(file.parent.iterdir()) == [file]


def test_a_database_at_the_end_of_a_very_long_path_is_checked(tmp_path: Path, file: Path) -> None:
    make(file, "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", teach=None)
    deep = tmp_path / ("n" * 240) / ("o" * 240) / ("p" * 240)
    deep.mkdir(parents=True)
    assert inspect(file.rename(deep / "b.db"), "b", thorough=True) == {"b/t": 1}
    with (deep / "b.db").open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * 4096)
    with pytest.raises(SourceDamaged):
        inspect(deep / "b.db", "b", thorough=True)


def test_a_database_that_is_not_there_is_damage_of_what_was_unpacked(file: Path) -> None:
    with pytest.raises(SourceDamaged):
        inspect(file, "b", thorough=False)
