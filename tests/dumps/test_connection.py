"""The file and the line that say which database it is: read as written, with no password ever."""

from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import InvalidValue, SourceGone, SourceUnreadable
from bewaar.servers.connection import (
    Connection,
    Folders,
    ServerKind,
    is_connection,
    load,
    parse,
    save,
    told,
    written,
)

SAMPLES = [
    Connection(
        kind=ServerKind.POSTGRESQL, host="db.example.org", port=5433, user="anna", database="jansen"
    ),
    Connection(kind=ServerKind.POSTGRESQL, host="::1", user="anna", database="a/b?c#d é"),
    Connection(
        kind=ServerKind.MARIADB, host="/run/my server.sock", user="a@b:c", database="%41 'x\""
    ),
    Connection(
        kind=ServerKind.SQLSERVER,
        host="localhost",
        user="",
        database="Exact 001",
        windows_login=True,
    ),
    Connection(
        kind=ServerKind.POSTGRESQL, host="/run/pg:5", port=5433, user="anna", database="jansen"
    ),
]
WRONG = [
    "",
    "jansen",
    "ftp://anna@host/jansen",
    "postgresql://anna@host:99999/jansen",
    "postgresql://anna@host:port/jansen",
    "postgresql://host/jansen",
    "postgresql://anna@host/jansen?sslmode=disable",
    "postgresql://anna@host/jan\nsen%0A",
]


@pytest.mark.parametrize("connection", SAMPLES, ids=lambda sample: str(sample.kind))
def test_a_connection_is_read_back_as_it_was_written(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "servers" / "x.server.toml"
    save(file, connection)
    assert load(file) == connection
    assert parse(connection.address) == connection
    assert is_connection(file)
    assert [kind for kind in ServerKind if is_connection(file, kind)] == [connection.kind]


@pytest.mark.parametrize("address", WRONG)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue):
        parse(address)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("postgresql://anna:geheim@host/jansen")
    assert "geheim" not in str(refused.value.params)


def test_what_a_newer_version_wrote_stays(tmp_path: Path) -> None:
    file = tmp_path / "x.server.toml"
    save(file, SAMPLES[0])
    file.write_text(f'# ours\n{file.read_text()}certificate = "own"\n')
    save(file, replace(SAMPLES[0], port=None, database="petersen"))
    assert load(file) == replace(SAMPLES[0], port=None, database="petersen")
    assert "# ours" in file.read_text()
    assert 'certificate = "own"' in file.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html>",
        'kind = "oracle"\nhost = "h"\nuser = "u"\ndatabase = "d"',
        'kind = "mariadb"\nhost = 7\nuser = "u"\ndatabase = "d"',
        'kind = "mariadb"\nhost = "h"\nuser = "u"',
        'kind = "mariadb"\nhost = ""\nuser = "u"\ndatabase = "d"',
    ],
)
def test_a_file_that_is_something_else_is_no_connection_and_is_kept(
    text: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.server.toml"
    file.write_text(text)
    assert not is_connection(file)
    with pytest.raises(SourceUnreadable):
        load(file)
    with pytest.raises(SourceUnreadable):
        save(file, SAMPLES[0])
    assert file.read_text() == text


def test_a_file_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceGone):
        load(tmp_path / "x.server.toml")
    assert not is_connection(tmp_path / "x.server.toml")
    (tmp_path / "map.server.toml").mkdir()
    assert not is_connection(tmp_path / "map.server.toml")


def test_each_login_has_a_password_of_its_own() -> None:
    one = SAMPLES[0]
    others = [
        replace(one, user="piet"),
        replace(one, host="other"),
        replace(one, port=None),
        replace(one, kind=ServerKind.MARIADB),
    ]
    assert len({each.account for each in (one, *others)}) == 5
    assert replace(one, database="petersen").account == one.account


PAIR = replace(SAMPLES[3], folder_there=r"C:\bewaar", folder_here="/mnt/bewaar")


@pytest.mark.parametrize("there", [r"C:\bewaar", r"\\nas\bewaar", "/var/opt/mssql/bewaar"])
def test_a_folder_seen_from_two_sides_is_kept_with_the_connection(
    there: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.server.toml"
    known = replace(PAIR, folder_there=there, data_folder=r"E:\data")
    save(file, known)
    assert load(file) == known
    assert Folders.in_(load(file))
    save(file, Folders().of(known))
    assert load(file) == SAMPLES[3]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PAIR, folder_here=""),
        replace(PAIR, folder_there=""),
        replace(PAIR, folder_here="bewaar"),
        replace(PAIR, folder_there="C:bewaar"),
        replace(PAIR, folder_there="bewaar"),
        replace(PAIR, folder_there="C:\\be\nwaar"),
        replace(PAIR, folder_there="C:\\be\0waar"),
        replace(PAIR, data_folder="data"),
        replace(SAMPLES[0], folder_there=r"C:\bewaar", folder_here="/mnt/bewaar"),
    ],
)
def test_what_cannot_be_a_folder_of_both_is_refused(wrong: Connection, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        save(tmp_path / "x.server.toml", wrong)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("connection", SAMPLES, ids=lambda sample: str(sample.kind))
def test_a_backup_tells_which_database_it_was_and_not_who_signed_in(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "x.server.toml"
    save(file, connection)
    place = written(file)
    assert connection.user not in place or not connection.user
    found = told(place)
    assert found is not None
    assert found.same_database(connection)
    assert told(str(file)) == connection  # as older backups tell it, while the file is there
    file.unlink()
    assert told(str(file)) is None


def test_what_is_no_database_is_told_as_a_place() -> None:
    assert written(Path("/boeken/jansen.gnucash")) == "/boeken/jansen.gnucash"
    for place in ("", "/boeken", "C:\\boeken\\x.server.toml", "a\0.server.toml", "http://[x"):
        assert told(place) is None
