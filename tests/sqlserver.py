"""SQL Server in tests: conversations played again, and a stand-in for its tool.

No such server runs here. Both know of it only what its makers document, so they show that Bewaar
keeps to that, not that a live server does.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bewaar.progress import SILENT, Progress
from bewaar.servers.connection import Connection, ServerKind
from bewaar.servers.sqlserver import SqlServer
from bewaar.servers.sqlserver_channel import MASTER, Channel, Refusal

Rows = Sequence[tuple[str, ...]]
Answer = Rows | Refusal | Callable[[], Rows]
Turn = tuple[str, Answer]

FRESH = "0123456789abcdef" * 2
BACKUP = b"TAPE" + bytes(508)  # as such a file begins
THERE = r"C:\bewaar"
FILE = rf"C:\bewaar\bewaar-{FRESH}.bak"  # what is lent, as the server writes it
MARK = rf"C:\bewaar\bewaar-{FRESH}.mark"
SEEN = [("1", "0", "1")]


@dataclass(kw_only=True)
class Recorded:
    """A conversation played again: every statement must come, in this order, and no other."""

    left: list[Turn]

    def ask(self, statement: str, database: str = MASTER, progress: Progress = SILENT) -> Rows:
        assert self.left, statement
        expected, answer = self.left.pop(0)
        assert f"{database}: {statement}" == expected
        if isinstance(answer, Refusal):
            raise answer
        return answer() if callable(answer) else answer


@contextmanager
def conversation(
    *turns: Turn,
    host: str = "localhost",
    password: str | None = "geheim",
    folder_there: str = "",
    folder_here: str = "",
    data_folder: str = "",
) -> Iterator[SqlServer]:
    """Give a server that says its part, and see that all of it was said."""
    channel = Recorded(left=list(turns))

    def opened(_connection: Connection, _password: str | None) -> Channel:
        return channel

    connection = Connection(
        kind=ServerKind.SQLSERVER,
        host=host,
        user="sa",
        database="Jansen",
        folder_there=folder_there,
        folder_here=folder_here,
        data_folder=data_folder,
    )
    yield SqlServer(connection=connection, password=password, open=opened, fresh=lambda: FRESH)
    assert not channel.left


def writing(file: Path, content: bytes = BACKUP) -> Callable[[], Rows]:
    """Let the server write a file at its turn."""

    def write() -> Rows:
        file.write_bytes(content)
        return []

    return write


def header(**changed: str) -> tuple[str, ...]:
    """Return what RESTORE HEADERONLY tells of one of our backups; `c25` is its 26th column."""
    row = ["Bewaar", *["0"] * 54]
    told = {"c2": "1", "c5": "1", "c9": "Jansen", "c24": "4608", "c25": "15", "c38": "1"}
    for column, text in (told | changed).items():
        row[int(column.removeprefix("c"))] = text
    return tuple(row)


def listed(logical: str, kind: str, number: str) -> tuple[str, ...]:
    """Return what RESTORE FILELISTONLY tells of one file."""
    return (logical, rf"D:\old\{number}", kind, "PRIMARY", "8", "9", number, *["0"] * 15)


@dataclass(kw_only=True)
class StandIn:
    """A script in the place of `sqlcmd`: it reads our statements, and keeps databases in a file."""

    folder: Path
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """How it is reached: on another computer, by a folder that both see."""
        return Connection(
            kind=ServerKind.SQLSERVER,
            host="server2",
            user="sa",
            database="Jansen",
            folder_there=THERE,
            folder_here=str(self.folder / "shared"),
        )

    def change(self, **state: object) -> None:
        self.state = {**self.look(), **state}
        (self.folder / "bin" / "sqlcmd.json").write_text(json.dumps(self.state))

    def look(self) -> dict[str, Any]:
        file = self.folder / "bin" / "sqlcmd.json"
        found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return found

    @property
    def left(self) -> list[str]:
        """What lies in the folder that both see."""
        return sorted(file.name for file in (self.folder / "shared").iterdir())


@pytest.fixture
def sqlserver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put the stand-in on the PATH, with one database."""
    if os.name != "posix":
        pytest.skip("the stand-in is a script")
    stand_in = StandIn(folder=tmp_path / "sqlserver")
    tool = stand_in.folder / "bin" / "sqlcmd"
    tool.parent.mkdir(parents=True)
    (stand_in.folder / "shared").mkdir()
    tool.write_text(f"#!{sys.executable} -IS\n{_SCRIPT}")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    stand_in.change(
        version="15.0.4123.1",
        map={THERE: str(stand_in.folder / "shared")},
        databases={"Jansen": {"dbo.GL": 12, "dbo.Debtors": 3}},
    )
    return stand_in


