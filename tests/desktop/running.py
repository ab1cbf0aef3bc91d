"""Bewaar as a user runs it: a process of its own on a stage, with this test's home."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest

from bewaar.clock import SystemClock
from bewaar.engine import Engine
from bewaar.paths import home
from bewaar.secrets import MemorySecrets
from tests.clocks import SetClock
from tests.desktop.stage import SECONDS, Stage, eventually


def engine(*, days_ago: float = 0) -> Engine:
    """Return an engine on this test's home, to set up and to look; it must be closed."""
    clock = SetClock(datetime.now(UTC) - timedelta(days=days_ago)) if days_ago else SystemClock()
    return Engine(home(), clock=clock, secrets=MemorySecrets())


class Running:
    """One start of `bewaar`, which is over at the end of the block."""

    def __init__(
        self,
        stage: Stage,
        *words: str,
        program: Sequence[str] = (sys.executable, "-m", "bewaar_tray"),
        before: Sequence[str] = (),
        **env: str,
    ) -> None:
        self._log = home().state / "output"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as output:
            self.child = subprocess.Popen(
                [*before, *program, *words],
                env=stage.env | env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.poll() is None:
            children = self.children()
            self.child.terminate()
            self.ended()
            eventually(lambda: not any(map(alive, children)), "its children are gone")

    def ended(self, *, seconds: float = SECONDS) -> int:
        """Wait until it ends; return its exit code."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            pytest.fail(f"did not end in {seconds:.0f} seconds\n{self.said()}")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.child.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it as a crash does."""
        self.child.kill()
        self.child.wait()

    def said(self) -> str:
        """Return what it wrote to its terminal, and to its log."""
        log = home().logs / "bewaar.log"
        written = log.read_text() if log.exists() else ""
        return self._log.read_text() + written

    def until(self, word: str) -> str:
        """Wait until it says a word; return the line."""
        return eventually(
            lambda: next((x for x in self.said().splitlines() if word in x), ""), word
        )

    def until_it_listens(self) -> None:
        """Wait until a second start would be heard."""
        eventually((home().locks / "instance.json").exists, "it listens")

    def children(self) -> list[int]:
        """Return the processes that it started and that live."""
        return below(self.child.pid)

    def window(self) -> int:
        """Return the window's process."""
        return eventually(lambda: next(iter(self._windows()), 0), "the window's process")

    def _windows(self) -> list[int]:
        return [pid for pid in self.children() if "--told" in command(pid)]


def below(pid: int) -> list[int]:
    """Return all descendants of a process."""
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        direct = [int(each) for task in tasks for each in (task / "children").read_text().split()]
        return [found for child in direct for found in (child, *below(child))]
    return []


def alive(pid: int) -> bool:
    """Return whether a process runs; a dead one that nobody waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def command(pid: int) -> list[str]:
    """Return the command line of a process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []
