"""What starts at login: each system's own list, exercised with a place of its own."""

import plistlib
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bewaar_tray import autostart
from bewaar_tray.autostart.linux import DesktopFile, quoted
from bewaar_tray.autostart.macos import LABEL, LaunchAgent
from bewaar_tray.autostart.windows import KEY, VALUE, RunKey
from bewaar_tray.command import bewaar

AWKWARD = ["/opt/My Programs/be waar", "tray", 'a"b', "50%", "c\\d", "$HOME", "`x`", ""]


class Registry:
    """A registry in memory, with the calls of `winreg` that are used."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, str]] = {}

    @contextmanager
    def CreateKey(self, root: str, key: str) -> Iterator[dict[str, str]]:  # noqa: N802
        yield self.keys.setdefault(key, {})

    @contextmanager
    def OpenKey(  # noqa: N802
        self, root: str, key: str, reserved: int, access: int
    ) -> Iterator[dict[str, str]]:
        if key not in self.keys:
            raise FileNotFoundError(key)
        yield self.keys[key]

    def SetValueEx(  # noqa: N802
        self, key: dict[str, str], name: str, reserved: int, kind: int, value: str
    ) -> None:
        key[name] = value

    def DeleteValue(self, key: dict[str, str], name: str) -> None:  # noqa: N802
        if name not in key:
            raise FileNotFoundError(name)
        del key[name]


def test_the_desktop_file_starts_the_tray_without_its_window(tmp_path: Path) -> None:
    autostart.follow(DesktopFile(tmp_path / "autostart"), wanted=True)
    lines = (tmp_path / "autostart" / "bewaar.desktop").read_text().splitlines()
    assert lines[0] == "[Desktop Entry]"
    command = next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    assert shlex.split(command) == bewaar("tray", "--at-login")


@pytest.mark.skipif(
    shutil.which("gio") is None or sys.platform != "linux", reason="no gio is installed"
)
def test_a_desktop_starts_exactly_that_command(tmp_path: Path) -> None:
    said = tmp_path / "said"
    script = tmp_path / "my script"
    script.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > "{said}"\n')
    script.chmod(0o755)
    DesktopFile(tmp_path).set([str(script), *AWKWARD[1:]])
    subprocess.run(["gio", "launch", str(tmp_path / "bewaar.desktop")], check=True, timeout=20)
    deadline = time.monotonic() + 10
    while not said.exists() or said.read_text().count("\n") < len(AWKWARD) - 1:
        assert time.monotonic() < deadline, "it was not started"
        threading.Event().wait(0.02)
    assert said.read_text().split("\n")[:-1] == AWKWARD[1:]


def test_plain_words_are_not_quoted() -> None:
    assert quoted("/usr/bin/bewaar") == "/usr/bin/bewaar"


def test_the_launch_agent_is_a_property_list_for_the_login(tmp_path: Path) -> None:
    LaunchAgent(tmp_path / "LaunchAgents").set(AWKWARD)
    agent = plistlib.loads((tmp_path / "LaunchAgents" / f"{LABEL}.plist").read_bytes())
    assert agent["Label"] == LABEL
    assert agent["ProgramArguments"] == AWKWARD
    assert agent["RunAtLoad"] is True


def test_the_run_key_holds_one_quoted_command() -> None:
    registry = Registry()
    RunKey(registry).set([r"C:\Program Files\Bewaar\bewaar.exe", "tray", "--at-login"])
    line = registry.keys[KEY][VALUE]
    assert line == r'"C:\Program Files\Bewaar\bewaar.exe" tray --at-login'


def test_clearing_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    registry = Registry()
    for start in (DesktopFile(tmp_path / "a"), LaunchAgent(tmp_path / "b"), RunKey(registry)):
        start.clear()
        start.set(["bewaar"])
        start.set(["bewaar", "tray"])
        start.clear()
        start.clear()
    assert list((tmp_path / "a").iterdir()) == []
    assert list((tmp_path / "b").iterdir()) == []
    assert registry.keys[KEY] == {}


def test_other_files_in_the_autostart_folder_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.desktop"
    other.write_text("[Desktop Entry]\n")
    DesktopFile(tmp_path).set(["bewaar"])
    DesktopFile(tmp_path).clear()
    assert other.read_text() == "[Desktop Entry]\n"


def test_here_is_the_list_of_this_system() -> None:
    if sys.platform == "linux":
        assert isinstance(autostart.here(), DesktopFile)
