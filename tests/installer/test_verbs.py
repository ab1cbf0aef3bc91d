"""The command line: says what it can do, and refuses the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[2] / "installer"


def ask(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it with the standard library alone, as on a fresh machine."""
    command = [sys.executable, "-I", "-S", str(INSTALLER), *words]
    return subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


@pytest.mark.parametrize(("words", "code"), [([], 2), (["fly"], 2), (["--help"], 0)])
def test_what_it_can_do_is_listed(words: list[str], code: int) -> None:
    answer = ask(*words)
    assert answer.returncode == code, answer.stderr
    for verb in ("setup", "run", "test", "lint", "strings", "build", "lock"):
        assert f"\n  {verb} " in answer.stdout
