"""A manifest that lies, swells or is none harms nobody."""

import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bewaar.archive import listing, open_archive
from bewaar.archive.manifest_json import to_bytes
from bewaar.errors import BackupDamaged, BackupHostile, BackupNewer
from tests.archive.books import CODE, tree
from tests.archive.forge import (
    BOOKS,
    Forge,
    manifest_of,
)
from tests.archive.refusing import (
    read_all,
    refused,
)

MEBIBYTE = 1 << 20


def test_a_manifest_that_swells(tmp_path: Path) -> None:
    manifest = b" " * (40 * MEBIBYTE) + to_bytes(manifest_of(BOOKS))
    assert refused(Forge().closed(manifest), tmp_path).params["reason"] == "ratio"


def test_a_manifest_of_nothing_but_brackets(tmp_path: Path) -> None:
    """Each takes twenty times as much memory as it takes room in the text."""
    manifest = b'{"format": 1, "more": [' + b"[]," * (5 * MEBIBYTE) + b"[]]}"
    assert refused(Forge().closed(manifest), tmp_path).params["reason"] == "ratio"


def test_names_of_nothing_but_brackets_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_VALUES", (0, *listing._VALUES[1:]))
    books = {f"{n}" + "[{,}]" * 40: b"" for n in range(40)}
    with open_archive(io.BytesIO(Forge(books).closed()), file="x") as opened:
        assert opened.manifest.administrations[0].content.files == len(books)


@pytest.mark.parametrize(
    "path", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "", "x\0y", "a//b"]
)
def test_true_names_in_the_manifest_that_lead_outside(tmp_path: Path, path: str) -> None:
    manifest = manifest_of({path: b"evil"}, renamed={path: "evil"})
    forge = Forge({}, manifest)
    forge.add("JANSEN/evil", b"evil")
    assert refused(forge.closed(), tmp_path).params["reason"] == "outside"


@pytest.mark.parametrize("code", ["..", "../x", "", "/", "a/b", "CON", "README.txt"])
def test_codes_that_are_no_folder(tmp_path: Path, code: str) -> None:
    forge = Forge({}, manifest_of(BOOKS, code=code))
    refused(forge.closed(), tmp_path)


def test_one_true_name_for_two_files(tmp_path: Path) -> None:
    manifest = manifest_of(BOOKS)
    inside = manifest.administrations[0]
    same = tuple(dataclasses.replace(file, path="a.txt") for file in inside.files)
    forge = Forge()
    forge.manifest = dataclasses.replace(
        manifest, administrations=(dataclasses.replace(inside, files=same),)
    )
    assert refused(forge.closed(), tmp_path).params["reason"] == "duplicate"


def test_an_administration_twice(tmp_path: Path) -> None:
    manifest = manifest_of(BOOKS)
    forge = Forge()
    forge.manifest = dataclasses.replace(manifest, administrations=manifest.administrations * 2)
    refused(forge.closed(), tmp_path)


def test_a_true_name_below_a_file(tmp_path: Path) -> None:
    files = {"a": b"1", "a/b": b"2"}
    for stored in ("c", "c/b"):
        forge = Forge({}, manifest_of(files, renamed={"a/b": stored}))
        forge.add("JANSEN/a", b"1")
        forge.add(f"JANSEN/{stored}", b"2")
        (tmp_path / stored).mkdir(parents=True)
        room = tmp_path / stored / "room"
        room.mkdir()
        assert refused(forge.closed(), room).params["reason"] == "folder"


@pytest.mark.timeout(60)
def test_true_names_as_deep_as_the_sea_take_no_memory(tmp_path: Path) -> None:
    """All folders above one path of a million are half a terabyte of names."""
    for path, reason in (("x/" * 1_000_000 + "x", "long"), ("x/" * 15_000 + "x", "folder")):
        manifest = manifest_of({path: b"1", "y:": b"2"}, renamed={path: "x", "y:": "y"})
        forge = Forge({}, manifest)
        forge.add("JANSEN/x", b"1")
        forge.add("JANSEN/y", b"2")
        room = tmp_path / reason
        room.mkdir()
        assert refused(forge.closed(), room).params["reason"] == reason


def test_books_that_hold_nothing(tmp_path: Path) -> None:
    nothing = dataclasses.replace(manifest_of(BOOKS), administrations=())
    for number, manifest in enumerate((nothing, manifest_of({}))):
        forge = Forge({}, manifest)
        (tmp_path / str(number)).mkdir()
        assert isinstance(refused(forge.closed(), tmp_path / str(number)), BackupDamaged)


def test_two_administrations_that_some_disk_takes_for_one(tmp_path: Path) -> None:
    first, second = manifest_of({"a": b"1"}), manifest_of({"b": b"2"}, code="jansen")
    forge = Forge({})
    forge.add("JANSEN/a", b"1")
    forge.add("jansen/b", b"2")
    forge.manifest = dataclasses.replace(
        first, administrations=(*first.administrations, *second.administrations)
    )
    assert refused(forge.closed(), tmp_path).params["reason"] == "collision"


def test_names_as_long_as_they_get_make_no_manifest_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where there are so many that what a manifest may have anyhow no longer counts."""
    monkeypatch.setattr(listing, "_BYTES", (0, *listing._BYTES[1:]))
    files = {f"{n}/" + f"{'x' * 250}/" * 31 + "x": b"" for n in range(40)}
    with open_archive(io.BytesIO(Forge(files).closed()), file="x.zip") as opened:
        assert opened.manifest.administrations[0].content.files == len(files)


def test_a_newer_format_says_so(tmp_path: Path) -> None:
    text = json.loads(to_bytes(manifest_of(BOOKS)))
    manifest = json.dumps({"format": 2, "other": text}).encode()
    error = refused(Forge().closed(manifest), tmp_path)
    assert isinstance(error, BackupNewer)
    assert (error.params["format"], error.params["supported"]) == (2, 1)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 1' + b"0" * 5000 + b"}",
        b'{"format": true}',
        b'{"format": 1.0}',
        b'{"format": -1}',
        b'{"format": 1, "id": "x"}',
    ],
    ids=range(11),
)
def test_a_manifest_that_is_none(tmp_path: Path, manifest: bytes) -> None:
    assert isinstance(refused(Forge().closed(manifest), tmp_path), BackupDamaged | BackupNewer)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
PLACES = list(re.finditer(rb'(?<=: )("[^"]*"|[-\w]+|\[\]|\{\})', to_bytes(manifest_of(BOOKS))))


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_any_other_value_in_the_manifest_is_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: re.Match[bytes], value: object
) -> None:
    good = to_bytes(manifest_of(BOOKS))
    manifest = good[: place.start()] + json.dumps(value).encode() + good[place.end() :]
    folder = tmp_path_factory.mktemp("value")
    try:
        read_all(Forge().closed(manifest), folder / "out")
    except (BackupDamaged, BackupHostile, BackupNewer):
        return
    assert set(tree(folder / "out" / CODE).values()) == set(BOOKS.values())
