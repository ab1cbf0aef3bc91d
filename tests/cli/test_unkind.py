"""What goes wrong is told in sentences, and nothing is lost by it."""

import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from bewaar.paths import home
from tests.cli.conftest import Bewaar
from tests.scene import tree

NOT_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


def test_a_destination_that_is_gone(office: Bewaar) -> None:
    with office.engine() as engine:
        engine.add_destination(office.stick, name="Blue stick")
    shutil.rmtree(office.stick)
    assert office.refused("backup", "--all", "--to", "Blue stick") == "destination.gone"
    assert not office.stick.exists()


def test_a_folder_that_came_in_the_place_of_the_destination(office: Bewaar) -> None:
    with office.engine() as engine:
        engine.add_destination(office.stick, name="Blue stick")
    shutil.rmtree(office.stick)
    office.stick.mkdir()
    code = office.refused("backup", "--all", "--to", "Blue stick")
    assert code in {"destination.gone", "destination.other"}
    assert list(office.stick.iterdir()) == []


def test_a_name_that_is_no_destination(office: Bewaar) -> None:
    assert office.refused("backup", "--all", "--to", "Rode stick") == "destination.unknown"
    assert office.refused("rebuild", "Rode stick") == "destination.unknown"


def test_a_destination_inside_the_books(office: Bewaar) -> None:
    inside = office.holding / "backup"
    words = ("backup", "holding", "--to", inside, "--make-folder")
    assert office.refused(*words) == "destination.inside"
    assert not inside.exists()


def test_books_that_are_gone_do_not_stop_the_others(office: Bewaar) -> None:
    shutil.rmtree(office.holding)
    value = office.json("backup", "--all", "--to", office.stick, code=1)
    assert value["error"]["code"] == "source.gone"
    assert [each["code"] for each in value["failures"]] == ["source.gone"]
    assert [each["administrations"][0]["code"] for each in value["backups"]] == ["bakkerij"]
    answer = office("backup", "--all", "--force", "--to", office.stick)
    assert answer.code == 1
    assert "cannot be found" in answer.err
    assert "Bakkerij Jansen is safely stored and proven" in answer.err


def test_a_failure_in_a_script_stays_until_somebody_reads_it(office: Bewaar) -> None:
    shutil.move(office.holding, office.root / "weg")
    office.json("backup", "holding", "--to", office.stick, code=1)
    states = {each["code"]: each for each in office.json("status")["administrations"]}
    assert (states["holding"]["standing"], states["holding"]["failure"]) == (
        "failed",
        "source.gone",
    )
    shutil.move(office.root / "weg", office.holding)
    office.backed_up("holding")
    states = {each["code"]: each for each in office.json("status")["administrations"]}
    assert states["holding"]["standing"] == "proven"


def test_far_less_than_before_must_be_accepted(office: Bewaar) -> None:
    office.backed_up("holding")
    for number in range(1, 6):
        (office.holding / "2025" / f"journaal {number} é.dat").unlink()
    words = ("backup", "holding", "--to", office.stick)
    assert office.refused(*words) == "source.shrunk"
    assert "--accept-fewer" in office(*words).err
    assert len(office.json(*words, "--accept-fewer")["backups"]) == 1


@pytest.mark.parametrize("place", [0, 0.5, 0.99])
def test_one_flipped_byte_is_found(place: float, office: Bewaar) -> None:
    file = office.backed_up("holding")
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 1
    file.write_bytes(content)
    value = office.json("verify", file, code=1)
    assert value["files"][0]["good"] is False
    code = value["files"][0]["error"]["code"]
    assert code in {"backup.damaged", "backup.foreign", "backup.hostile"}
    before = tree(office.holding)
    office("restore", file, "--original", "--yes")
    assert tree(office.holding) == before  # refused, or every file proven by its own hash


