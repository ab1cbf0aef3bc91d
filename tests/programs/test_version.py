"""The version of books: read where they say it, compared only where it is a number."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.programs import is_newer, load, version_at, version_in, version_named
from bewaar.programs.profile import Release
from tests import samples

RELEASES = {profile.id: profile.version for profile in load()}


def database(file: Path, script: str) -> Path:
    with closing(sqlite3.connect(file)) as book:
        book.executescript(script)
    return file


@pytest.mark.parametrize(
    ("program", "script", "version"),
    [
        (
            "gnucash",
            (
                "CREATE TABLE versions (table_name text, table_version int);"
                "INSERT INTO versions VALUES ('Gnucash-Resave', 19920), ('Gnucash', 5000012)"
            ),
            "5000012",
        ),
        (
            "frappe-books",
            (
                "CREATE TABLE SingleValue (parent, fieldname, value);"
                "INSERT INTO SingleValue VALUES ('PrintSettings', 'version', '9'),"
                " ('SystemSettings', 'version', '0.21.2')"
            ),
            "0.21.2",
        ),
        (
            "kmymoney",
            "CREATE TABLE kmmFileInfo (version, fixLevel);INSERT INTO kmmFileInfo VALUES (8, 5)",
            "5",
        ),
        (
            "money-manager-ex",
            (
                "CREATE TABLE INFOTABLE_V1 (INFONAME, INFOVALUE);"
                "INSERT INTO INFOTABLE_V1 VALUES ('DATAVERSION', '3'), ('MMEXVERSION', '1.6')"
            ),
            "3",
        ),
        ("gnucash", "CREATE TABLE versions (table_name text, table_version int)", ""),
        ("gnucash", "CREATE TABLE something (else_)", ""),
        (
            "gnucash",
            (
                "CREATE TABLE versions (table_name text, table_version int);"
                "INSERT INTO versions VALUES ('Gnucash', NULL)"
            ),
            "",
        ),
    ],
)
def test_a_database_says_its_version(
    program: str, script: str, version: str, tmp_path: Path
) -> None:
    file = database(tmp_path / "book", script)
    before = samples.lying(tmp_path)
    assert version_in(file, RELEASES[program]) == version
    assert samples.lying(tmp_path) == before


KMYMONEY = '<KMYMONEY-FILE><FILEINFO><VERSION id="1"/><FIXVERSION id="7"/></FILEINFO>'


@pytest.mark.parametrize(
    ("program", "content", "version"),
    [
        ("kmymoney", gzip.compress(KMYMONEY.encode(), mtime=0), "7"),
        ("kmymoney", KMYMONEY.encode(), "7"),
        ("grisbi", b'<Grisbi>\n <General File_version="2.0.0" Grisbi_version="3.0"/>', "2.0.0"),
        ("homebank", b'<?xml version="1.0"?>\n<homebank v="1.4" d="050804">', "1.4"),
        ("snelstart", b"\0\1\0\0Standard Jet DB\0\1\0", "1"),
        ("folder", b"\0\1\0\0Standard ACE DB\0\5\0", "5"),
        ("frontaccounting", b"# MySQL dump\n# Built by FrontAccounting 2.4.17\n", "2.4.17"),
        ("gnucash", b'<?xml version="1.0"?><gnc-v2><gnc:book version="2.0.0">', ""),
        ("snelstart", b"no database", ""),
        ("homebank", gzip.compress(b'<homebank v="1.4">', mtime=0)[:20], ""),
        ("homebank", b'<homebank v="' + b"9" * 500 + b'">', ""),
        ("homebank", b'<homebank v="1\0.4">', ""),
        ("homebank", b"", ""),
    ],
)
def test_a_file_says_its_version_or_none(
    program: str, content: bytes, version: str, tmp_path: Path
) -> None:
    file = tmp_path / "book"
    file.write_bytes(content)
    assert version_at(file, RELEASES[program]) == version


def test_the_newest_update_in_the_names_counts(tmp_path: Path) -> None:
    for name in ("20261120-99-SQL2008-Jansen.ebu", "20261113-427-SQL2008-Jansen.ebu", "x-500.ebu"):
        (tmp_path / name).touch()
    assert version_at(tmp_path, RELEASES["exact-globe"]) == "427"
    assert version_named(["brief.txt"], RELEASES["exact-globe"]) == ""
    assert version_at(tmp_path, Release()) == ""


def test_what_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert version_at(tmp_path / "weg", RELEASES["gnucash"]) == ""


@pytest.mark.parametrize(
    ("one", "other", "newer"),
    [
        ("3.10", "3.9", True),
        ("3.9", "3.10", False),
        ("5000012", "4000005", True),
        ("1.2.1", "1.2", True),
        ("1.2", "1.2.0", False),
        ("0.22.0-beta", "0.21.2", True),
        ("0.21.2", "0.21.2-beta", False),
        ("2", "", False),
        ("", "2", False),
        ("newest", "1", False),
        ("2", "old", False),
        ("9" * 15, "1", True),
        ("9" * 200, "1", False),
    ],
)
def test_only_what_is_certainly_later_is_newer(one: str, other: str, newer: bool) -> None:
    assert is_newer(one, other) is newer


@samples.needs_samples
def test_every_gnucash_book_of_the_samples_says_its_version() -> None:
    for book in samples.SHARED.rglob("gnucash-sqlite/**/*.gnucash"):
        assert int(version_in(book, RELEASES["gnucash"])) > 2_000_000
