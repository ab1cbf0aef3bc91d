"""Set-up: from a bare Python to a working environment, whatever was there before."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer.environment import RECORD, Environment
from installer.parts import AT_WORK, RUN, Parts
from tests.installer.conftest import Checkout

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks into .venv/bin")


@pytest.fixture
def ctrl_c_works() -> Iterator[None]:
    """Undo what a shell does to programs in its background: they and theirs would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(path: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


def processor_seconds() -> float:
    """Return what all programs that were started and have ended used."""
    times = os.times()
    return times.children_user + times.children_system


def test_one_command_sets_up_and_starts_the_app(ready: Checkout) -> None:
    assert {ready.version(name) for name in ("build", "run", "gtk")} == {"1.0"}
    assert ready.install("run", "--demo") == (0, "started with tray --demo\n")


def test_a_second_start_installs_nothing_and_is_immediate(ready: Checkout) -> None:
    shutil.rmtree(ready.wheels)  # an installation would fail
    before = processor_seconds()
    code, said = ready.install("run")
    assert (code, said) == (0, "started with tray\n")
    assert processor_seconds() - before < 0.6  # 0.15 s for Python, the installer and the app


def test_a_changed_lock_is_installed(ready: Checkout) -> None:
    ready.lock("run", "2.0")
    code, said = ready.install("run")
    assert code == 0, said
    assert ready.version("run") == "2.0"


def test_a_changed_text_is_compiled_and_nothing_else_is_done(ready: Checkout) -> None:
    texts = ready.root / "app/bewaar/locale/nl/LC_MESSAGES/bewaar.po"
    texts.parent.mkdir(parents=True)
    texts.write_text("one")
    assert ready.install("run") == (0, "texts compiled\nstarted with tray\n")
    assert ready.install("run") == (0, "started with tray\n")


def test_a_package_with_another_hash_is_refused(ready: Checkout) -> None:
    ready.lock("run", "2.0", sha256="0" * 64)
    code, said = ready.install("run")
    assert code == 1
    assert "started" not in said
    assert ready.version("run") == "1.0"
    ready.lock("run", "2.0")
    assert ready.install("run")[0] == 0
    assert ready.version("run") == "2.0"


def test_a_lock_that_lacks_what_the_project_needs_is_named(ready: Checkout) -> None:
    backend = ready.root / "backend.py"
    backend.write_text(backend.read_text().replace("Requires-Dist: bewaar-run", "Requires-Dist: x"))
    with (ready.root / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    code, said = ready.install("run")
    assert code == 1
    assert "installer lock" in said


def test_without_the_window_packages_the_app_still_starts(ready: Checkout) -> None:
    ready.lock("gtk", "2.0", sha256="0" * 64)
    code, said = ready.install("run")
    assert code == 0, said
    assert "The window will open in the browser" in said
    assert ready.install("run") == (0, "started with tray\n")  # not tried at each start
    ready.lock("gtk", "2.0")
    assert ready.install("run")[0] == 0
    assert ready.version("gtk") == "2.0"


def test_set_up_tries_again_what_could_not_be_had(ready: Checkout) -> None:
    ready.lock("gtk", "2.0")
    wheel = next(ready.wheels.glob("bewaar_gtk-2.0*"))
    wheel.rename(wheel.with_suffix(".away"))
    assert ready.install("run")[0] == 0
    assert ready.version("gtk") == "1.0"
    wheel.with_suffix(".away").rename(wheel)
    assert ready.install("setup")[0] == 0
    assert ready.version("gtk") == "2.0"


def test_a_set_up_killed_while_making_the_environment_goes_on(bare: Checkout) -> None:
    with bare.start("setup") as process:
        wait_for(bare.venv / "pyvenv.cfg")
        os.killpg(process.pid, signal.SIGKILL)
    code, said = bare.install("run")
    assert code == 0, said
    assert bare.version("run") == "1.0"


def test_a_part_killed_while_it_is_installed_is_installed_again(ready: Checkout) -> None:
    ready.lock("run", "2.0")
    with ready.start("setup") as process:
        assert process.stdout is not None
        assert "run" in process.stdout.readline()
        os.killpg(process.pid, signal.SIGKILL)
    record = json.loads((ready.venv / RECORD).read_text())
    assert record["run"] == AT_WORK
    (ready.installed("run") / "RECORD").unlink()  # the most unlucky moment for pip
    assert ready.install("run")[0] == 0
    assert ready.version("run") == "2.0"


def test_a_damaged_record_costs_only_time(ready: Checkout) -> None:
    for content in (b"", b"{", b"[]", b'{"run": 3}', b"\xff\xfe"):
        (ready.venv / RECORD).write_bytes(content)
        assert not Parts(Environment(ready.root)).has(RUN)
    code, said = ready.install("run")
    assert code == 0, said
    assert said.endswith("started with tray\n")


def test_an_environment_that_lost_its_python_is_mended(ready: Checkout) -> None:
    (ready.venv / "bin/python").unlink()
    code, said = ready.install("run")
    assert code == 0, said
    assert "making it anew" in said
    assert said.endswith("started with tray\n")


def test_a_moved_checkout_is_set_up_again(ready: Checkout, tmp_path: Path) -> None:
    shutil.copytree(ready.root.parent, tmp_path / "moved", symlinks=True)
    shutil.rmtree(ready.root)
    moved = Checkout(tmp_path / "moved" / "checkout")
    code, said = moved.install("run")
    assert code == 0, said
    assert said.endswith("started with tray\n")


def test_two_set_ups_at_once_take_turns(ready: Checkout) -> None:
    ready.lock("run", "2.0")
    with ready.start("setup") as first, ready.start("setup") as second:
        said = [process.communicate(timeout=100)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert sum("Another set-up is at work" in words for words in said) == 1
    assert sum("Installing" in words for words in said) == 1


def test_a_folder_that_is_no_environment_is_left_alone(bare: Checkout) -> None:
    bare.venv.mkdir()
    (bare.venv / "boekhouding.sqlite").write_text("precious")
    code, said = bare.install("run")
    assert code == 1
    assert "is not an environment" in said
    assert (bare.venv / "boekhouding.sqlite").read_text() == "precious"


def test_a_link_to_another_folder_is_left_alone(bare: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "lib").mkdir(parents=True)
    bare.venv.symlink_to(elsewhere)
    code, said = bare.install("run")
    assert code == 1
    assert "is not an environment" in said
    assert (elsewhere / "lib").is_dir()


def test_settings_of_the_user_lead_no_package_elsewhere(ready: Checkout, tmp_path: Path) -> None:
    ready.lock("run", "2.0")
    code, said = ready.install(
        "run", PIP_TARGET=str(tmp_path / "target"), PIP_USER="1", PYTHONPATH=str(tmp_path)
    )
    assert code == 0, said
    assert ready.version("run") == "2.0"
    assert not (tmp_path / "target").exists()


def test_ctrl_c_reaches_the_app_which_ends_in_its_own_way(
    ready: Checkout, ctrl_c_works: None
) -> None:
    with ready.start("run", "--wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started with tray --wait\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "ended cleanly\n"
    assert process.returncode == 7


def test_ctrl_c_in_a_set_up_says_how_to_go_on(bare: Checkout, ctrl_c_works: None) -> None:
    with bare.start("setup") as process:
        wait_for(bare.venv / "pyvenv.cfg")
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 130
    assert said.splitlines()[-1] == "Stopped. The same command goes on."
