"""The command `bewaar` as a person or a script calls it: a real process, real folders."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bewaar.clock import Clock
from bewaar.engine import Engine
from bewaar.model import Code
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest, Protection
from bewaar.secrets import MemorySecrets
from tests.scene import make_folder_books, make_sqlite_books

COMMAND = [sys.executable, "-c", "from bewaar.cli import cli; cli()"]
DEADLINE = 60.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What a call gave."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


@dataclass
class Bewaar:
    """Calls `bewaar`, and holds what it works with."""

    root: Path

    def __post_init__(self) -> None:
        self.holding = make_folder_books(self.root / "books" / "Jansen Holding")
        self.bakery = make_sqlite_books(self.root / "books" / "Bakkerij.sqlite")
        self.stick = self.root / "stick"
        self.stick.mkdir()

    def __call__(self, *words: object, stdin: str | bytes = b"", **env: str) -> Answer:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            input=given,
            capture_output=True,
            check=False,
            timeout=DEADLINE,
            env={**os.environ, **env},
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *words: object, stdin: str = "", code: int = 0) -> Any:
        """Call with --json; the answer is one value on stdout, and nothing on stderr."""
        answer = self(*words, "--json", stdin=stdin)
        assert answer.code == code, (answer.out, answer.err)
        assert answer.err == ""
        assert answer.out.count("\n") == 1
        return answer.value

    def refused(self, *words: object, stdin: str = "") -> str:
        """Call with --json what must be refused, and return the code of the failure."""
        error = self.json(*words, stdin=stdin, code=1)["error"]
        assert set(error) == {"code", "params", "message"}
        return str(error["code"])

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        """Start without waiting."""
        return subprocess.Popen(
            [*COMMAND, *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    # ── scenes ──────────────────────────────────────────────────────────────────────────────

    def keep_both(self) -> None:
        """Keep both administrations, as an earlier call did."""
        with self.engine() as engine:
            engine.add(self.holding, name="Jansen Holding", code=Code("holding"))
            engine.add(self.bakery, name="Bakkerij Jansen", code=Code("bakkerij"))

    @contextmanager
    def engine(self, clock: Clock | None = None) -> Iterator[Engine]:
        """The engine itself, for what only other ways in can do."""
        engine = Engine(home(), clock=clock, secrets=MemorySecrets())
        yield engine
        engine.close()

    def backed_up(self, code: str = "holding", *, password: str | None = None) -> Path:
        """Make a backup, as an earlier call did, and return its file."""
        with self.engine() as engine:
            request = BackupRequest(
                codes=(Code(code),),
                destination=engine.destination(str(self.stick)).id,
                protection=Protection.GIVEN if password else Protection.NONE,
                password=password,
                even_unchanged=True,
            )
            job = engine.run(engine.start_backup(request).id, SILENT)
            return self.stick / engine.backup(job.backups[0]).file

    def zips(self) -> list[str]:
        """The files at the destination that look like backups, finished or not."""
        return sorted(
            f.name for f in self.stick.iterdir() if ".zip" in f.name and "info" not in f.name
        )


@pytest.fixture
def bewaar(tmp_path: Path) -> Bewaar:
    """Nothing is kept yet."""
    return Bewaar(tmp_path)


@pytest.fixture
def office(bewaar: Bewaar) -> Bewaar:
    """Two administrations are kept."""
    bewaar.keep_both()
    return bewaar


class Terminal:
    """`bewaar` at a real terminal, with a person who waits for words and types."""

    def __init__(self, words: tuple[object, ...], env: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, words)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "120", **env},
            preexec_fn=lambda: os.login_tty(slave),  # noqa: PLW1509
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, words: str) -> None:
        """Read until these words are on the screen."""
        start = len(self.seen)
        deadline = time.monotonic() + DEADLINE
        while words not in self.seen[start:]:
            assert self._read(deadline), f"never saw {words!r} in {self.seen!r}"

    def type(self, line: str) -> None:
        os.write(self._master, line.encode() + b"\n")

    def press_ctrl_c(self) -> None:
        os.write(self._master, b"\x03")

    def end(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + DEADLINE
        while self._read(deadline):
            pass
        return self._process.wait(timeout=DEADLINE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        os.close(self._master)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            read = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.seen += read.decode(errors="replace")
        return bool(read)


@pytest.fixture
def at_terminal() -> Iterator[Any]:
    """Start `bewaar` at a terminal of its own."""
    opened: list[Terminal] = []

    def start(*words: object, **env: str) -> Terminal:
        opened.append(Terminal(words, env))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