def test_verify_goes_on_after_a_bad_file(office: Bewaar) -> None:
    good = office.backed_up("holding")
    note = office.root / "brief.zip"
    note.write_text("Geachte heer Jansen", encoding="utf-8")
    value = office.json("verify", note, office.root / "weg.zip", good, code=1)
    assert [each["good"] for each in value["files"]] == [False, False, True]
    codes = [each["error"]["code"] for each in value["files"][:2]]
    assert codes == ["backup.foreign", "backup.gone"]
    told = office("verify", note, good)
    assert told.out == f"{good} is good.\n"
    assert "brief.zip is not a backup made by Bewaar." in told.err


def test_a_folder_is_no_backup_file(office: Bewaar) -> None:
    assert office("show", office.holding).code == 1


def test_settings_that_cannot_be_read_are_left_alone(office: Bewaar) -> None:
    home().settings_file.write_text("= broken", encoding="utf-8")
    for verb in ("list", "status"):
        assert office.refused(verb) == "settings.damaged"
    assert home().settings_file.read_text(encoding="utf-8") == "= broken"


def test_a_catalogue_of_a_newer_bewaar_is_refused(office: Bewaar) -> None:
    database = sqlite3.connect(home().catalogue_file)
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()
    assert office.refused("list") == "catalogue.newer"


def test_a_home_that_cannot_be_made(bewaar: Bewaar) -> None:
    answer = bewaar("status", "--json", BEWAAR_HOME="/proc/bewaar")
    assert answer.code == 1
    assert answer.value["error"]["code"] == "home.unwritable"


@NOT_ROOT
def test_a_destination_that_cannot_be_written(office: Bewaar) -> None:
    office.stick.chmod(0o500)
    try:
        assert office.refused("backup", "--all", "--to", office.stick) == "destination.readonly"
    finally:
        office.stick.chmod(0o700)


def test_unknown_codes(office: Bewaar) -> None:
    assert office.refused("history", "weg") == "administration.unknown"
    assert office.refused("undo", "weg") == "administration.unknown"
    assert office.refused("backup", "holding", "weg", "--to", office.stick) == (
        "administration.unknown"
    )
    assert office.zips() == []


def test_odd_names_survive_every_verb(bewaar: Bewaar) -> None:
    odd = bewaar.root / "books" / ('Ünïcode 🧁 \'n "co" %(name)s ' + "x" * 180)
    odd.mkdir()
    (odd / "ä b.txt").write_text("1", encoding="utf-8")
    name = "100% 🧁 %(name)s {0}"
    code = bewaar.json("add", odd, "--name", name)["administration"]["code"]
    file = bewaar.backed_up(code)
    assert bewaar.json("show", file)["administrations"][0]["name"] == name
    for verb in (("list",), ("status",), ("history", code), ("show", file), ("verify", file)):
        assert bewaar(*verb).code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text exist on Linux only")
def test_a_name_that_is_no_text_can_be_told(bewaar: Bewaar) -> None:
    odd = Path(os.fsdecode(os.fsencode(bewaar.root) + b"/books/\xff\xfe"))
    answer = bewaar("add", odd)
    assert answer.code == 1
    assert bewaar("add", odd, "--json").value["error"]["code"] == "source.gone"


def test_what_was_unexpected_is_told_without_a_trace(bewaar: Bewaar) -> None:
    bewaar("list")
    home().catalogue_file.unlink()
    home().catalogue_file.mkdir()
    answer = bewaar("list")
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 3


def test_names_from_a_file_cannot_steer_the_terminal(bewaar: Bewaar) -> None:
    name = "Jansen\x1b]0;weg\x07\x1b[2J \u202egnp.exe"
    bewaar.json("add", bewaar.holding, "--name", name, "--code", "jansen")
    file = bewaar.backed_up("jansen")
    for words in (("list",), ("status",), ("show", file)):
        told = bewaar(*words).out
        assert "gnp" in told
        assert not set("\x1b\x07\u202e") & set(told)
