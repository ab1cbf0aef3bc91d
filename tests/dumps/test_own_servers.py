"""The servers that tests run: they end with the tests, however these end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bewaar.servers.connection import ServerKind
from tests.servers import SECONDS, why_not

RUNNING = """
import sys, time
from bewaar.servers.connection import ServerKind
from tests.servers import running

with running(ServerKind(sys.argv[1])) as server:
    print(server.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends what a process started")
@pytest.mark.parametrize("kind", [ServerKind.POSTGRESQL, ServerKind.MARIADB])
def test_a_server_ends_with_tests_that_are_killed(kind: ServerKind) -> None:
    if reason := why_not(kind):
        pytest.skip(reason)
    with subprocess.Popen(
        [sys.executable, "-c", RUNNING, kind.value],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout
        server = Path(f"/proc/{tests.stdout.readline().strip()}")
        assert server.exists()
        os.kill(tests.pid, signal.SIGKILL)
    until = time.monotonic() + SECONDS
    while _lives(server):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(process: Path) -> bool:
    try:
        return "(zombie)" not in (process / "status").read_text()
    except OSError:
        return False
