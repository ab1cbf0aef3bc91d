"""The list of folders: names only, whole paths only."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def tree_of_folders(tmp_path: Path) -> Path:
    for name in ("Boekhouding", "2025", ".hidden", "Zoë & Zn <b>"):
        (tmp_path / "disk" / name).mkdir(parents=True)
    (tmp_path / "disk" / "backup.zip").write_bytes(b"content that is nobody's business")
    (tmp_path / "disk" / "letter.txt").write_bytes(b"content that is nobody's business")
    return tmp_path / "disk"


def browse(reader: Any, kind: str, path: object) -> Any:
    return reader.get(f"/folders/{kind}", query_string={"path": str(path), "for": "place"})


def test_folders_are_shown_by_name_and_files_are_not(reader: Any, tree_of_folders: Path) -> None:
    html = browse(reader, "folder", tree_of_folders).text
    assert "Boekhouding" in html
    assert "Zoë &amp; Zn &lt;b&gt;" in html
    assert ".hidden" not in html
    assert "backup.zip" not in html


def test_backup_files_are_shown_where_a_file_is_asked_for(
    reader: Any, tree_of_folders: Path
) -> None:
    html = browse(reader, "file", tree_of_folders).text
    assert "backup.zip" in html
    assert "letter.txt" not in html
    assert "nobody" not in html


@pytest.mark.parametrize(
    "path", ["..", "../..", "/tmp/../etc", "etc", "~root", "\0", "/etc\0/x", "file:///etc"]
)
def test_only_whole_paths_are_taken(path: str, reader: Any) -> None:
    answer = browse(reader, "folder", path)
    assert answer.status_code == 422
    assert "passwd" not in answer.text


@pytest.mark.parametrize("kind", ["folder", "file", "any", "nonsense"])
def test_a_file_is_never_opened(kind: str, reader: Any, tree_of_folders: Path) -> None:
    answer = browse(reader, kind, tree_of_folders / "letter.txt")
    assert answer.status_code in {200, 404}
    assert "nobody" not in answer.text


def test_what_is_not_there_or_may_not_be_read_is_empty(reader: Any, tmp_path: Path) -> None:
    answer = browse(reader, "folder", tmp_path / "nowhere")
    assert answer.status_code == 200
    assert "Nothing to choose" in answer.text
