"""Programs that have books open, each a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLD = "import sys; held = [open(f, 'rb') for f in sys.argv[1:]]; print(flush=True); input()"


@contextmanager
def held_open(*files: Path) -> Iterator[int]:
    """Have another program keep these files open, and give its number."""
    program = subprocess.Popen(
        [sys.executable, "-c", _HOLD, *map(str, files)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with program:
        assert program.stdout is not None
        program.stdout.readline()
        yield program.pid
        program.communicate(b"\n")
