"""What belongs to an administration is all there, and nothing else."""

import os
import socket
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.model import Layout, Source
from bewaar.storage.entry import Tree
from bewaar.storage.fileset import FileSet
from bewaar.storage.taking import Pace
from bewaar.storage.tree import look
from tests import samples
from tests.rights import as_anyone

FILES = FileSet(pace=Pace(settle=0.01, settle_lively=0.01))

PAIRS = ((".zip", ".ztx"),)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "books" / "Jansen"
    place.mkdir(parents=True)
    (place / "boek.dat").write_bytes(b"books")
    return place


def names(tree: Tree) -> list[str]:
    return [file.path for file in tree.files]


def see(place: Path, *, with_documents: bool = True, **layout: object) -> Tree:
    said = Layout(**layout)  # type: ignore[arg-type]
    return look(Source(place=place, layout=said, documents=with_documents))


# ── What a profile says ─────────────────────────────────────────────────────────────────────


def test_excluded_files_and_folders_are_left_out(place: Path) -> None:
    (place / "cache" / "deep").mkdir(parents=True)
    (place / "cache" / "deep" / "x.dat").touch()
    (place / "a.TMP").touch()
    tree = see(place, excludes=("**/*.tmp", "cache"))
    assert names(tree) == ["boek.dat"]
    assert tree.folders == ()


def test_what_is_excluded_may_be_unreadable(place: Path) -> None:
    (place / "lock").symlink_to("user@host:1234")
    assert names(see(place, excludes=("lock",))) == ["boek.dat"]


def test_documents_are_a_part_of_their_own_and_left_out_on_request(place: Path) -> None:
    samples.document(place / "archief" / "2026" / "bon.pdf")
    archive = ("archief/**",)
    parts = {file.path: file.part for file in see(place, documents=archive).files}
    assert parts == {"boek.dat": "", "archief/2026/bon.pdf": "documents"}
    assert names(see(place, with_documents=False, documents=archive)) == ["boek.dat"]


def test_a_new_document_changes_nothing_for_who_wants_no_documents(place: Path) -> None:
    samples.document(place / "archief" / "1.pdf")
    source = Source(place=place, layout=Layout(documents=("archief/*",)), documents=False)
    before = FILES.signature(source), FILES.fingerprint(source)
    samples.document(place / "archief" / "2.pdf")
    assert (FILES.signature(source), FILES.fingerprint(source)) == before


def test_lock_files_are_no_books_and_opening_the_program_changes_nothing(place: Path) -> None:
    source = Source(place=place, layout=Layout(markers=("{stem}.ldb",)))
    before = FILES.signature(source), FILES.fingerprint(source)
    (place / "boek.ldb").write_bytes(b"PC")
    assert names(look(source)) == ["boek.dat"]
    assert (FILES.signature(source), FILES.fingerprint(source)) == before


@pytest.mark.parametrize(("lonely", "missing"), [("a.zip", "a.ztx"), ("A.ZTX", "a.zip")])
def test_half_a_pair_is_refused(place: Path, lonely: str, missing: str) -> None:
    (place / "sub").mkdir()
    (place / "sub" / lonely).touch()
    with pytest.raises(errors.PairBroken) as broken:
        see(place, pairs=PAIRS)
    assert broken.value.params == {"path": f"sub/{lonely}", "missing": f"sub/{missing}"}


def test_a_whole_pair_is_fine_in_any_case_of_letters(place: Path) -> None:
    (place / "A.ZIP").touch()
    (place / "a.ztx").touch()
    assert names(see(place, pairs=PAIRS)) == ["A.ZIP", "a.ztx", "boek.dat"]


def test_one_file_of_a_pair_brings_the_other(place: Path) -> None:
    (place / "mandant.zip").write_bytes(b"data")
    (place / "mandant.ZTX").write_bytes(b"info")
    assert names(see(place / "mandant.zip", pairs=PAIRS)) == ["mandant.zip", "mandant.ZTX"]
    (place / "mandant.ZTX").unlink()
    with pytest.raises(errors.PairBroken):
        see(place / "mandant.zip", pairs=PAIRS)


# ── What a disk says ────────────────────────────────────────────────────────────────────────