_SCRIPT = r"""
import json, re, sys
from pathlib import Path

STATE = Path(sys.argv[0] + ".json")
state = json.loads(STATE.read_text())
bases = state["databases"]
NAME, TEXT = r"\[((?:[^\]]|\]\])*)\]", r"N'((?:[^']|'')*)'"


def refuse(number, said):
    sys.exit(f"Msg {number}, Level 16, State 1, Server S, Line 1\n{said}\n"
             "Msg 3013, Level 16, State 1, Server S, Line 1\nIt is terminating abnormally.")


def mapped(path, quoted=True):
    path = path.replace("''", "'")
    for there, here in state["map"].items():
        if path.startswith(there + "\\"):
            return Path(here) / path[len(there) + 1:]
    if path.startswith("/"):
        return Path(path)
    return None


def held(path):
    file = mapped(path)
    if file is None or not file.exists():
        refuse(3201, f"Cannot open backup device '{path}'. Operating system error 5.")
    return json.loads(file.read_bytes()[1024:-512].rstrip(b" "))


def back_up(name, path):
    file = mapped(path)
    if file is None or state.get("closed"):
        refuse(3201, f"Cannot open backup device '{path}'. Operating system error 5.")
    base = bases.get(name.replace("]]", "]"), {})
    data = json.dumps({"version": state["version"], "tables": base}).encode()
    data += b" " * (-len(data) % 512)
    file.write_bytes(b"TAPE" + bytes(508) + b"SSET" + bytes(508) + data + b"ESET" + bytes(508))


def sees(path):
    file = mapped(path)
    known = state["map"].get(path) or path in state.get("folders", [])
    yield int(bool(file and file.is_file())), int(bool(known)), int(bool(file))


def headers(path):
    major, minor = held(path)["version"].split(".")[:2]
    row = [0] * 55
    row[2], row[24], row[25], row[26], row[38] = 1, 4608, major, minor, 1
    yield row


def files(path):
    held(path)
    yield ["Jansen", "D:\\j.mdf", "D", "PRIMARY", 8, 9, 1, *[0] * 15]
    yield ["Jansen_log", "D:\\j.ldf", "L", "NULL", 8, 9, 2, *[0] * 15]


def restore(name, path, moves):
    name = name.replace("]]", "]")
    if name in bases:
        refuse(1801, f"Database '{name}' already exists.")
    bases[name] = {} if state.get("loses") else held(path)["tables"]
    state.setdefault("moves", []).extend(re.findall(f"MOVE {TEXT} TO {TEXT}", moves))


def rename(name, to):
    bases[to.replace("]]", "]")] = bases.pop(name.replace("]]", "]"))


def counted(rest):
    for schema, table in re.findall(f"SELECT {TEXT}, {TEXT}, COUNT_BIG", rest):
        yield schema, table, bases[base][f"{schema}.{table}"]


KNOWN = {
    r"SELECT name FROM sys\.databases WHERE .*": lambda: [[each] for each in bases],
    r"SELECT CAST\(SERVERPROPERTY\('ProductVersion'\).*": lambda: [[state["version"]]],
    r"SELECT CAST\(SERVERPROPERTY\('InstanceDefaultDataPath'\).*": lambda: [["C:\\D", "C:\\L"]],
    rf"SELECT DB_ID\({TEXT}\)": lambda n: [["5" if n.replace("''", "'") in bases else "NULL"]],
    r"SELECT SUM\(CAST\(size.*": lambda: [["8192"]],
    r"SELECT login_name.*": lambda: [],
    r"SELECT HAS_PERMS_BY_NAME.*": lambda: [["1"]],
    r"SELECT s\.name, t\.name FROM .*": lambda: [each.split(".") for each in bases[base]],
    r"SELECT s\.name, t\.name, t\.modify_date.*":
        lambda: [[*each.split("."), "x", rows, 0] for each, rows in bases[base].items()],
    rf"(SELECT {TEXT}, {TEXT}, COUNT_BIG.*)": lambda rest, *_: counted(rest),
    rf"EXEC master\.sys\.xp_fileexist {TEXT}": sees,
    rf"BACKUP DATABASE {NAME} TO DISK = {TEXT} "
    r"WITH COPY_ONLY, CHECKSUM, FORMAT, INIT, NAME = N'Bewaar'": back_up,
    rf"RESTORE VERIFYONLY FROM DISK = {TEXT} WITH CHECKSUM": lambda path: held(path) and [],
    rf"RESTORE HEADERONLY FROM DISK = {TEXT}": headers,
    rf"RESTORE FILELISTONLY FROM DISK = {TEXT}": files,
    rf"RESTORE DATABASE {NAME} FROM DISK = {TEXT} WITH (.*), CHECKSUM, RECOVERY": restore,
    rf"DBCC CHECKDB \({TEXT}\) WITH NO_INFOMSGS":
        lambda name: state.get("unsound") and refuse(8939, "Table error: page (1:73)."),
    rf"CREATE DATABASE {NAME}": lambda name: bases.update({name.replace("]]", "]"): {}}),
    rf"DROP DATABASE {NAME}": lambda name: bases.pop(name.replace("]]", "]")) and [],
    rf"ALTER DATABASE {NAME} MODIFY NAME = {NAME}": rename,
}
given = sys.argv[1:]
base = given[given.index("-d") + 1]
whole = re.fullmatch(
    r"SET NOCOUNT ON; (.*); IF @@ERROR = 0 SELECT N'(.*)'", given[given.index("-Q") + 1]
)
for pattern, answer in KNOWN.items():
    if said := re.fullmatch(pattern, whole[1]):
        for row in answer(*said.groups()) or []:
            print("\t".join(map(str, row)))
        STATE.write_text(json.dumps(state))
        print("\n" + whole[2])
        break
else:
    refuse(102, f"Incorrect syntax near {whole[1]}")
"""
