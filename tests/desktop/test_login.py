"""What starts at login follows the setting, and starts the icon without its window."""

import os
import shlex
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.paths import home
from tests.desktop.running import Running, below
from tests.desktop.stage import Stage, eventually

pytestmark = pytest.mark.desktop


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let Bewaar live in the user's own folders; return where the desktop looks at login."""
    monkeypatch.delenv("BEWAAR_HOME")
    return Path(os.environ["XDG_CONFIG_HOME"]) / "autostart" / "bewaar.desktop"


def wish(*, start: bool) -> None:
    with closing(Engine(home())) as asked:
        asked.change_settings(lambda settings: replace(settings, start_at_login=start))


def test_the_file_follows_the_setting(stage: Stage, file: Path) -> None:
    wish(start=True)
    with Running(stage, "tray", "--at-login"):
        eventually(file.exists, "it starts at login")
    wish(start=False)
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: not file.exists(), "it starts no more")


def test_what_the_desktop_starts_is_the_icon_without_its_window(stage: Stage, file: Path) -> None:
    wish(start=True)
    with Running(stage, "tray", "--at-login"):
        eventually(file.exists, "it starts at login")
    lines = file.read_text().splitlines()
    command = next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    with Running(stage, program=shlex.split(command)) as bewaar:
        eventually(stage.shows_icon, "the icon")
        assert below(bewaar.child.pid) == []


def test_a_home_of_its_own_never_starts_at_login(
    stage: Stage, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BEWAAR_HOME", str(tmp_path / "moved"))
    wish(start=True)
    with Running(stage, "tray", "--at-login"):
        eventually(stage.shows_icon, "the icon")
    assert not file.exists()
