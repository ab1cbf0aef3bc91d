"""Who has a file open, as each system tells it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bewaar.system import handles, handles_linux, handles_macos
from bewaar.system.holders import Holder
from tests.rights import as_anyone

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

_HOLD = "import sys; f = open(sys.argv[1], 'ab'); print(flush=True); input()"


def test_this_process_is_never_in_its_own_way(tmp_path: Path) -> None:
    with (tmp_path / "boek").open("wb"):
        assert handles.current().holders([tmp_path]).holders == ()


def test_a_process_is_alive_until_it_is_not() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert handles.current().alive(child.pid)
    child.communicate(b"\n")
    assert not handles.current().alive(child.pid)


@linux
def test_a_holder_is_named_with_its_number_and_its_file_once(tmp_path: Path) -> None:
    file = tmp_path / "map é" / "boek"
    file.parent.mkdir()
    command = [sys.executable, "-c", _HOLD, str(file)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    sighting = handles_linux.holders([file, tmp_path])
    child.communicate(b"\n")
    assert [(h.pid, h.path) for h in sighting.holders] == [(child.pid, file)]
    assert sighting.holders[0].program.startswith("python")


@linux
def test_a_folder_whose_name_merely_begins_alike_is_another(tmp_path: Path) -> None:
    (tmp_path / "boeken-oud").mkdir()
    command = [sys.executable, "-c", _HOLD, str(tmp_path / "boeken-oud" / "x")]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    sighting = handles_linux.holders([tmp_path / "boeken"])
    child.communicate(b"\n")
    assert sighting.holders == ()


class Processes:
    """A /proc of our own, with processes of others."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.add(1, "systemd", user=0)

    def add(self, pid: int, name: str, *, user: int, readable: bool = False) -> None:
        process = self.root / "proc" / str(pid)
        (process / "fd").mkdir(parents=True)
        (process / "comm").write_text(f"{name}\n")
        os.chown(process, user, user)
        (process / "fd").chmod(0o700 if readable else 0)

    def whole(self, place: Path) -> bool:
        with as_anyone():
            return handles_linux.holders([place], self.root).whole


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="gives processes to other users")
@pytest.mark.parametrize(
    ("name", "user", "whole"),
    [
        ("cupsd", 0, True),
        ("dbus-daemon", 104, True),
        ("nobody's", 65534, True),
        ("gnucash", 1001, False),
        ("smbd", 0, False),
    ],
)
def test_a_sighting_is_whole_unless_somebody_else_may_have_the_books_open(
    tmp_path: Path, name: str, user: int, *, whole: bool
) -> None:
    processes = Processes(tmp_path)
    processes.add(4711, name, user=user)
    assert processes.whole(tmp_path) is whole


@linux
def test_a_system_that_hides_processes_gives_no_whole_sighting(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    assert not handles_linux.holders([tmp_path], tmp_path).whole


def test_what_lsof_lists_is_read() -> None:
    listed = "p812\ncGnuCash\nfcwd\nn/\nf12\nn/Users/an/boek.gnucash\n"
    listed += "p9\ncmds\nf3\nn/Users/an/boek.gnucash2\n"
    found = list(handles_macos.parsed(listed, {"/Users/an/boek.gnucash"}))
    assert found == [Holder(pid=812, program="GnuCash", path=Path("/Users/an/boek.gnucash"))]


def test_below_a_folder_lsof_s_files_are_found() -> None:
    listed = "p812\ncx\nf12\nn/Users/an/map/sub/boek\nf13\nn/Users/an/mapje/boek\n"
    found = list(handles_macos.parsed(listed, {"/Users/an/map"}))
    assert [holder.path for holder in found] == [Path("/Users/an/map/sub/boek")]
