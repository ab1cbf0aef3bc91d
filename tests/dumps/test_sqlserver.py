"""What SQL Server is told, word for word, and what its answers mean.

No such server runs here. The conversations are written down from what its makers document: a
statement, then what it answers; every statement must come, in this order, and no other.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.servers import sqlserver_words as words
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.kinds import rows_in
from bewaar.servers.sqlserver_channel import Refusal, Sqlcmd, is_here
from tests.sqlserver import conversation, writing

HERE = Connection(
    kind=ServerKind.SQLSERVER, host="localhost", port=1433, user="sa", database="Jansen"
)


def tool(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a script stand in for `sqlcmd`."""
    found = folder / "sqlcmd"
    found.write_text(f"#!/bin/sh\n{script}\n")
    found.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return found


def test_a_backup_leaves_the_server_s_own_chain_alone_and_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "Jansen & Zn's.bak"
    path = str(file).replace("'", "''")
    with conversation(
        (
            (
                f"master: BACKUP DATABASE [Jansen & Zn's ]] 2026] TO DISK = N'{path}' "
                "WITH COPY_ONLY, CHECKSUM, FORMAT, INIT, NAME = N'Bewaar'"
            ),
            writing(file),
        ),
        (f"master: RESTORE VERIFYONLY FROM DISK = N'{path}' WITH CHECKSUM", []),
        (f"master: {words.VERSION}", [("15.0.4123.1",)]),
    ) as seen:
        dumped = seen.dump("Jansen & Zn's ] 2026", file)
    assert (dumped.tool, dumped.method) == ("SQL Server 15.0.4123.1", "sqlserver-backup")
    assert dumped.found == rows_in(ServerKind.SQLSERVER, file)


@pytest.mark.parametrize("number", [824, 3043, 3189, 3241])
def test_a_backup_the_server_does_not_verify_is_none(number: int, tmp_path: Path) -> None:
    file = tmp_path / "x.bak"
    damaged = Refusal(number, "Damage to the backup set was detected.", 24)
    with (
        conversation(
            (f"master: {words.back_up('Jansen', str(file))}", writing(file)),
            (f"master: {words.verify(str(file))}", damaged),
        ) as seen,
        pytest.raises(errors.DumpIncomplete),
    ):
        seen.dump("Jansen", file)


def test_a_backup_that_is_no_such_file_is_none(tmp_path: Path) -> None:
    file = tmp_path / "x.bak"
    with (
        conversation(
            (f"master: {words.back_up('Jansen', str(file))}", writing(file, b"<!doctype html>")),
            (f"master: {words.verify(str(file))}", []),
        ) as seen,
        pytest.raises(errors.DumpIncomplete),
    ):
        seen.dump("Jansen", file)


def test_a_server_elsewhere_is_asked_for_no_backup(tmp_path: Path) -> None:
    with conversation(host="db.example.org") as seen:
        with pytest.raises(errors.ServerElsewhere):
            seen.dump("Jansen", tmp_path / "x.bak")
        with pytest.raises(errors.ServerElsewhere):
            seen.try_folder()
    assert is_here(r".\SQLEXPRESS")
    assert is_here("LOCALHOST")
    assert not is_here("db.example.org")


def test_a_server_that_cannot_open_a_file_here_says_which_folder(tmp_path: Path) -> None:
    file = tmp_path / "x.bak"
    denied = Refusal(3201, "Cannot open backup device. Operating system error 5.")
    with (
        conversation((f"master: {words.back_up('Jansen', str(file))}", denied)) as seen,
        pytest.raises(errors.ServerFolderClosed) as failed,
    ):
        seen.dump("Jansen", file)
    assert failed.value.params["folder"] == str(tmp_path)


def test_a_swap_whose_second_half_fails_is_taken_back() -> None:
    with (
        conversation(
            ("master: ALTER DATABASE [J] MODIFY NAME = [J old]", []),
            (
                "master: ALTER DATABASE [J new] MODIFY NAME = [J]",
                Refusal(5030, "The database could not be exclusively locked."),
            ),
            ("master: ALTER DATABASE [J old] MODIFY NAME = [J]", []),
        ) as seen,
        pytest.raises(errors.DatabaseInUse),
    ):
        seen.swap("J", "J new", "J old")


