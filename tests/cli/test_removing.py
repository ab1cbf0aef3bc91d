"""Removing a backup at a terminal: refused where it must stay, asked for, told, recorded."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bewaar


@pytest.fixture
def four(office: Bewaar) -> list[Path]:
    """Four proven backups at one place, the oldest first."""
    return [office.backed_up() for _ in range(4)]


def test_a_backup_goes_with_its_reason_and_what_stays_is_said(
    office: Bewaar, four: list[Path]
) -> None:
    value = office.json("remove", four[0], "--reason", "verkeerde map", "--yes")
    assert value["removed"]["file"] == four[0].name
    assert [each["file"] for each in value["remaining"]["holding"]] == [
        file.name for file in four[:0:-1]
    ]
    assert not four[0].exists()
    assert all(file.exists() for file in four[1:])
    with office.engine() as engine:
        (job,) = engine.removals(engine.destination(str(office.stick)).id)
    assert (job.file, job.result["reason"]) == (four[0].name, "verkeerde map")


def test_the_last_two_a_locked_one_and_the_newest_stay(office: Bewaar, four: list[Path]) -> None:
    with office.engine() as engine:
        engine.lock_backup(engine.history("holding")[-1].id, locked=True)  # type: ignore[arg-type]
    assert office.refused("remove", four[0], "--yes") == "backup.locked"
    assert office.refused("remove", four[3], "--yes") == "backup.locked"
    office.json("remove", four[1], "--yes")
    assert office("remove", four[2], "--yes").code == 0
    assert office.refused("remove", four[3], "--yes") == "backup.locked"
    assert four[0].exists()
    assert four[3].exists()


def test_without_a_yes_and_without_a_person_nothing_is_removed(
    office: Bewaar, four: list[Path]
) -> None:
    assert office("remove", four[0]).code == 2
    assert office.json("remove", four[0], code=2)["error"]["code"] == "usage"
    assert all(file.exists() for file in four)


def test_what_is_no_backup_here_is_refused(office: Bewaar, four: list[Path]) -> None:
    elsewhere = office.root / four[0].name
    elsewhere.write_bytes(four[0].read_bytes())
    for file in (elsewhere, office.stick / "no such.zip", office.holding / "index.txt"):
        assert office.refused("remove", file, "--yes") == "backup.unknown"
    assert office.refused("remove", four[0], "--yes", "--reason", "x" * 301) == "value.invalid"
    assert elsewhere.exists()
    assert all(file.exists() for file in four)


def test_a_person_is_asked_and_only_a_yes_removes(
    office: Bewaar, four: list[Path], at_terminal: Any
) -> None:
    for answer, code in (("n", 1), ("", 1), ("y", 0)):
        assert four[0].exists()
        terminal = at_terminal("remove", four[0])
        terminal.wait_for("Remove it for good?")
        assert "holds Jansen Holding as of" in terminal.seen
        terminal.type(answer)
        if answer == "y":
            terminal.wait_for("3 proven backups of Jansen Holding stay")
        assert terminal.end() == code
    assert not four[0].exists()
