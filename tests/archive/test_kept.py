"""Backups made by earlier versions open for ever: these were, and may never be made again."""

from pathlib import Path

import pytest

from bewaar.archive import open_archive
from bewaar.model import Code, Openness
from tests.archive.books import tree

KEPT = Path(__file__).parent / "kept"
CONTENT: dict[str, bytes | None] = {
    "boek.db": b"SQLite" + bytes(1_200_000),
    "2025/journaal é.txt": b"1;2025-01-02;Inkoop\n" * 200,
    "leeg.txt": b"",
    "bon 10:30.": b"renamed",
    "Bon 10:30.": b"and again",
    "lege map": None,
}


@pytest.mark.parametrize(
    ("file", "password", "digest"),
    [
        ("format-1.zip", None, "c008a5be53c8083be5c17fef8aa534fa1f3cbcbda6f2ef11f682a605d18ae494"),
        (
            "format-1-locked.zip",
            "kaas-en-brood-é-77",
            "0a22cacf77b553923d68b4a3f7f8ffeb82833a561195783f7029904d399a4c81",
        ),
    ],
)
def test_a_backup_of_format_1(tmp_path: Path, file: str, password: str | None, digest: str) -> None:
    with (
        (KEPT / file).open("rb") as stream,
        open_archive(stream, file=file, password=password, blake3=digest) as opened,
    ):
        assert opened.verify().blake3 == digest
        (inside,) = opened.manifest.administrations
        assert inside.content.name == "Bakkerij Jansen & zoon"
        assert inside.content.counts.transactions == 37
        assert inside.open_state.openness is Openness.OPEN
        assert {file.part for file in inside.files} == {"", "2025"}
        opened.extract(tmp_path, code=Code("JANSEN"))
    assert tree(tmp_path) == CONTENT
