"""A message bus of our own, and real password stores on it."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start programs that end with the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*command: str | Path, stdin: int | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        running.append(process)
        return process

    yield begin
    for process in reversed(running):
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()


@pytest.fixture
def bus(tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> str:
    """Start a bus on which no service starts by itself; return its address."""
    if not shutil.which("dbus-daemon"):
        pytest.skip("no dbus-daemon here")
    config = tmp_path / "bus.conf"
    config.write_text(BUS.format(folder=tmp_path))
    process = start("dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1")
    address = read_line(process.stdout)
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    return address


@pytest.fixture
def unlocked(bus: str, start: Start) -> None:
    """Run GNOME's password store, opened with its own password."""
    run_store(start, "--unlock")


@pytest.fixture
def locked(bus: str, start: Start) -> None:
    """Run GNOME's password store, closed, with nobody there to open it."""
    process = run_store(start, "--unlock")
    from bewaar.secrets import KeyringSecrets

    KeyringSecrets(deadline=10).set("made while it was open")
    process.kill()
    process.wait()
    run_store(start)


def run_store(start: Start, *options: str) -> "subprocess.Popen[str]":
    if not shutil.which("gnome-keyring-daemon"):
        pytest.skip("no gnome-keyring-daemon here")
    process = start(
        "gnome-keyring-daemon",
        *options,
        "--foreground",
        "--components=secrets",
        stdin=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.write("the store's own\n")
    process.stdin.close()
    read_line(process.stdout)  # "GNOME_KEYRING_CONTROL=…": it is ready
    return process


def read_line(stream: IO[str] | None, timeout: float = 10) -> str:
    """Return the next line a program writes, however slow it is, but not for ever."""
    assert stream
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(timeout)
    assert lines, "it said nothing"
    return lines[0].strip()
