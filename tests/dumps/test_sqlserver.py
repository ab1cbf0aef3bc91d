"""What SQL Server is told, word for word, and what its answers mean.

No such server runs here. The conversations are written down from what its makers document: a
statement, then what it answers; every statement must come, in this order, and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.progress import SILENT, Progress
from bewaar.servers import sqlserver_words as words
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.kinds import rows_in
from bewaar.servers.sqlserver import SqlServer
from bewaar.servers.sqlserver_channel import MASTER, Channel, Refusal, Sqlcmd, is_here

Answer = Sequence[tuple[str, ...]] | Refusal
BACKUP = b"TAPE" + bytes(508)  # as such a file begins


@dataclass(kw_only=True)
class Recorded:
    """A conversation played again."""

    left: list[tuple[str, Answer]]
    writes: Path | None = None  # what a backup leaves on the disk

    def ask(
        self, statement: str, database: str = MASTER, progress: Progress = SILENT
    ) -> Sequence[tuple[str, ...]]:
        expected, answer = self.left.pop(0)
        assert f"{database}: {statement}" == expected
        if self.writes and statement.startswith("BACKUP"):
            self.writes.write_bytes(BACKUP)
        if isinstance(answer, Refusal):
            raise answer
        return answer


def server(*turns: tuple[str, Answer], host: str = "localhost", writes: Path | None = None,
           password: str | None = "geheim") -> tuple[SqlServer, Recorded]:  # fmt: skip
    channel = Recorded(left=list(turns), writes=writes)

    def opened(_connection: Connection, _password: str | None) -> Channel:
        return channel

    connection = Connection(kind=ServerKind.SQLSERVER, host=host, user="sa", database="Jansen")
    return SqlServer(connection=connection, password=password, open=opened), channel


def test_a_backup_leaves_the_server_s_own_chain_alone_and_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "Jansen & Zn's.bak"
    path = str(file).replace("'", "''")
    seen, channel = server(
        (
            (
                f"master: BACKUP DATABASE [Jansen & Zn's ]] 2026] TO DISK = N'{path}' "
                "WITH COPY_ONLY, CHECKSUM, FORMAT, INIT, NAME = N'Bewaar'"
            ),
            [],
        ),
        (f"master: RESTORE VERIFYONLY FROM DISK = N'{path}' WITH CHECKSUM", []),
        (f"master: {words.VERSION}", [("15.0.4123.1",)]),
        writes=file,
    )
    dumped = seen.dump("Jansen & Zn's ] 2026", file)
    assert not channel.left
    assert (dumped.tool, dumped.method) == ("SQL Server 15.0.4123.1", "sqlserver-backup")
    assert dumped.found == rows_in(ServerKind.SQLSERVER, file)


def test_a_backup_the_server_does_not_verify_is_none(tmp_path: Path) -> None:
    file = tmp_path / "x.bak"
    damaged = Refusal(3189, "Damage to the backup set was detected.")
    seen, _ = server(
        (f"master: {words.back_up('Jansen', str(file))}", []),
        (f"master: {words.verify(str(file))}", damaged),
        writes=file,
    )
    with pytest.raises(errors.DumpIncomplete):
        seen.dump("Jansen", file)


def test_a_backup_that_is_no_such_file_is_none(tmp_path: Path) -> None:
    file = tmp_path / "x.bak"
    file.write_bytes(b"<!doctype html>")
    seen, _ = server(
        (f"master: {words.back_up('Jansen', str(file))}", []),
        (f"master: {words.verify(str(file))}", []),
        (f"master: {words.VERSION}", [("15.0",)]),
    )
    with pytest.raises(errors.DumpIncomplete):
        seen.dump("Jansen", file)


def test_a_server_elsewhere_is_asked_for_no_backup(tmp_path: Path) -> None:
    seen, _ = server(host="db.example.org")
    with pytest.raises(errors.ServerElsewhere):
        seen.dump("Jansen", tmp_path / "x.bak")
    assert is_here(r".\SQLEXPRESS")
    assert is_here("LOCALHOST")
    assert not is_here("db.example.org")


def test_a_backup_is_restored_beside_what_is_there() -> None:
    seen, channel = server(
        (f"Nieuw: {words.TABLES}", []),
        (r"master: RESTORE VERIFYONLY FROM DISK = N'C:\b.bak' WITH CHECKSUM", []),
        (
            r"master: RESTORE FILELISTONLY FROM DISK = N'C:\b.bak'",
            [("Jansen", r"D:\old\j.mdf", "D", "PRIMARY"), ("Jansen_log", r"D:\old\j.ldf", "L", "")],
        ),
        (f"master: {words.FOLDERS}", [(r"C:\SQL\Data", r"E:\Log")]),
        ("master: DROP DATABASE [Nieuw]", []),
        (
            (
                r"master: RESTORE DATABASE [Nieuw] FROM DISK = N'C:\b.bak' WITH "
                r"MOVE N'Jansen' TO N'C:\SQL\Data\Nieuw_1', "
                r"MOVE N'Jansen_log' TO N'E:\Log\Nieuw_2', "
                "CHECKSUM, RECOVERY"
            ),
            [],
        ),
    )
    seen.load("Nieuw", Path(r"C:\b.bak"))
    assert not channel.left


def test_a_backup_is_never_loaded_over_tables() -> None:
    seen, channel = server((f"Nieuw: {words.TABLES}", [("dbo", "GL")]))
    with pytest.raises(errors.DatabaseTaken):
        seen.load("Nieuw", Path("b.bak"))
    assert not channel.left


def test_a_swap_whose_second_half_fails_is_taken_back() -> None:
    seen, channel = server(
        ("master: ALTER DATABASE [J] MODIFY NAME = [J old]", []),
        (
            "master: ALTER DATABASE [J new] MODIFY NAME = [J]",
            Refusal(5030, "The database could not be exclusively locked."),
        ),
        ("master: ALTER DATABASE [J old] MODIFY NAME = [J]", []),
    )
    with pytest.raises(errors.DatabaseInUse):
        seen.swap("J", "J new", "J old")
    assert not channel.left


def test_what_is_asked_is_understood() -> None:
    seen, _ = server(
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
    )
    assert seen.databases() == ("Jansen", "Petersen")
    assert seen.rows("Jansen") == {"dbo.GL": 12, '"a.b".GL': 0}
    assert not seen.exists("weg")
    assert seen.size("Jansen") == 8 << 20
    sessions = seen.sessions("Jansen")
    assert sessions.found[0].since == datetime(2026, 11, 21, 9, 12, tzinfo=UTC)
    assert (sessions.found[0].computer, sessions.whole) == ("PC-ANNA", True)


def test_the_mark_follows_the_rows_and_the_content_is_never_called_the_same() -> None:
    ask = f"Jansen: {words.MARK}"
    rows = [("dbo", "GL", "2026-01-01", "12", "3")]
    more = [("dbo", "GL", "2026-01-01", "13", "4")]
    seen, _ = server((ask, rows), (ask, rows), (ask, more))
    first, second, third = (seen.mark("Jansen") for _ in range(3))
    assert first == second != third
    assert seen.content("Jansen") != seen.content("Jansen")


@pytest.mark.parametrize(
    ("refusal", "password", "error"),
    [
        (Refusal(18456, "Login failed for user 'sa'."), "wrong", errors.ServerRefused),
        (Refusal(18456, "Login failed for user 'sa'."), None, errors.ServerPasswordNeeded),
        (Refusal(None, "Login timeout expired."), "x", errors.ServerAway),
        (Refusal(262, "BACKUP DATABASE permission denied."), "x", errors.ServerRights),
        (Refusal(911, "Database does not exist."), "x", errors.DatabaseMissing),
        (Refusal(1801, "Database already exists."), "x", errors.DatabaseTaken),
        (Refusal(3702, "Cannot drop: it is currently in use."), "x", errors.DatabaseInUse),
        (Refusal(1222, "Lock request time out."), "x", errors.SourceBusy),
        (Refusal(3201, "Operating system error 5."), "x", errors.ServerFailed),
    ],
)
def test_a_refusal_is_one_of_our_failures(
    refusal: Refusal, password: str | None, error: type[errors.BewaarError]
) -> None:
    seen, _ = server(("master: CREATE DATABASE [J]", refusal), password=password)
    with pytest.raises(error) as failed:
        seen.create("J")
    assert not {"who", "user"} & {key for key, value in failed.value.params.items() if not value}


def test_the_tool_is_told_all_but_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "sqlcmd"
    tool.write_text(
        '#!/bin/sh\necho "$SQLCMDPASSWORD" > "$0.env"\nprintf \'%s\\n\' "$@" > "$0.said"\n'
        "printf 'Jansen\\t1\\n\\nPetersen\\t2\\n'\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    connection = Connection(
        kind=ServerKind.SQLSERVER, host="localhost", port=1433, user="sa", database="Jansen"
    )
    channel = Sqlcmd(connection=connection, password="geheim é")
    assert channel.ask("SELECT 1 $(x)") == [("Jansen", "1"), ("Petersen", "2")]
    said = (tmp_path / "sqlcmd.said").read_text()
    assert said.splitlines()[:4] == ["-S", "localhost,1433", "-d", "master"]
    assert "SET NOCOUNT ON; SELECT 1 $(x)" in said
    assert "-x" in said.splitlines()
    assert "geheim" not in said
    assert (tmp_path / "sqlcmd.env").read_text() == "geheim é\n"


def test_what_the_tool_complains_of_keeps_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "sqlcmd"
    tool.write_text(
        "#!/bin/sh\necho 'Msg 911, Level 16, State 1, Server X, Line 1' >&2\n"
        "echo \"Database 'weg' does not exist.\" >&2\nexit 1\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    connection = Connection(
        kind=ServerKind.SQLSERVER, host="localhost", user="", database="weg", windows_login=True
    )
    with pytest.raises(Refusal) as refusal:
        Sqlcmd(connection=connection).ask("USE weg")
    assert (refusal.value.number, refusal.value.said) == (911, "Database 'weg' does not exist.")
