"""Every name gets a place in the zip that is safe everywhere and that nothing else has."""

import os
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.archive.names import fault, holdable, key, renamed, shown, sound

NAME = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=300).filter(
    lambda name: name not in {".", ".."}
)
PATHS = st.lists(st.lists(NAME, min_size=1, max_size=3).map("/".join), unique=True, max_size=12)


@given(PATHS)
def test_stored_names_are_safe_and_apart_on_every_system(paths: list[str]) -> None:
    new = renamed(paths)
    stored = [new.get(path, path) for path in paths]
    assert not [name for name in stored if fault(name)]
    assert len({key(name) for name in stored}) == len(paths)
    assert renamed(paths) == new


@given(PATHS)
def test_a_folder_is_one_folder(paths: list[str]) -> None:
    inside = [f"{path}/{name}" for path in paths for name in ("a", "b")]
    new = renamed(inside)
    above = [new.get(path, path).rpartition("/")[0] for path in inside]
    assert above[::2] == above[1::2]


@pytest.mark.parametrize(
    "name",
    [
        "boek.db",
        "2025/journaal é.txt",
        ".verborgen",
        "dubbel  spatie",
        " voor",
        "emoji 🧾",
        "a~b",
        "x" * 255,
        "console.txt",
        "日本/語",
        unicodedata.normalize("NFD", "é"),
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert renamed([name]) == {}


def test_a_renamed_file_keeps_its_ending_and_can_be_recognised() -> None:
    new = renamed(["Verslag 10:30.PDF", "x" * 300 + ".sqlite", "con.txt"])
    assert new["Verslag 10:30.PDF"].startswith("Verslag 10_30~")
    assert [name.rpartition(".")[2] for name in new.values()] == ["PDF", "sqlite", "txt"]


def test_a_name_that_is_already_somebody_elses_stored_name_moves_on() -> None:
    taken = renamed(["a:b"])["a:b"]
    for order in (["a:b", taken], [taken, "a:b"]):
        new = renamed(order)
        assert len({new.get(name, name) for name in order}) == 2


@pytest.mark.parametrize("path", ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.", "a\0"])
def test_paths_that_leave_their_folder_are_not_sound(path: str) -> None:
    assert not sound(path)
    assert not holdable(path)


@pytest.mark.skipif(os.name == "nt", reason="Linux's and macOS' view")
def test_what_this_system_can_hold() -> None:
    assert holdable("a:b")
    assert holdable(os.fsdecode(b"\xe9"))
    assert not holdable("half of a pair \ud83d")


def test_a_name_that_is_no_text_can_be_shown() -> None:
    assert shown(os.fsdecode(b"caf\xe9 \xc3\xa9")) == "caf\\udce9 é"


def test_a_deep_tree_takes_no_long_time() -> None:
    start = time.monotonic()
    deep = "/".join("abcdefgh" * 400)
    assert renamed([f"{deep}/{n}" for n in range(50)]) == {}
    assert time.monotonic() - start < 5
