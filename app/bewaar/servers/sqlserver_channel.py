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

_COLUMN = "\t"
_NUMBER = re.compile(r"Msg (\d+), ")
_HERE = frozenset({"", ".", "(local)", "localhost", "127.0.0.1", "::1"})
_TOLD_BY_WORDS = {"Login failed": 18456, "Cannot open database": 4060}


class Refusal(Exception):
    """The server says no; without a number it could not even be asked."""

    def __init__(self, number: int | None, said: str) -> None:
        super().__init__(said)
        self.number = number
        self.said = said


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
        """Run the tool for one statement."""
        call = Run(
            tool=tools.named("sqlcmd", of="SQL Server"),
            arguments=[*self._way_in(database), *_PLAINLY, "-Q", f"SET NOCOUNT ON; {statement}"],
            environment={"SQLCMDPASSWORD": self.password} if self.password else {},
        )
        try:
            with tools.reading(call, progress) as output:
                text = output.read().decode("utf-8-sig", "replace")
        except ToolEnded as ended:
            raise _refusal(ended.complaint) from ended
        return [tuple(line.split(_COLUMN)) for line in text.splitlines() if line.strip()]

    def _way_in(self, database: str) -> list[str]:
        known = self.connection
        server = f"{known.host},{known.port}" if known.port else known.host
        who = ["-E"] if known.windows_login else ["-U", known.user]
        # The certificate of a server on this very computer is mostly one it made itself.
        trusting = ["-C"] if is_here(known.host) else []
        return ["-S", server, "-d", database, *who, *trusting]


# Errors end it and go where complaints go; no headings, no filling, no variables; UTF-8.
_PLAINLY = (
    *("-b", "-r", "1", "-h", "-1", "-W", "-s", _COLUMN, "-x", "-I", "-f", "65001"),
    *("-l", str(PATIENCE)),
)


def is_here(host: str) -> bool:
    """Return whether a server, or an instance of it, is on this computer."""
    name = host.partition("\\")[0].casefold()
    return name in _HERE or name == platform.node().casefold()


def _refusal(said: str) -> Refusal:
    found = _NUMBER.search(said)
    number = int(found[1]) if found else None
    by_words = (known for words, known in _TOLD_BY_WORDS.items() if words in said)
    return Refusal(number or next(by_words, None), (said.splitlines() or ["?"])[-1])
