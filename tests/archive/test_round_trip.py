"""What goes into a backup comes out again, to the byte, under its true name."""

import io
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bewaar.archive import open_archive
from bewaar.archive.deflate import BLOCK
from bewaar.archive.pipeline import PIECE
from bewaar.errors import TargetExists, TargetUnwritable, UnknownAdministration
from bewaar.model import Code
from tests.archive.books import (
    CODE,
    MTIME_NS,
    PASSWORD,
    archive,
    bookings,
    extract,
    listed_file,
    noise,
    put,
    snapshot,
    snapshot_of,
    tree,
)

PROTECTION = pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])

FILLS: dict[str, Callable[[int], bytes]] = {"shrinks": bookings, "stays": noise, "zeros": bytes}
EDGES = {
    f"{kind} {size}": fill(size)
    for kind, fill in FILLS.items()
    for size in (0, 1, BLOCK - 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + BLOCK + 1)
}


@PROTECTION
def test_files_of_every_size_and_kind_come_back(tmp_path: Path, password: str | None) -> None:
    source = put(tmp_path / "source", EDGES | {"gemengd": bookings(PIECE) + noise(PIECE) + b"end"})
    made = archive(snapshot(source), password=password)
    assert extract(made.data, tmp_path / "out", password=password) == tree(source)


@PROTECTION
def test_what_is_said_when_writing_is_what_is_read(tmp_path: Path, password: str | None) -> None:
    source = put(tmp_path / "source", {"a.db": noise(999), "2025/b é.txt": b"b"})
    made = archive(snapshot(source, folders=["leeg/dieper"]), password=password)
    with open_archive(io.BytesIO(made.data), file="x", password=password) as opened:
        assert opened.encrypted == (password is not None)
        assert opened.manifest == made.written.manifest
        verified = opened.verify()
    assert (verified.files, verified.size) == (2, 1000)
    assert verified.blake3 == made.written.blake3
    assert made.written.size == len(made.data)


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these names")
@PROTECTION
def test_names_no_other_system_can_hold_come_back_exactly(
    tmp_path: Path, password: str | None
) -> None:
    names = [
        "a:b",
        "a_b",
        "einde.",
        "spatie ",
        " voor",
        "dubbel  spatie",
        ".verborgen",
        "CON",
        "con.txt",
        "Com1.dbf",
        "back\\slash",
        'vraag?"<>|*',
        "Factuur.PDF",
        "factuur.pdf",
        "FACTUUR.pdf",
        "Map/x",
        "map/x",
        unicodedata.normalize("NFC", "café"),
        unicodedata.normalize("NFD", "café"),
        "Straße",
        "strasse",
        "regel\nsprong",
        "rechts\u202enaar links",
        "emoji 🧾",
        os.fsdecode(b"latin-\xe9.txt"),
        os.fsdecode(b"map-\xff/latin-\xe9.txt"),
        "x" * 250,
        "é" * 125,
        "ß:" * 80,
        "README.txt",
        "bewaar-manifest.json",
        "/".join(f"{n} diep" for n in range(300)),
    ]
    content = {name: os.fsencode(name) for name in names}
    source = put(tmp_path / "source", content)
    made = archive(snapshot(source, folders=["leeg.", "LEEG"]), password=password)
    out = extract(made.data, tmp_path / "out", password=password)
    assert out == content | {"leeg.": None, "LEEG": None}


@PROTECTION
def test_times_and_empty_folders_come_back(tmp_path: Path, password: str | None) -> None:
    source = put(tmp_path / "source", {"a": b"a", "b/c": b"c"})
    ancient = listed_file("oud", source / "a")
    made = archive(snapshot_of((ancient,), folders=["leeg", "x/y/z"]), password=password)
    out = extract(made.data, tmp_path / "out", password=password)
    assert out == {"oud": b"a", "leeg": None, "x/y/z": None}
    assert (tmp_path / "out/oud").stat().st_mtime_ns == MTIME_NS


