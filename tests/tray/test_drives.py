"""Drives are noticed when the list of mounts changes, and nothing is touched while it does not."""

from pathlib import Path

import pytest

from bewaar_tray import drives
from bewaar_tray.drives import Drives


def test_a_list_that_stays_the_same_is_looked_at_once(tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text("/ \n")
    looks: list[None] = []
    watched = Drives(lambda: looks.append(None), tmp_path / "mounts")
    for _ in range(5):
        watched.glance()
    assert len(looks) == 1


def test_every_change_of_the_list_is_looked_at(tmp_path: Path) -> None:
    looks: list[None] = []
    watched = Drives(lambda: looks.append(None), tmp_path / "mounts")
    for number, mounts in enumerate(["/\n", "/\n/media/blue\n", "/\n"], 1):
        (tmp_path / "mounts").write_text(mounts)
        watched.glance()
        assert len(looks) == number


def test_without_a_list_every_glance_is_a_look(tmp_path: Path) -> None:
    looks: list[None] = []
    watched = Drives(lambda: looks.append(None), tmp_path / "none")
    for _ in range(3):
        watched.glance()
    assert len(looks) == 3


def test_after_a_while_it_looks_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drives, "LONGEST", 0.0)
    (tmp_path / "mounts").write_text("/\n")
    looks: list[None] = []
    watched = Drives(lambda: looks.append(None), tmp_path / "mounts")
    watched.glance()
    watched.glance()
    assert len(looks) == 2


def test_a_look_that_failed_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text("/\n")
    looks: list[None] = []

    def fail_once() -> None:
        looks.append(None)
        if len(looks) == 1:
            raise OSError

    watched = Drives(fail_once, tmp_path / "mounts")
    with pytest.raises(OSError):  # noqa: PT011
        watched.glance()
    watched.glance()
    assert len(looks) == 2