def test_a_link_to_a_file_is_that_file(place: Path, tmp_path: Path) -> None:
    (tmp_path / "elders.dat").write_bytes(b"elsewhere")
    (place / "hier.dat").symlink_to(tmp_path / "elders.dat")
    (tmp_path / "to").mkdir()
    snapshot = FILES.snapshot(Source(place=place), tmp_path / "to")
    content = {file.path: file.local.read_bytes() for file in snapshot.files}
    assert content == {"boek.dat": b"books", "hier.dat": b"elsewhere"}


def test_a_link_to_a_folder_is_followed(place: Path, tmp_path: Path) -> None:
    (tmp_path / "archief").mkdir()
    (tmp_path / "archief" / "bon.pdf").touch()
    (place / "archief").symlink_to(tmp_path / "archief")
    assert names(see(place)) == ["archief/bon.pdf", "boek.dat"]


@pytest.mark.parametrize("target", [".", "..", "/", "../.."])
def test_a_link_that_leads_back_is_not_followed_but_named(place: Path, target: str) -> None:
    (place / "z").symlink_to(target)
    tree = see(place)
    assert names(tree) == ["boek.dat"]
    assert [(skipped.path, skipped.kind) for skipped in tree.skipped] == [("z", "loop")]


def test_two_folders_that_link_to_each_other_end(place: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (place / one).mkdir()
        (place / one / "x.dat").touch()
        (place / one / other).symlink_to(place / other)
    assert names(see(place)) == ["a/b/x.dat", "a/x.dat", "b/a/x.dat", "b/x.dat", "boek.dat"]


def test_a_link_that_leads_nowhere_is_an_unreadable_file(place: Path) -> None:
    (place / "archief").symlink_to("/media/stick/archief")
    with pytest.raises(errors.SourceUnreadable) as unreadable:
        see(place)
    assert unreadable.value.params["path"] == str(place / "archief")


def test_a_folder_that_cannot_be_listed_fails_the_whole(place: Path) -> None:
    (place / "dicht").mkdir()
    (place / "dicht" / "x.dat").touch()
    (place / "dicht").chmod(0)
    with as_anyone(), pytest.raises(errors.SourceUnreadable) as unreadable:
        see(place)
    assert unreadable.value.params["path"] == str(place / "dicht")


def test_what_is_no_file_is_named_and_passed_over(place: Path) -> None:
    os.mkfifo(place / "pijp")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place / "s"))
        tree = see(place)
    assert names(tree) == ["boek.dat"]
    assert {(s.path, s.kind) for s in tree.skipped} == {("pijp", "fifo"), ("s", "socket")}


def test_a_device_as_place_is_nothing(tmp_path: Path) -> None:
    assert see(Path("/dev/null")).files == ()
    with pytest.raises(errors.SourceEmpty):
        FILES.snapshot(Source(place=Path("/dev/null")), tmp_path)


def test_bewaars_own_folders_are_no_books(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = place / "Bewaar"
    monkeypatch.setenv("BEWAAR_HOME", str(own))
    (own / "cache").mkdir(parents=True)
    (own / "cache" / "snapshot").touch()
    assert names(see(place)) == ["boek.dat"]
    assert names(see(own / "cache")) == ["snapshot"]  # unless that is what is meant


def test_a_very_deep_tree_is_read_to_its_end(place: Path) -> None:
    deep = place
    for _ in range(300):
        deep /= "d"
        deep.mkdir()
    (deep / "x.dat").touch()
    assert names(see(place))[-1].count("/") == 300


def test_a_file_with_holes_takes_no_more_room_as_a_copy(place: Path, tmp_path: Path) -> None:
    with (place / "gaten.dat").open("wb") as file:
        file.write(b"begin")
        file.seek(64 << 20)
        file.write(b"end")
    (tmp_path / "to").mkdir()
    snapshot = FILES.snapshot(Source(place=place), tmp_path / "to")
    copy = next(file.local for file in snapshot.files if file.path == "gaten.dat")
    assert copy.stat().st_size == (64 << 20) + 3
    assert copy.stat().st_blocks * 512 < 4 << 20
    assert copy.read_bytes() == (place / "gaten.dat").read_bytes()


def test_a_file_that_is_all_hole_keeps_its_length(place: Path, tmp_path: Path) -> None:
    (place / "leeg.dat").touch()
    os.truncate(place / "leeg.dat", 5 << 20)
    (tmp_path / "to").mkdir()
    snapshot = FILES.snapshot(Source(place=place), tmp_path / "to")
    assert {file.path: file.size for file in snapshot.files}["leeg.dat"] == 5 << 20
