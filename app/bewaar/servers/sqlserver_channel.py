"""How SQL Server is asked: one statement in, rows of text out, through its own tool `sqlcmd`.

Not tried against a live server: what is said here of the tool is what its makers write.
"""

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bewaar.progress import SILENT, Progress
from bewaar.servers import tools
from bewaar.servers.connection import Connection
from bewaar.servers.tools import Run, ToolEnded

PATIENCE = 10  # seconds for a server to answer at all
MASTER = "master"

CUT_SHORT = -1  # the number of an answer whose end is missing
UNTRUSTED = -2  # of a connection that was not made because of the server's certificate
FATAL = 20  # severity from which on the server hangs up

_COLUMN = "\t"
_END = "bewaar: all told"  # the last line of an answer to a statement that went well
_WORST_NEWS = 10  # severity of what is only told
# "Msg 911, Level 16, State 1, …": the words are those of the language of the tool.
_MESSAGE = re.compile(
    r"^\w+\.? (?P<number>\d+)\W+\w+ (?P<severity>\d+)\W+\w+ \d+\b.*$", re.MULTILINE
)
_HERE = frozenset({"", ".", "(local)", "localhost", "127.0.0.1", "::1"})
_TOLD_BY_WORDS = {
    "Login failed": 18456,
    "Cannot open database": 4060,
    **dict.fromkeys(("SSL Provider", "x509: "), UNTRUSTED),
}


class Refusal(Exception):
    """The server says no; without a number it could not even be asked."""

    def __init__(self, number: int | None, said: str, severity: int = 16) -> None:
        super().__init__(said)
        self.number = number
        self.said = said
        self.severity = severity


class Channel(Protocol):
    """Somebody who takes statements to a server."""

    def ask(
        self, statement: str, database: str = MASTER, progress: Progress = SILENT
    ) -> Sequence[tuple[str, ...]]:
        """Return the rows a statement gives. Raises Refusal, ToolMissing, Cancelled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sqlcmd:
    """Statements by `sqlcmd`; the password goes through its environment."""

    connection: Connection
    password: str | None = field(default=None, repr=False)

    def ask(
        self, statement: str, database: str = MASTER, progress: Progress = SILENT
    ) -> Sequence[tuple[str, ...]]:
        """Run the tool for one statement; only an answer that was told to its end is one."""
        # In a line of its own the tool takes words for commands to itself, not to the server.
        if not statement.isprintable():
            raise Refusal(CUT_SHORT, "a name in it has characters that cannot be printed")
        whole = f"SET NOCOUNT ON; {statement}; IF @@ERROR = 0 SELECT N'{_END}'"
        call = Run(
            tool=tools.named("sqlcmd", of="SQL Server"),
            arguments=[*self._way_in(database), *_PLAINLY, "-Q", whole],
            environment={"SQLCMDPASSWORD": self.password} if self.password else {},
        )
        try:
            with tools.reading(call, progress) as output:
                text = output.read().decode("utf-8-sig", "replace")
        except ToolEnded as ended:
            raise _refusal(ended.complaint) from ended
        lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
        if not lines or lines.pop() != _END:
            raise Refusal(CUT_SHORT, "its answer was cut short")
        return [tuple(line.split(_COLUMN)) for line in lines]

    def _way_in(self, database: str) -> list[str]:
        known = self.connection
        server = f"{known.host},{known.port}" if known.port else known.host
        who = ["-E"] if known.windows_login else ["-U", known.user]
        # The certificate of a server on this very computer is mostly one it made itself.
        trusting = ["-C"] if is_here(known.host) else []
        return ["-S", server, "-d", database, *who, *trusting]


# Errors end it and go where complaints go; no headings, no filling, no variables; UTF-8; lines as
# long as they come, which else are broken after 80 characters. Not -X: it hides the password, too.
_PLAINLY = (
    *("-b", "-r", "1", "-h", "-1", "-W", "-s", _COLUMN, "-x", "-I", "-f", "65001"),
    *("-w", "65535", "-l", str(PATIENCE)),
)


def is_here(host: str) -> bool:
    """Return whether a server, or an instance of it, is on this computer."""
    name = host.partition("\\")[0].casefold()
    return name in _HERE or name == platform.node().casefold()


def _refusal(said: str) -> Refusal:
    """Return the first thing that went wrong; what follows mostly says only that it ended."""
    for found in _MESSAGE.finditer(said):
        if int(found["severity"]) > _WORST_NEWS:
            reason = said[found.end() :].strip().partition("\n")[0]
            return Refusal(int(found["number"]), reason.strip(), int(found["severity"]))
    by_words = (known for words, known in _TOLD_BY_WORDS.items() if words in said)
    return Refusal(next(by_words, None), (said.splitlines() or ["?"])[-1])
