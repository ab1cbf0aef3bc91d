"""Words that do not fit are told as such, and nothing is done."""

import pytest

from tests.cli.conftest import Bewaar


@pytest.mark.parametrize(
    "words",
    [
        ("vlieg",),
        ("backup",),
        ("backup", "--all", "--changed", "holding", "--to", "x"),
        ("backup", "--all", "--password", "--password-stdin", "--to", "x"),
        ("restore",),
        ("restore", "a.zip"),
        ("restore", "a.zip", "--new", "x"),
        ("restore", "a.zip", "--into", "x", "--original"),
        ("restore", "a.zip", "--original", "--over", "b"),
        ("verify",),
        ("status", "--vlieg"),
    ],
)
def test_wrong_use_leaves_with_2_and_does_nothing(words: tuple[str, ...], bewaar: Bewaar) -> None:
    answer = bewaar(*words)
    assert answer.code == 2
    assert answer.out == ""


@pytest.mark.parametrize("words", [("vlieg",), ("backup",), ("restore", "a.zip", "--new", "x")])
def test_wrong_use_is_one_json_value_for_scripts(words: tuple[str, ...], bewaar: Bewaar) -> None:
    scripted = bewaar(*words, "--json")
    assert scripted.code == 2
    assert scripted.value["error"]["code"] == "usage"
    assert scripted.value["error"]["message"]
    assert scripted.err == ""


def test_a_password_is_no_argument(office: Bewaar) -> None:
    assert office("backup", "--all", "--to", office.stick, "--password=geheim").code == 2


def test_help_needs_neither_home_nor_engine(bewaar: Bewaar) -> None:
    answer = bewaar("--help", BEWAAR_HOME="/proc/nowhere")
    assert answer.code == 0
    verbs = ["find", "add", "list", "status", "backup", "history", "show", "verify", "restore"]
    places = [answer.out.index(f"\n  {verb} ") for verb in (*verbs, "undo", "rebuild")]
    assert places == sorted(places)
