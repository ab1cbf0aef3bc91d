"""Patterns mean what profiles mean by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.storage.patterns import about_file, for_file, for_folder, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.LCK", "boek.lck"),
        ("**/*.lck", "boek.LCK"),
        ("**/*.lck", "a/b/boek.lck"),
        ("docs/**", "docs/a/b.pdf"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("20[0-9][0-9]/?.dat", "2026/x.dat"),
        ("[!a]*", "boek"),
        ("**", "anything/at/all"),
        ("a.b", "a.b"),
        ("(x)+$", "(x)+$"),
        ("é*", "É.txt"),
        ("new\nline*", "new\nline.txt"),
    ],
)
def test_matches(pattern: str, path: str) -> None:
    assert matches(path, (pattern,))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.LCK", "map/boek.lck"),
        ("*", "a/b"),
        ("?", "/"),
        ("docs/**", "docs"),
        ("docs/**", "olddocs/x"),
        ("a.b", "axb"),
        ("[!a]*", "anna"),
        ("*.lck", "boek.lck.txt"),
        ("", "x"),
    ],
)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not matches(path, (pattern,))


def test_no_pattern_matches_nothing() -> None:
    assert not matches("", ())
    assert not matches("anything", ())


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1))
def test_the_lock_of_a_file_is_found_whatever_the_file_is_called(name: str) -> None:
    assert matches(f"{name}.LCK", (for_file("{name}.LCK", name),))
    assert not matches(f"x{name}.LCK", (for_file("{name}.LCK", name),))


def test_patterns_about_one_file_find_its_neighbours_anywhere_in_a_folder() -> None:
    assert for_folder("{stem}.ldb") == "**/*.ldb"
    assert for_folder(".~lock.{name}#") == "**/.~lock.*#"
    assert for_folder("**/*.tmp") == "**/*.tmp"
    assert about_file("{stem}.ldb")
    assert not about_file("*.ldb")


def test_the_stem_of_a_name_is_what_stands_before_its_last_dot() -> None:
    assert for_file("{stem}.ldb", "boek.2026.mdb") == "boek.2026.ldb"
    assert for_file("{stem}.ldb", "boek") == "boek.ldb"
    assert for_file("{stem}.ldb", ".mdb") == ".mdb.ldb"
