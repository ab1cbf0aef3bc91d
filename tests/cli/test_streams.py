"""Pipes that close, terminals without letters, other languages: the work is done all the same."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.cli.conftest import COMMAND, DEADLINE, Bewaar


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_backup_is_made_when_a_stream_is_closed(stream: int, office: Bewaar) -> None:
    words = ["backup", "holding", "--to", str(office.stick)]
    shell = ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *COMMAND, *words]
    done = subprocess.run(shell, capture_output=True, check=False, timeout=DEADLINE)
    assert done.returncode == 0
    assert len(office.zips()) == 1


def test_a_backup_is_made_when_nobody_reads_the_answer(office: Bewaar) -> None:
    words = ["backup", "--all", "--to", str(office.stick), "--json"]
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=DEADLINE) == 0
    assert len(office.zips()) == 2


def test_help_into_a_closed_pipe_leaves_no_trace(bewaar: Bewaar) -> None:
    process = subprocess.Popen([*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=DEADLINE)
    assert b"Traceback" not in told


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_a_terminal_that_lacks_letters_loses_only_letters(encoding: str, bewaar: Bewaar) -> None:
    bewaar.json("add", bewaar.holding, "--name", "Café 🧁", "--code", "cafe")
    done = subprocess.run(
        [*COMMAND, "status"],
        capture_output=True,
        check=False,
        timeout=DEADLINE,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"cafe" in done.stdout


def test_json_is_plain_ascii_everywhere(bewaar: Bewaar) -> None:
    bewaar.json("add", bewaar.holding, "--name", "Café 🧁", "--code", "cafe")
    answer = bewaar("list", "--json", PYTHONIOENCODING="ascii")
    assert answer.out.isascii()
    assert answer.value["administrations"][0]["name"] == "Café 🧁"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl_NL.UTF-8", "Er wordt nog niets bewaard."),
        ("de_DE.UTF-8", "Noch wird nichts gesichert."),
        ("fr_FR.UTF-8", "Nothing is being kept safe yet."),
    ],
)
def test_it_speaks_the_computers_language(language: str, sentence: str, bewaar: Bewaar) -> None:
    assert bewaar("status", LANG=language).out.splitlines()[0] == sentence


def test_it_speaks_the_language_of_the_settings(bewaar: Bewaar) -> None:
    with bewaar.engine() as engine:
        engine.change_settings(lambda settings: replace(settings, language="sv"))
    assert bewaar("status", LANG="nl_NL.UTF-8").out.startswith("Ingenting säkerhetskopieras än.")


def test_help_speaks_the_language_too(bewaar: Bewaar) -> None:
    assert "Maakt back-ups" in bewaar("--help", LANG="nl_NL.UTF-8").out
    assert "Alle administraties." in bewaar("backup", "--help", LANG="nl_NL.UTF-8").out


def test_colours_only_where_somebody_sees_them(office: Bewaar) -> None:
    assert "\x1b" not in office("status").out


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from bewaar.cli import cli\n"
        "try:\n"
        "    cli(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'babel', 'bewaar.engine', 'blake3', 'cryptography', 'keyring', 'tomlkit'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, timeout=DEADLINE
    )
    assert done.returncode == 0, done.stderr
