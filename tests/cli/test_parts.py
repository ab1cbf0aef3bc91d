"""Parts from a terminal: shown, given back by name, and folders outside."""

from pathlib import Path

from tests.cli.conftest import Bewaar
from tests.samples import closings
from tests.scene import tree


def stored(office: Bewaar, place: Path) -> Path:
    office.json("add", closings(place), "--name", "Bolaget", "--program", "visma-koncern")
    (made,) = office.json("backup", "bolaget", "--to", office.stick)["backups"]
    return Path(office.stick) / str(made["file"])


def test_parts_are_shown_and_given_back_by_name(office: Bewaar, tmp_path: Path) -> None:
    place = tmp_path / "koncern" / "Bolaget"
    file = stored(office, place)
    (shown,) = office.json("show", file)["administrations"]
    assert [part["part"] for part in shown["parts"]] == ["books", "2022", "2023", "2024"]
    assert "--part 2023" in office("show", file).out
    for name in ("2022", "2023", "2024"):
        (place / name / "verifikat.dat").write_bytes(b"since")
    before = tree(place)
    told = office("restore", file, "--original", "--part", "2022", "--part", "2023", "--yes")
    assert told.code == 0, told.err
    now = tree(place)
    assert {name[:4] for name in now if now[name] != before[name]} == {"2022", "2023"}
    (tmp_path / "new").mkdir()
    office.json("restore", file, "--new", "Två", "--into", tmp_path / "new", "--part", "books")
    assert list(tree(tmp_path / "new" / "Två")) == ["register.dat"]


def test_a_part_that_is_not_there_is_refused(office: Bewaar, tmp_path: Path) -> None:
    file = stored(office, tmp_path / "koncern" / "Bolaget")
    refused = office.refused("restore", file, "--original", "--part", "1999", "--yes")
    assert refused == "restore.part"


def test_a_folder_outside_is_added_listed_and_left_out(office: Bewaar, tmp_path: Path) -> None:
    folder = tmp_path / "mallar"
    folder.mkdir()
    assert office.json("extra", "bakkerij", folder)["extras"] == [str(folder)]
    assert str(folder) in office("extra", "bakkerij").out
    assert office.json("extra", "bakkerij", folder, "--remove")["extras"] == []
    assert office.refused("extra", "holding", office.holding) == "extra.inside"