def test_what_is_asked_is_understood() -> None:
    with conversation(
        (f"master: {words.DATABASES}", [("Jansen",), ("Petersen",)]),
        (f"Jansen: {words.TABLES}", [("dbo", "GL"), ("a.b", "GL")]),
        (
            (
                "Jansen: SELECT N'dbo', N'GL', COUNT_BIG(*) FROM [dbo].[GL] UNION ALL "
                "SELECT N'a.b', N'GL', COUNT_BIG(*) FROM [a.b].[GL]"
            ),
            [("dbo", "GL", "12"), ("a.b", "GL", "0")],
        ),
        ("master: SELECT DB_ID(N'weg')", [("NULL",)]),
        (f"master: {words.size('Jansen')}", [("8388608",)]),
        (
            f"master: {words.sessions('Jansen')}",
            [("anna", "PC-ANNA", "Exact Globe", "2026-11-21T09:12:00")],
        ),
        (f"master: {words.SEES_ALL}", [("1",)]),
    ) as seen:
        assert seen.databases() == ("Jansen", "Petersen")
        assert seen.rows("Jansen") == {"dbo.GL": 12, '"a.b".GL': 0}
        assert not seen.exists("weg")
        assert seen.size("Jansen") == 8 << 20
        sessions = seen.sessions("Jansen")
    assert sessions.found[0].since == datetime(2026, 11, 21, 9, 12, tzinfo=UTC)
    assert (sessions.found[0].computer, sessions.whole) == ("PC-ANNA", True)


def test_a_thousand_tables_are_counted_in_statements_a_command_line_can_hold() -> None:
    tables = [("dbo", f"table's [{n}]") for n in range(1000)]
    statements = list(words.rows(tables))
    assert max(map(len, statements)) < 16_000
    counted = [part for each in statements for part in each.split(" UNION ALL ")]
    assert counted == [
        f"SELECT N'dbo', N'table''s [{n}]', COUNT_BIG(*) FROM [dbo].[table's [{n}]]]"
        for n in range(1000)
    ]
    assert list(words.rows([])) == []


def test_the_mark_follows_the_rows_and_the_content_is_never_called_the_same() -> None:
    ask = f"Jansen: {words.MARK}"
    rows = [("dbo", "GL", "2026-01-01", "12", "3")]
    more = [("dbo", "GL", "2026-01-01", "13", "4")]
    with conversation((ask, rows), (ask, rows), (ask, more)) as seen:
        first, second, third = (seen.mark("Jansen") for _ in range(3))
        assert seen.content("Jansen") != seen.content("Jansen")
    assert first == second != third


@pytest.mark.parametrize("rows", [[], [("15.0",), ("16.0",)], [("15.0", "0")], [()]])
def test_an_answer_of_another_shape_is_none(rows: list[tuple[str, ...]]) -> None:
    with (
        conversation((f"master: {words.VERSION}", rows)) as seen,
        pytest.raises(errors.ServerFailed),
    ):
        seen.version()


@pytest.mark.parametrize(
    ("refusal", "password", "error"),
    [
        (Refusal(18456, "Login failed for user 'sa'."), "wrong", errors.ServerRefused),
        (Refusal(18456, "Login failed for user 'sa'."), None, errors.ServerPasswordNeeded),
        (Refusal(None, "Login timeout expired."), "x", errors.ServerAway),
        (Refusal(-2, "SSL Provider: not trusted."), "x", errors.ServerUntrusted),
        (Refusal(262, "BACKUP DATABASE permission denied."), "x", errors.ServerRights),
        (Refusal(911, "Database does not exist."), "x", errors.DatabaseMissing),
        (Refusal(1801, "Database already exists."), "x", errors.DatabaseTaken),
        (Refusal(3702, "Cannot drop: it is currently in use."), "x", errors.DatabaseInUse),
        (Refusal(1222, "Lock request time out."), "x", errors.SourceBusy),
        (Refusal(3202, "Write on device failed: 112."), "x", errors.ServerFailed),
        (Refusal(596, "Session is in the kill state.", 21), "x", errors.ServerAway),
    ],
)
def test_a_refusal_is_one_of_our_failures(
    refusal: Refusal, password: str | None, error: type[errors.BewaarError]
) -> None:
    with (
        conversation(("master: CREATE DATABASE [J]", refusal), password=password) as seen,
        pytest.raises(error) as failed,
    ):
        seen.create("J")
    assert not {"who", "user"} & {key for key, value in failed.value.params.items() if not value}


def test_the_tool_is_told_all_but_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(
        tmp_path,
        'echo "$SQLCMDPASSWORD" > "$0.env"\nprintf \'%s\\n\' "$@" > "$0.said"\n'
        "printf 'Jansen\\t1\\r\\n\\r\\nPetersen\\t2\\r\\n\\r\\nbewaar: all told\\r\\n'",
        monkeypatch,
    )
    channel = Sqlcmd(connection=HERE, password="geheim é")
    assert channel.ask("SELECT 1 $(x)") == [("Jansen", "1"), ("Petersen", "2")]
    said = (tmp_path / "sqlcmd.said").read_text()
    lines = said.splitlines()
    assert lines[:4] == ["-S", "localhost,1433", "-d", "master"]
    assert lines[-1] == ("SET NOCOUNT ON; SELECT 1 $(x); IF @@ERROR = 0 SELECT N'bewaar: all told'")
    assert {"-x", "-b"} <= {*lines}
    assert lines[lines.index("-w") + 1] == "65535"  # else lines are broken after 80 characters
    assert "geheim" not in said
    assert (tmp_path / "sqlcmd.env").read_text() == "geheim é\n"