def test_one_part_can_be_taken_out_alone(tmp_path: Path) -> None:
    source = put(tmp_path / "source", {"2024/a": b"1", "2025/b": b"2", "journaal": b"3"})
    parts = {"2024": "2024", "2025": "2025"}
    made = archive(snapshot(source, folders=["leeg"], parts=parts))
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        for wanted, expected in [
            (["2025"], {"2025/b": b"2"}),
            (["", "2024"], {"2024/a": b"1", "journaal": b"3", "leeg": None}),
            ([], {}),
        ]:
            to = tmp_path / "-".join(["out", *wanted])
            to.mkdir()
            files = opened.extract(to, code=CODE, parts=wanted)
            assert tree(to) == expected
            assert {file.path for file in files} == {k for k, v in expected.items() if v}


def test_several_administrations_lie_side_by_side(tmp_path: Path) -> None:
    one = put(tmp_path / "one", {"boek": b"one"})
    two = put(tmp_path / "two", {"boek": b"two"})
    made = archive(snapshot(one), snapshot(two))
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        codes = [inside.content.code for inside in opened.manifest.administrations]
    assert extract(made.data, tmp_path / "out1", code=codes[0]) == {"boek": b"one"}
    assert extract(made.data, tmp_path / "out2", code=codes[1]) == {"boek": b"two"}


def test_databases_are_laid_out_while_everything_is_read(tmp_path: Path) -> None:
    source = put(tmp_path / "source", {"a.db": noise(3 * PIECE), "x/b.db": b"b", "c.txt": b"c"})
    made = archive(snapshot(source), snapshot(source), password=PASSWORD)
    with open_archive(io.BytesIO(made.data), file="x", password=PASSWORD) as opened:
        verified = opened.verify(databases_to=tmp_path / "scratch")
    databases = {"a.db": noise(3 * PIECE), "x/b.db": b"b"}
    for code in (CODE, Code(f"{CODE}1")):
        assert tree(tmp_path / "scratch" / code) == databases
        assert {path for of, path in verified.databases if of == code} == set(databases)


def test_an_unknown_administration_is_no_extraction(tmp_path: Path) -> None:
    made = archive(snapshot(put(tmp_path / "source", {"a": b"a"})))
    with (
        open_archive(io.BytesIO(made.data), file="x") as opened,
        pytest.raises(UnknownAdministration),
    ):
        opened.extract(tmp_path, code=Code("ANDERS"))


def test_only_an_empty_folder_is_extracted_into(tmp_path: Path) -> None:
    source = put(tmp_path / "source", {"a": b"mine"})
    made = archive(snapshot(source))
    with open_archive(io.BytesIO(made.data), file="x") as opened:
        with pytest.raises(TargetExists):
            opened.extract(source, code=CODE)
        with pytest.raises(TargetUnwritable):
            opened.extract(tmp_path / "nowhere", code=CODE)
    assert tree(source) == {"a": b"mine"}


def test_the_same_books_give_the_same_plain_archive(tmp_path: Path) -> None:
    source = snapshot(put(tmp_path / "source", {f"{n}": noise(n * 999, n) for n in range(200)}))
    assert archive(source).data == archive(source).data


def test_an_encrypted_archive_tells_nothing_of_what_is_inside(tmp_path: Path) -> None:
    source = put(tmp_path / "source", {"salarissen.txt": b"salarissen " * 50})
    one, two = (archive(snapshot(source), password=PASSWORD).data for _ in range(2))
    assert one != two  # a fresh salt each time
    assert all(word not in one for word in (b"salarissen", b"Jansen", b"JANSEN", b"/boeken"))


NAME = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
).filter(lambda name: name not in {".", ".."} and len(name.encode()) <= 255)
PATH = st.lists(NAME, min_size=1, max_size=4).map("/".join)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.dictionaries(PATH, st.binary(max_size=3000), min_size=1), locked=st.booleans())
def test_whatever_the_names_and_the_content(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, bytes], locked: bool
) -> None:
    above = {path.rpartition("/")[0] for path in content}
    if any(f"{folder}/".startswith(f"{path}/") for path in content for folder in above):
        return  # no disk has a file and a folder of one name
    folder = tmp_path_factory.mktemp("trip")
    files = []
    for number, (name, data) in enumerate(content.items()):
        (folder / f"{number}").write_bytes(data)
        files.append(listed_file(name, folder / f"{number}"))
    password = PASSWORD if locked else None
    made = archive(snapshot_of(tuple(files)), password=password)
    assert extract(made.data, folder / "out", password=password) == content
