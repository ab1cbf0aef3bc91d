"""A backup put back by SQL Server: refused before anything changes, or loaded under a new name."""

from pathlib import Path

import pytest

from bewaar import errors
from bewaar.servers import sqlserver_words as words
from bewaar.servers.sqlserver_channel import Refusal
from tests.sqlserver import FRESH, Answer, Rows, Turn, conversation, header, listed

BAK = Path(r"C:\b.bak")
MARK = FRESH[:8]
EMPTY: Turn = (f"Nieuw: {words.TABLES}", [])
VERSION: Turn = (f"master: {words.VERSION}", [("15.0.4123.1",)])
HEADERS = r"master: RESTORE HEADERONLY FROM DISK = N'C:\b.bak'"
FILES = r"master: RESTORE FILELISTONLY FROM DISK = N'C:\b.bak'"
VERIFY = r"master: RESTORE VERIFYONLY FROM DISK = N'C:\b.bak' WITH CHECKSUM"
TWO = [listed("Jansen", "D", "1"), listed("Jansen_log", "L", "2")]


def test_a_backup_is_restored_beside_what_is_there() -> None:
    with conversation(
        EMPTY,
        VERSION,
        (HEADERS, [header()]),
        (
            FILES,
            [
                listed("Jansen's ]", "D", "1"),
                listed("more", "D", "3"),
                listed("documents", "S", "65537"),
                listed("Jansen_log", "L", "2"),
            ],
        ),
        (f"master: {words.FOLDERS}", [(r"C:\SQL\Data" + "\\", r"E:\Log")]),
        (VERIFY, []),
        EMPTY,
        ("master: DROP DATABASE [Nieuw]", []),
        (
            (
                r"master: RESTORE DATABASE [Nieuw] FROM DISK = N'C:\b.bak' WITH "
                rf"MOVE N'Jansen''s ]' TO N'C:\SQL\Data\Nieuw_{MARK}_1.mdf', "
                rf"MOVE N'more' TO N'C:\SQL\Data\Nieuw_{MARK}_2.ndf', "
                rf"MOVE N'documents' TO N'C:\SQL\Data\Nieuw_{MARK}_3', "
                rf"MOVE N'Jansen_log' TO N'E:\Log\Nieuw_{MARK}_4.ldf', "
                "CHECKSUM, RECOVERY"
            ),
            [],
        ),
        ("master: DBCC CHECKDB (N'Nieuw') WITH NO_INFOMSGS", []),
    ) as seen:
        seen.load("Nieuw", BAK)


def test_a_hostile_name_makes_no_path_of_its_own() -> None:
    name, data = r"..\..\a/b:c]'", "/var/opt/mssql/data"
    moves = [
        ("Jansen", f"{data}/_.._a_b_c]'_{MARK}_1.mdf"),
        ("Jansen_log", f"{data}/_.._a_b_c]'_{MARK}_2.ldf"),
    ]
    with conversation(
        (f"{name}: {words.TABLES}", []),
        VERSION,
        (HEADERS, [header()]),
        (FILES, TWO),
        (f"master: {words.FOLDERS}", [(data, data)]),
        (VERIFY, []),
        (f"{name}: {words.TABLES}", []),
        (f"master: {words.drop(name)}", []),
        (f"master: {words.restore(name, str(BAK), moves)}", []),
        (f"master: {words.check(name)}", []),
    ) as seen:
        seen.load(name, BAK)


def test_a_backup_is_never_loaded_over_tables() -> None:
    with (
        conversation((f"Nieuw: {words.TABLES}", [("dbo", "GL")])) as seen,
        pytest.raises(errors.DatabaseTaken),
    ):
        seen.load("Nieuw", BAK)


def test_tables_that_came_while_the_backup_was_read_stay() -> None:
    with (
        conversation(
            EMPTY,
            VERSION,
            (HEADERS, [header()]),
            (FILES, TWO),
            (VERIFY, []),
            (f"Nieuw: {words.TABLES}", [("dbo", "GL")]),
            data_folder=r"D:\x",
        ) as seen,
        pytest.raises(errors.DatabaseTaken),
    ):
        seen.load("Nieuw", BAK)


@pytest.mark.parametrize(
    ("major", "minor", "made"),
    [
        ("16", "0", "SQL Server 2022"),
        ("15", "1", "SQL Server 15.1"),
        ("99", "0", "SQL Server 99.0"),
    ],
)
def test_a_backup_of_a_newer_server_is_refused_before_anything_happens(
    major: str, minor: str, made: str
) -> None:
    with (
        conversation(EMPTY, VERSION, (HEADERS, [header(c25=major, c26=minor)])) as seen,
        pytest.raises(errors.DumpTooNew) as refused,
    ):
        seen.load("Nieuw", BAK)
    assert refused.value.params == {"made": made, "server": "localhost", "now": "SQL Server 2019"}


