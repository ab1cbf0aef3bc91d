"""One more copy of a backup from a terminal."""

from pathlib import Path

from tests.cli.conftest import Bewaar


def test_copy_puts_a_proven_copy_there_and_the_history_numbers_them_alike(
    office: Bewaar, tmp_path: Path
) -> None:
    (made,) = office.json("backup", "holding", "--to", office.stick)["backups"]
    file, there = Path(office.stick) / str(made["file"]), tmp_path / "vault"
    assert office.refused("copy", file, "--to", there) == "destination.missing"
    value = office.json("copy", file, "--to", there, "--make-folder")
    (copy,) = value["backups"]
    assert copy["proven_at"]
    assert copy["id"] == made["id"]
    assert (there / str(copy["file"])).read_bytes() == file.read_bytes()
    numbers = [each["nr"] for each in office.json("history", "holding")["backups"]]
    assert numbers == [1, 1]
    assert office.refused("copy", file, "--to", there) == "backup.there"
