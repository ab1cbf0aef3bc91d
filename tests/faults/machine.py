"""The machine a run happens on: the failing disk, compiled here, and the program under it."""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
PLACES = (str(REPOSITORY), str(REPOSITORY / "app"))  # where the program under test comes from
PATIENCE = 90.0  # seconds; a program that hangs has broken a promise


def why_not() -> str:
    """Return why programs cannot be harmed here, "" when they can."""
    if sys.platform != "linux":
        return "the failing disk is made for Linux"
    return "" if shutil.which("cc") else "not installed: cc"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a program ended."""

    status: int  # negative: the signal that killed it
    touched: bool  # whether the moment of the harm had come


class Machine:
    """Starts the program for one order after another."""

    def __init__(self, base: Path) -> None:
        base.mkdir(parents=True, exist_ok=True)
        library = base / "faulty.so"
        source = HERE / "faulty.c"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self._told, self._says = os.pipe()
        self._hears, self._answer = os.pipe()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=REPOSITORY,
            env={**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": os.pathsep.join(PLACES)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=(self._says, self._hears),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()
        for end in (self._told, self._says, self._hears, self._answer):
            os.close(end)

    def carry_out(
        self,
        order: dict[str, Any],
        what: int,
        at: int,
        error: int = 0,
        *,
        kinds: int,
        harm: Callable[[int], bool] = lambda _: True,
        after: float | None = None,
    ) -> Ended:
        """Start the program and wait for its end.

        `harm` is called with its process number when it waits at the moment, or `after` so many
        seconds; it says whether the program may go on.
        """
        words = (kinds, what, at, error, self._says, self._hears)
        self._tell({**order, "harm": words})
        child = int(self._line(PATIENCE))
        touched = False
        while True:
            ready, _, _ = select.select(
                [self._stdout, self._told], [], [], PATIENCE if after is None else after
            )
            if self._told in ready:
                os.read(self._told, 1)
                touched = True
                if harm(child):
                    os.write(self._answer, b".")
            elif self._stdout in ready:
                return Ended(status=int(self._line(PATIENCE)), touched=touched)
            else:
                assert after is not None, "the program hangs"
                touched, after = True, None
                harm(child)

    def call(self, words: list[str], home: Path, after: float) -> tuple[int, bytes]:
        """Call `bewaar`, kill it after so many seconds, and return what it had answered."""
        called = subprocess.Popen(
            [sys.executable, "-c", "from bewaar.cli import cli; cli()", *words, "--json"],
            env={**os.environ, "BEWAAR_HOME": str(home), "PYTHONPATH": os.pathsep.join(PLACES)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            answer, _ = called.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            called.kill()
            answer, _ = called.communicate()
        return called.returncode, answer

    @property
    def _stdout(self) -> Any:
        return self._server.stdout

    def _tell(self, order: dict[str, Any]) -> None:
        assert self._server.stdin
        self._server.stdin.write(json.dumps(order, default=str).encode() + b"\n")
        self._server.stdin.flush()

    def _line(self, _patience: float) -> bytes:
        line: bytes = self._stdout.readline()
        assert line, "the program under test cannot be started"
        return line
