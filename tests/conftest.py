"""What holds for every test: a home of its own, English, and nothing of the person who runs it.

No test sees the real Bewaar, the real key ring, or the display somebody works on.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers import mariadb, postgresql, server  # noqa: F401 - fixtures
from tests.sqlserver import sqlserver  # noqa: F401 - fixtures

# A suite that draws other examples each time would now and then fail for what nobody changed.
settings.register_profile("ordinary", derandomize=True, database=None, deadline=None)
settings.register_profile("long", max_examples=5000, database=None, deadline=None)
settings.load_profile("ordinary")

OF_THE_DESKTOP = (
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_RUNTIME_DIR",
)
OF_THE_LANGUAGE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES")
OF_PYTHON = ("PYTHONIOENCODING", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONUTF8")
REAL_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def environment_below(home: Path) -> dict[str, str]:
    """Return the variables that keep a process, and those it starts, below this folder."""
    return {
        "BEWAAR_HOME": str(home / "bewaar"),
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(home / "AppData" / "Local"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LANG": "C.UTF-8",
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--extreme", action="store_true", help="also what takes minutes and gigabytes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is extreme unless it is asked for."""
    if not config.getoption("--extreme"):
        out = [item for item in items if item.get_closest_marker("extreme")]
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)


@pytest.fixture(scope="session", autouse=True)
def _nothing_real(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also fixtures that live longer than a test see no real home."""
    os.environ.setdefault("PIP_CACHE_DIR", str(REAL_CACHE / "pip"))
    for name in (*OF_THE_DESKTOP, *OF_THE_LANGUAGE, *OF_PYTHON):
        os.environ.pop(name, None)
    os.environ.update(environment_below(tmp_path_factory.mktemp("home")))


@pytest.fixture(autouse=True)
def _empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home."""
    for name, value in environment_below(tmp_path_factory.mktemp("home")).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def ordinary_urgency(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody clicked works like all else: on a busy machine it would wait for ever.

    That it yields has tests of its own.
    """
    monkeypatch.setattr("bewaar.system.priority.become_idle", lambda: None)