@pytest.mark.parametrize(
    "told", ["", "Jansen\\n", "Jansen\\nbewaar: all\\n", "bewaar: all told\\nx\\n"]
)
def test_an_answer_that_is_cut_short_is_none(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path, f"printf '{told}'", monkeypatch)
    with pytest.raises(Refusal, match="cut short"):
        Sqlcmd(connection=HERE).ask(words.DATABASES)


ENDED = "BACKUP DATABASE is terminating abnormally."
SAID: Mapping[str, tuple[int | None, str, int]] = {
    "Msg 911, Level 16, State 1, Server X, Line 1\nIt does not exist.": (
        911,
        "It does not exist.",
        16,
    ),
    (
        "Msg 3201, Level 16, State 1, Server X, Line 1\nCannot open.\n"
        f"Msg 3013, Level 16, State 1, Server X, Line 1\n{ENDED}"
    ): (3201, "Cannot open.", 16),
    (
        "Meldung 3201, Ebene 16, Status 1, Server X, Zeile 1\r\nKann nicht.\r\n"
        f"Meldung 3013, Ebene 16, Status 1, Server X, Zeile 1\r\n{ENDED}"
    ): (3201, "Kann nicht.", 16),
    "Mens. 911, Nivel 16, Estado 1, Servidor X, Línea 1\nNo existe.": (911, "No existe.", 16),
    (
        "Msg 5701, Level 0, State 2, Server X, Line 1\nChanged context to 'x'.\n"
        "Processed 328 pages for database 'Jansen', file 'Jansen' on file 1.\n"
        "Msg 824, Level 24, State 2, Server X, Line 1\nA page is torn."
    ): (824, "A page is torn.", 24),
    "Sqlcmd: Error: Login failed for user 'sa'..": (
        18456,
        "Sqlcmd: Error: Login failed for user 'sa'..",
        16,
    ),
    "Sqlcmd: Error: ODBC Driver 18: SSL Provider: an authority that is not trusted.": (
        -2,
        "Sqlcmd: Error: ODBC Driver 18: SSL Provider: an authority that is not trusted.",
        16,
    ),
    "TLS Handshake failed: tls: x509: certificate signed by unknown authority": (
        -2,
        "TLS Handshake failed: tls: x509: certificate signed by unknown authority",
        16,
    ),
    "Sqlcmd: Error: Login timeout expired.": (None, "Sqlcmd: Error: Login timeout expired.", 16),
}


@pytest.mark.parametrize("said", SAID)
def test_of_what_the_tool_complains_the_first_that_went_wrong_counts(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said").write_bytes(said.encode())
    tool(tmp_path, f"echo 'bewaar: all told'; cat '{tmp_path}/said' >&2; exit 1", monkeypatch)
    with pytest.raises(Refusal) as refusal:
        Sqlcmd(connection=HERE).ask("USE weg")
    assert (refusal.value.number, refusal.value.said, refusal.value.severity) == SAID[said]


@pytest.mark.parametrize("name", ["x\n!! del *", "x\r\ngo\nDROP DATABASE y", "x\u2028:r y", "x\0"])
def test_a_name_that_could_speak_to_the_tool_is_never_handed_to_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path, 'touch "$0.called"', monkeypatch)
    with pytest.raises(Refusal):
        Sqlcmd(connection=HERE).ask(words.back_up(name, "x"))
    assert not (tmp_path / "sqlcmd.called").exists()


@pytest.mark.parametrize(
    "name", ["a]; DROP DATABASE b; --", "a'; DROP DATABASE b; --", "]'", "]]''"]
)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    in_brackets, in_quotes = name.replace("]", "]]"), name.replace("'", "''")
    assert words.drop(name) == f"DROP DATABASE [{in_brackets}]"
    assert words.exists(name) == f"SELECT DB_ID(N'{in_quotes}')"
    assert words.check(name) == f"DBCC CHECKDB (N'{in_quotes}') WITH NO_INFOMSGS"
    assert words.sees(name) == f"EXEC master.sys.xp_fileexist N'{in_quotes}'"
    assert words.rename(name, name) == (
        f"ALTER DATABASE [{in_brackets}] MODIFY NAME = [{in_brackets}]"
    )
    assert words.restore(name, name, [(name, name)]) == (
        f"RESTORE DATABASE [{in_brackets}] FROM DISK = N'{in_quotes}' "
        f"WITH MOVE N'{in_quotes}' TO N'{in_quotes}', CHECKSUM, RECOVERY"
    )
