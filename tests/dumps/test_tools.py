"""The servers' own tools: the right one is taken, and none outlives its use."""

import sys
from pathlib import Path

import pytest

from bewaar.errors import Cancelled, ToolMissing, ToolTooOld
from bewaar.progress import Silent
from bewaar.servers import tools
from bewaar.servers.tools import Run, Tool, ToolEnded


@pytest.fixture(autouse=True)
def _only_these(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tools be found in folders of the test's own only."""
    folders = {sys.platform: (f"{tmp_path}/pg/*/bin",)}
    monkeypatch.setattr(tools, "FOLDERS", folders)
    monkeypatch.setenv("PATH", str(tmp_path / "path"), prepend=":")


def script(path: Path, body: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def tool(path: Path, version: str) -> str:
    return script(path, f"echo 'bw_dump (PostgreSQL) {version}'")


def run_of(path: Path, body: str) -> Run:
    found = Tool(name="bw_dump", path=script(path, body), told="bw_dump 1.0")
    return Run(tool=found, arguments=[])


def test_the_tool_of_the_server_s_own_version_is_taken(tmp_path: Path) -> None:
    tool(tmp_path / "path" / "bw_dump", "17.2")
    fits = tool(tmp_path / "pg" / "15" / "bin" / "bw_dump", "15.14 (Debian 15.14-1)")
    tool(tmp_path / "pg" / "13" / "bin" / "bw_dump", "13.4")
    assert tools.find("bw_dump", at_least=15, of="X").path == fits
    assert tools.find("bw_dump", at_least=16, of="X").version == (17, 2)
    assert tools.newest("bw_dump", of="X").release == "17.2"
    with pytest.raises(ToolTooOld) as old:
        tools.find("bw_dump", at_least=18, of="X")
    assert old.value.params == {"tool": "bw_dump", "version": "17.2", "server": "X 18"}


def test_a_tool_of_other_makers_is_not_taken_for_it(tmp_path: Path) -> None:
    script(tmp_path / "path" / "bw_dump", "echo 'bw_dump Ver 8.0 for Linux (MySQL)'")
    script(tmp_path / "path" / "bw_broken", "exit 1")
    for names in (("bw_dump",), ("bw_broken",), ("bw_gone",), ("bw_gone", "bw_dump")):
        with pytest.raises(ToolMissing):
            tools.find(*names, of="MariaDB", saying="MariaDB")


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ("bw_dump  Ver 10.19 Distrib 10.11.14-MariaDB, for debian-linux-gnu (x86_64)", (10, 11)),
        ("bw_dump from 11.8.3-MariaDB, client 10.19 for debian-linux-gnu (x86_64)", (11, 8)),
        ("bw_dump (PostgreSQL) 18beta1", (18, 0)),
        ("bw_dump", (0, 0)),
    ],
)
def test_versions_are_understood(told: str, version: tuple[int, int]) -> None:
    assert Tool(name="bw_dump", path="", told=told).version == version


def test_what_a_tool_complains_of_is_told(tmp_path: Path) -> None:
    call = run_of(tmp_path / "x", "echo half; echo 'no é' >&2; exit 3")
    with pytest.raises(ToolEnded) as ended:
        tools.run(call)
    assert ended.value.complaint == "no é"


def test_a_tool_nobody_reads_any_more_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    call = run_of(tmp_path / "x", f"echo $$ > {pid}; while :; do echo more; done")
    with tools.reading(call) as output:
        assert output.readline() == b"more\n"
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()
    with pytest.raises(KeyError):
        _read(call, KeyError())
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


def _read(call: Run, error: Exception) -> None:
    """Read a little, and let something go wrong."""
    with tools.reading(call) as output:
        output.readline()
        raise error


class _Stops(Silent):
    def check(self) -> None:
        raise Cancelled


def test_stopping_is_never_told_as_a_failure_of_the_tool(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        tools.run(run_of(tmp_path / "x", "exec sleep 600"), _Stops())
    with pytest.raises(Cancelled):
        _read(run_of(tmp_path / "y", "exit 3"), Cancelled())


def test_a_tool_that_cannot_be_started_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x7fELF no program")
    (tmp_path / "x").chmod(0o755)
    broken = Tool(name="bw_dump", path=str(tmp_path / "x"), told="")
    with pytest.raises(ToolMissing):
        tools.run(Run(tool=broken, arguments=[]))
