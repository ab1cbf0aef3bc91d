"""Looking into backups from a terminal: files, one document, what was booked in between."""

from pathlib import Path

from tests.cli.conftest import Bewaar
from tests.scene import book, rows_in, tree


def stored(office: Bewaar, code: str) -> Path:
    value = office.json("backup", code, "--to", office.stick)
    (made,) = value["backups"]
    return Path(office.stick) / str(made["file"])


def test_files_lists_what_a_backup_holds_and_finds_words(office: Bewaar) -> None:
    file = stored(office, "holding")
    assert len(office.json("files", file)["files"]) == len(list_of(office))
    (found,) = office.json("files", file, "--search", "JOURNAAL 3")["files"]
    assert found["path"] == "2025/journaal 3 é.dat"
    assert "index.txt" in office("files", file).out


def list_of(office: Bewaar) -> list[str]:
    return [path for path, content in tree(office.holding).items() if content is not None]


def test_open_saves_one_document_and_refuses_to_run_anything(
    office: Bewaar, tmp_path: Path
) -> None:
    file, into = stored(office, "holding"), tmp_path / "taken"
    into.mkdir()
    value = office.json("open", file, "index.txt", "--into", into)
    assert value == {"place": str(into / "index.txt")}
    assert (into / "index.txt").read_text() == "Jansen Holding\n"
    assert office.refused("open", file, "2025/journaal 0 é.dat") == "document.unshown"
    assert office.refused("open", file, "gone.pdf") == "document.unknown"


def test_compare_tells_rows_and_files_of_two_backups_and_of_today(office: Bewaar) -> None:
    first, before = stored(office, "bakkerij"), rows_in(office.bakery)
    book(office.bakery, rows=4)
    second = stored(office, "bakkerij")
    for told in (office.json("compare", second, first), office.json("compare", first)):
        (table,) = told["tables"]
        assert (table["then"], table["now"]) == (before, before + 4)
        assert len(told["files"]["changed"]) == 1
    assert "Nothing changed." in office("compare", second).out