def test_a_server_that_cannot_read_a_newer_one_s_header_says_the_same() -> None:
    said = Refusal(
        3169,
        "The database was backed up on a server running version 16.00.1000. That version is "
        "incompatible with this server, which is running version 15.00.4123.",
    )
    with (
        conversation(EMPTY, VERSION, (HEADERS, said)) as seen,
        pytest.raises(errors.DumpTooNew) as refused,
    ):
        seen.load("Nieuw", BAK)
    assert refused.value.params["made"] == "SQL Server 2022"
    assert refused.value.params["now"] == "SQL Server 2019"


def test_a_backup_of_an_older_server_is_taken() -> None:
    with (
        conversation(
            EMPTY,
            VERSION,
            (HEADERS, [header(c25="10", c26="50")]),
            (FILES, Refusal(3203, "Read failed.")),
        ) as seen,
        pytest.raises(errors.SourceDamaged),
    ):
        seen.load("Nieuw", BAK)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], errors.SourceDamaged),
        ([header(), header(c5="2")], errors.SourceDamaged),
        ([header(c2="2")], errors.SourceDamaged),  # a log
        ([header(c2="5")], errors.SourceDamaged),  # what changed since another
        ([header(c38="0")], errors.SourceDamaged),  # without checksums
        ([header(c39="1")], errors.SourceDamaged),  # damaged when it was made
        ([header(c24="1")], errors.ServerFailed),  # another maker's, or columns that moved
        ([("a name with\ta tab", *header())], errors.ServerFailed),
        ([header()[:30]], errors.ServerFailed),
        (Refusal(3241, "The media family is incorrectly formed."), errors.SourceDamaged),
        (Refusal(3201, "Operating system error 5."), errors.ServerFolderClosed),
        (Refusal(-1, "its answer was cut short"), errors.ServerFailed),
    ],
)
def test_what_is_no_whole_database_is_refused_before_anything_happens(
    rows: Answer, error: type[errors.BewaarError]
) -> None:
    with conversation(EMPTY, VERSION, (HEADERS, rows)) as seen, pytest.raises(error):
        seen.load("Nieuw", BAK)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], errors.SourceDamaged),
        (TWO[:1], errors.SourceDamaged),
        (TWO[1:], errors.SourceDamaged),
        ([*TWO, listed("x", "Z", "3")], errors.ServerFailed),
        ([*TWO, ("a name", "with a tab", *listed("x", "D", "3"))], errors.ServerFailed),
        ([*TWO, ("a", "b", *listed("D", "D", "3"))], errors.ServerFailed),
        ([*TWO, listed("x", "D", "3")[:9]], errors.ServerFailed),
    ],
)
def test_a_list_of_files_that_is_not_whole_is_refused_before_anything_happens(
    rows: Rows, error: type[errors.BewaarError]
) -> None:
    with (
        conversation(EMPTY, VERSION, (HEADERS, [header()]), (FILES, rows)) as seen,
        pytest.raises(error),
    ):
        seen.load("Nieuw", BAK)


def test_a_server_that_does_not_say_where_files_go_wants_it_said() -> None:
    with (
        conversation(
            EMPTY,
            VERSION,
            (HEADERS, [header()]),
            (FILES, TWO),
            (f"master: {words.FOLDERS}", [("NULL", "NULL")]),
        ) as seen,
        pytest.raises(errors.InvalidValue),
    ):
        seen.load("Nieuw", BAK)


@pytest.mark.parametrize(
    ("number", "error"),
    [(8928, errors.SourceDamaged), (8939, errors.SourceDamaged), (2571, errors.ServerFailed)],
)
def test_what_the_server_finds_unsound_afterwards_has_not_come_back(
    number: int, error: type[errors.BewaarError]
) -> None:
    moves = [("Jansen", rf"D:\x\Nieuw_{MARK}_1.mdf"), ("Jansen_log", rf"D:\x\Nieuw_{MARK}_2.ldf")]
    with (
        conversation(
            EMPTY,
            VERSION,
            (HEADERS, [header()]),
            (FILES, TWO),
            (VERIFY, []),
            EMPTY,
            ("master: DROP DATABASE [Nieuw]", []),
            (f"master: {words.restore('Nieuw', str(BAK), moves)}", []),
            ("master: DBCC CHECKDB (N'Nieuw') WITH NO_INFOMSGS", Refusal(number, "Page (1:73).")),
            data_folder=r"D:\x",
        ) as seen,
        pytest.raises(error),
    ):
        seen.load("Nieuw", BAK)
