"""Safe habits with files, on real folders."""

import os
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar import errors, files
from bewaar.progress import Silent
from tests.mounts import Mounts, needs

EVIL_NAMES = [
    *("", " ", ".", "..", "...", "/", "\\", "\0", "\n", "CON", "con.txt", "Nul .x", "COM¹", "lpt0"),
    *("conin$", "a:b", "a/b", '<>|?*"', "ends. ", ".hidden", "\u202egpj.exe", "\ud800", "e\u0301"),
    *("é" * 300, "😀" * 60, "x" * 199 + " y", "aux." * 80),
]


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as these:
        yield these


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# ── Writing ─────────────────────────────────────────────────────────────────────────────────


def test_a_replaced_file_holds_the_new_content_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"old")
    files.replace_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert names_in(tmp_path) == ["settings.toml"]


def test_a_file_made_by_replacing_is_for_this_user_only(tmp_path: Path) -> None:
    files.replace_atomically(tmp_path / "secret", b"x")
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_replacing_a_link_replaces_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    files.replace_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_reader_sees_the_old_or_the_new_content_never_a_mixture(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    contents = {bytes([letter]) * 200_000 for letter in b"abc"}
    file.write_bytes(b"a" * 200_000)
    writing = (
        "import sys, pathlib; from bewaar.files import replace_atomically\n"
        "for letter in b'abc' * 40:\n"
        "    replace_atomically(pathlib.Path(sys.argv[1]), bytes([letter]) * 200_000)\n"
    )
    with subprocess.Popen([sys.executable, "-c", writing, file]) as writer:
        seen = 0
        while writer.poll() is None:
            assert file.read_bytes() in contents
            seen += 1
    assert writer.returncode == 0
    assert seen > 0


def test_when_the_file_may_not_grow_the_old_one_stays_and_no_temporary_is_left(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings.toml").write_bytes(b"old")
    limited = (
        "import pathlib, resource, signal, sys; from bewaar.files import replace_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    replace_atomically(pathlib.Path(sys.argv[1]), bytes(5000))\n"
        "except OSError:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", limited, tmp_path / "settings.toml"], check=False)
    assert done.returncode == 7
    assert (tmp_path / "settings.toml").read_bytes() == b"old"
    assert names_in(tmp_path) == ["settings.toml"]


@needs()
def test_on_a_full_disk_the_old_one_stays_and_no_temporary_is_left(
    tmp_path: Path, mounts: Mounts
) -> None:
    disk = mounts.tmpfs(tmp_path / "disk", "1m")
    (disk / "settings.toml").write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"):
        files.replace_atomically(disk / "settings.toml", bytes(2 << 20))
    assert (disk / "settings.toml").read_bytes() == b"old"
    assert names_in(disk) == ["settings.toml"]


# ── Hashing ─────────────────────────────────────────────────────────────────────────────────


def test_the_hash_is_blake3(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    # From the published test vectors of BLAKE3
    empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert files.hash_file(tmp_path / "empty") == empty


def test_the_hash_sees_one_flipped_byte_far_into_a_file(tmp_path: Path) -> None:
    data = bytearray(os.urandom(3 * files.CHUNK + 17))
    (tmp_path / "a").write_bytes(data)
    before = files.hash_file(tmp_path / "a")
    data[-1] ^= 1
    (tmp_path / "a").write_bytes(data)
    assert files.hash_file(tmp_path / "a") != before


def test_hashing_stops_when_asked_to(tmp_path: Path) -> None:
    class Stop(Silent):
        def check(self) -> None:
            raise errors.Cancelled

    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(errors.Cancelled):
        files.hash_file(tmp_path / "a", Stop())


# ── Names ───────────────────────────────────────────────────────────────────────────────────


def assert_safe(name: str) -> None:
    assert 0 < len(name.encode()) <= files.NAME_BYTES
    assert name == unicodedata.normalize("NFC", name)
    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} for letter in name)
    assert name == name.strip(" .")
    stem = name.split(".", maxsplit=1)[0].rstrip().upper()
    assert stem not in {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    assert not (stem[:3] in {"COM", "LPT"} and stem[3:] in set("0123456789¹²³"))


@pytest.mark.parametrize("text", EVIL_NAMES)
def test_any_text_becomes_a_name_that_a_file_can_have(text: str, tmp_path: Path) -> None:
    name = files.safe_name(text)
    assert_safe(name)
    (tmp_path / name).write_bytes(b"")
    assert names_in(tmp_path) == [name]


@given(st.text())
def test_no_text_escapes(text: str) -> None:
    name = files.safe_name(text)
    assert_safe(name)
    assert files.safe_name(name) == name


@pytest.mark.parametrize(
    "text", ["Bakkerij De Vries", "Årsbokslut 2026", "Müller & Söhne (GmbH)", "2026-11-21_08"]
)
def test_an_ordinary_name_stays_as_it_is(text: str) -> None:
    assert files.safe_name(text) == text


# ── Places ──────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_inside_itself_and_its_parents_only(tmp_path: Path) -> None:
    (tmp_path / "books/2026").mkdir(parents=True)
    (tmp_path / "books2").mkdir()
    assert files.inside(tmp_path / "books", tmp_path / "books")
    assert files.inside(tmp_path / "books/2026", tmp_path / "books")
    assert not files.inside(tmp_path / "books", tmp_path / "books/2026")
    assert not files.inside(tmp_path / "books2", tmp_path / "books")


def test_a_link_or_dots_do_not_hide_that_a_place_is_inside(tmp_path: Path) -> None:
    (tmp_path / "books/2026").mkdir(parents=True)
    (tmp_path / "link").symlink_to("books")
    assert files.inside(tmp_path / "link/2026/new", tmp_path / "books")
    assert files.inside(tmp_path / "books/2026", tmp_path / "link")
    assert files.inside(tmp_path / "other/../books/2026", tmp_path / "books")
    assert not files.inside(tmp_path / "books/../other", tmp_path / "books")


def test_links_that_point_at_each_other_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert not files.inside(tmp_path / "a", tmp_path / "books")


def test_places_that_do_not_exist_yet_are_compared_by_name(tmp_path: Path) -> None:
    assert files.inside(tmp_path / "new/backups", tmp_path / "new")
    assert files.inside(tmp_path / "NEW/backups", tmp_path / "new")
    assert not files.inside(tmp_path / "newer/backups", tmp_path / "new")
    assert not files.inside(tmp_path, tmp_path / "new")


def test_case_decides_where_the_file_system_says_so(tmp_path: Path) -> None:
    (tmp_path / "Books").mkdir()
    (tmp_path / "books").mkdir()
    assert not files.inside(tmp_path / "Books/2026", tmp_path / "books")


@needs("mkfs.vfat", "fusefat")
def test_case_does_not_decide_on_fat(tmp_path: Path, mounts: Mounts) -> None:
    disk = mounts.fat(tmp_path / "disk", tmp_path / "image")
    (disk / "Books").mkdir()
    assert files.inside(disk / "books/2026", disk / "BOOKS")


def test_overlap_is_seen_from_both_sides(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    assert files.overlap(tmp_path / "books", tmp_path / "books/backups")
    assert files.overlap(tmp_path / "books/backups", tmp_path / "books")
    assert not files.overlap(tmp_path / "books", tmp_path / "backups")


def test_free_space_is_told_for_a_place_that_does_not_exist_yet(tmp_path: Path) -> None:
    here, later = files.free_space(tmp_path), files.free_space(tmp_path / "a/b/c")
    assert here is not None
    assert later is not None
    assert here > 0


@needs()
def test_free_space_and_device_are_those_of_the_disk_that_is_mounted_there(
    tmp_path: Path, mounts: Mounts
) -> None:
    disk = mounts.tmpfs(tmp_path / "disk", "4m")
    assert files.free_space(disk / "new") == 4 << 20
    assert not files.same_device(disk / "new", tmp_path)
    assert files.same_device(tmp_path / "a", tmp_path / "b")


# ── Trees ───────────────────────────────────────────────────────────────────────────────────


def test_the_size_of_a_tree_counts_files_once_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "tree/deep").mkdir(parents=True)
    (tmp_path / "big").write_bytes(bytes(5000))
    (tmp_path / "tree/a").write_bytes(bytes(10))
    (tmp_path / "tree/deep/b").write_bytes(bytes(20))
    (tmp_path / "tree/link").symlink_to(tmp_path / "big")
    (tmp_path / "tree/loop").symlink_to(tmp_path / "tree")
    assert files.size_of_tree(tmp_path / "tree") == 30
    assert files.size_of_tree(tmp_path / "big") == 5000


def test_removing_a_tree_spares_what_its_links_point_to(tmp_path: Path) -> None:
    (tmp_path / "tree/deep").mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/books").write_bytes(b"x")
    (tmp_path / "tree/deep/link").symlink_to(tmp_path / "kept")
    (tmp_path / "tree/file").symlink_to(tmp_path / "kept/books")
    files.remove_tree(tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
    assert (tmp_path / "kept/books").read_bytes() == b"x"


def test_removing_a_link_to_a_folder_removes_the_link_only(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to("kept")
    files.remove_tree(tmp_path / "link")
    assert names_in(tmp_path) == ["kept"]


def test_removing_what_is_absent_or_a_single_file_is_fine(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files.remove_tree(tmp_path / "file")
    files.remove_tree(tmp_path / "file")
    assert names_in(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="rights of Unix")
def test_a_tree_without_rights_is_removed_by_an_ordinary_user_too() -> None:
    script = (
        "import os, pathlib, sys; from bewaar.files import remove_tree\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "tree = pathlib.Path(sys.argv[1]); (tree / 'a/b').mkdir(parents=True)\n"
        "(tree / 'a/b/file').touch(); (tree / 'a/b').chmod(0); (tree / 'a').chmod(0o500)\n"
        "remove_tree(tree)\n"
    )
    with tempfile.TemporaryDirectory() as name:  # tmp_path lies where only root may go
        Path(name).chmod(0o777)
        subprocess.run([sys.executable, "-c", script, f"{name}/tree"], check=True)
        assert names_in(Path(name)) == []
