"""A file that is no backup, or no good one, at the command line: a plain word, and nothing else."""

import os
from pathlib import Path

import pytest

from tests.archive.forge import Forge, manifest_of
from tests.cli.conftest import Bewaar
from tests.scene import tree


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes to choose")
def test_what_is_no_backup_is_refused_at_once(bewaar: Bewaar) -> None:
    os.mkfifo(bewaar.root / "pipe.zip")
    (bewaar.root / "zeros.zip").symlink_to("/dev/zero")
    assert bewaar.refused("show", bewaar.root / "pipe.zip") == "backup.foreign"
    (file,) = bewaar.json("verify", bewaar.root / "zeros.zip", code=1)["files"]
    assert file["error"]["code"] == "backup.foreign"
    assert (
        bewaar.refused("restore", bewaar.stick, "--new", "x", "--into", bewaar.root)
        == "backup.foreign"
    )


def test_a_hostile_file_is_refused_before_anything_comes_out(bewaar: Bewaar) -> None:
    forge = Forge()
    forge.add("JANSEN/../../evil.txt", b"evil")
    file = bewaar.root / "evil.zip"
    file.write_bytes(forge.closed())
    into = bewaar.root / "into"
    into.mkdir()
    words = ("restore", file, "--new", "x", "--into", into)
    assert bewaar.refused(*words) == "backup.hostile"
    assert not any(into.iterdir())
    assert not (bewaar.root / "evil.txt").exists()


def test_names_that_are_changed_are_said(bewaar: Bewaar) -> None:
    path = "bon \ud83d.txt"
    forge = Forge({}, manifest_of({path: b"bon"}, renamed={path: "bon~1.txt"}))
    forge.add("JANSEN/bon~1.txt", b"bon")
    file: Path = bewaar.root / "from elsewhere.zip"
    file.write_bytes(forge.closed())
    answer = bewaar("restore", file, "--new", "Terug", "--into", bewaar.root)
    assert answer.code == 0, answer.err
    assert "bon \\ud83d.txt is called bon~1.txt here." in answer.out
    assert tree(bewaar.root / "Terug") == {"bon~1.txt": b"bon"}
