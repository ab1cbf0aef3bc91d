"""What every kind of destination does when somebody means it ill, or several want the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.base import PART
from bewaar.destinations.preflight import check_writable, preflight
from tests.contract.grounds import (
    ANOTHERS,
    ID,
    ID_FILE,
    Ground,
    a_folder,
    content,
    spoil_id_file,
    store,
    write,
)


@pytest.mark.parametrize("what", [errors.Cancelled(), KeyboardInterrupt(), OSError(5, "source")])
def test_whatever_goes_wrong_while_writing_goes_through_and_nothing_is_left(
    ground: Ground, what: BaseException
) -> None:
    def fail() -> None:
        raise what

    opened = ground.open()
    with pytest.raises(type(what)) as raised:
        write(opened, "a.zip", bytes(3 << 20), then=fail)
    assert raised.value is what
    assert ground.names() == {ID_FILE}


def test_a_name_that_is_taken_is_refused_before_anything_is_written(ground: Ground) -> None:
    opened = ground.open()
    store(opened, "a.zip", b"old")
    with pytest.raises(errors.NameTaken), opened.write("a.zip"):
        pytest.fail("the block was entered")
    assert ground.names() == {ID_FILE, "a.zip"}
    assert content(opened, "a.zip") == b"old"


def test_a_part_that_somebody_else_is_writing_is_left_alone(ground: Ground) -> None:
    opened = ground.open()
    with opened.write("a.zip") as sink:
        sink.write(b"first")
        with pytest.raises(errors.NameTaken), opened.write("a.zip"):
            pytest.fail("the block was entered")
    opened.promote("a.zip")
    assert content(opened, "a.zip") == b"first"


def test_promotion_never_replaces(ground: Ground) -> None:
    opened = ground.open()
    write(opened, "a.zip", b"new")
    (ground.folder / "a.zip").write_bytes(b"came in between")
    with pytest.raises(errors.NameTaken):
        opened.promote("a.zip")
    assert content(opened, "a.zip") == b"came in between"
    assert content(opened, "a.zip.part") == b"new"


def test_names_that_differ_in_case_only_are_told_apart_or_refused(ground: Ground) -> None:
    opened = ground.open()
    store(opened, "a.zip", b"small")
    if ground.sees_case:
        store(opened, "A.zip", b"large")
        assert content(opened, "a.zip") == b"small"
    else:
        with pytest.raises(errors.NameTaken), opened.write("A.ZIP"):
            pytest.fail("the block was entered")
        assert content(opened, "A.ZIP") == b"small"


def test_promoting_or_reading_what_is_not_there_says_so(ground: Ground) -> None:
    opened = ground.open()
    with pytest.raises(errors.BackupGone):
        opened.promote("a.zip")
    with pytest.raises(errors.BackupGone), opened.read("a.zip"):
        pytest.fail("the block was entered")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up.zip", "a/b.zip", "a\\b.zip", "a\0b", ID_FILE]
)
def test_a_name_that_leads_away_is_refused(ground: Ground, name: str) -> None:
    opened = ground.open()
    (ground.folder.parent / "up.zip").write_bytes(b"not ours")
    with pytest.raises(errors.UnsafeName), opened.write(name) as sink:
        sink.write(b"x")
    for act in (opened.promote, opened.remove, lambda name: opened.put(name, b"x")):
        with pytest.raises(errors.UnsafeName):
            act(name)
    with pytest.raises(errors.UnsafeName):
        content(opened, name)
    assert ground.names() == {ID_FILE}
    assert (ground.folder.parent / "up.zip").read_bytes() == b"not ours"


def test_a_name_that_is_too_long_is_refused(ground: Ground) -> None:
    if not ground.odd_names:
        pytest.skip("the driver has another word for it")
    opened = ground.open()
    with pytest.raises(errors.UnsafeName), opened.write("x" * 300):
        pytest.fail("the block was entered")
    with pytest.raises(errors.UnsafeName):
        opened.put("x" * 300, b"x")
    assert ground.names() == {ID_FILE}


def test_links_and_pipes_are_no_entries_and_are_not_read(ground: Ground, tmp_path: Path) -> None:
    if not ground.has_links:
        pytest.skip("the file system has none")
    opened = ground.open()
    (tmp_path / "private").write_bytes(b"secret")
    (ground.folder / "link.zip").symlink_to(tmp_path / "private")
    os.mkfifo(ground.folder / "pipe.zip")
    assert list(opened.entries()) == []
    for name in ("link.zip", "pipe.zip"):
        with pytest.raises(errors.BackupGone):
            content(opened, name)


def test_a_folder_is_no_entry(ground: Ground) -> None:
    opened = ground.open()
    (ground.folder / "sub.zip").mkdir()
    assert list(opened.entries()) == []
    with pytest.raises(errors.BackupGone):
        content(opened, "sub.zip")
    with pytest.raises(errors.BewaarError):
        opened.remove("sub.zip")


def test_when_the_id_file_vanishes_in_use_nothing_is_written_or_removed(ground: Ground) -> None:
    opened = ground.open()
    store(opened, "old.zip", b"old")
    with opened.write("new.zip") as sink:
        sink.write(b"new")
    (ground.folder / ID_FILE).unlink()
    for act in (
        lambda: opened.write("a.zip").__enter__(),
        lambda: opened.promote("new.zip"),
        lambda: opened.put("a.json", b"x"),
        lambda: opened.remove("old.zip"),
        lambda: list(opened.entries()),
        lambda: content(opened, "old.zip"),
        lambda: check_writable(opened),
    ):
        with pytest.raises(errors.DestinationPulled):
            act()
    with pytest.raises(errors.DestinationGone):
        opened.room()
    assert ground.names() == {"old.zip", "new.zip.part"}


def test_when_the_place_becomes_anothers_in_use_nothing_is_written(ground: Ground) -> None:
    opened = ground.open()
    spoil_id_file(ground, ANOTHERS)
    with pytest.raises(errors.DestinationOther), opened.write("a.zip"):
        pytest.fail("the block was entered")
    with pytest.raises(errors.DestinationOther):
        opened.put("a.json", b"x")
    assert ground.names() == {ID_FILE}


def test_when_the_place_becomes_anothers_in_mid_write_the_part_is_removed(ground: Ground) -> None:
    opened = ground.open()
    with pytest.raises(errors.DestinationOther):
        write(opened, "a.zip", bytes(2 << 20), then=lambda: spoil_id_file(ground, ANOTHERS))
    assert ground.names() == {ID_FILE}


def test_of_processes_that_write_one_name_one_wins_and_its_content_is_whole(ground: Ground) -> None:
    made = ground.type.create(ground.wanted, make_folder=True)
    script = (
        "import sys, pathlib\n"
        "from bewaar import errors\n"
        "from bewaar.destinations.local import LocalDestination\n"
        "from bewaar.model import *\n"
        "place, id, letter = sys.argv[1:]\n"
        "opened = LocalDestination(Destination(id=DestinationId(id), name='x', "
        "kind=DestinationKind.FOLDER, folder=pathlib.Path(place)))\n"
        "sys.stdin.read()\n"
        "try:\n"
        "    with opened.write('a.zip') as sink:\n"
        "        for _ in range(40): sink.write(letter.encode() * 50_000)\n"
        "except errors.NameTaken:\n"
        "    sys.exit(3)\n"
        "try:\n"
        "    opened.promote('a.zip')\n"
        "except errors.NameTaken:\n"
        "    opened.remove('a.zip.part')\n"
        "    sys.exit(3)\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, made.folder, made.id, letter], stdin=subprocess.PIPE
        )
        for letter in "abcd"
    ]
    try:
        for process in started:
            assert process.stdin is not None
            process.stdin.close()  # now they all begin
        ends = [process.wait(60) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert sorted(ends) == [0, 3, 3, 3]
    winner = "abcd"[ends.index(0)].encode()
    assert (ground.folder / "a.zip").read_bytes() == winner * 2_000_000
    assert ground.names() == {ID_FILE, "a.zip"}


def test_a_writer_that_is_killed_leaves_only_a_part_that_can_be_removed(ground: Ground) -> None:
    opened = ground.open()
    script = (
        "import os, sys, pathlib\n"
        "from bewaar.destinations.local import LocalDestination\n"
        "from bewaar.model import *\n"
        "place, id = sys.argv[1:]\n"
        "opened = LocalDestination(Destination(id=DestinationId(id), name='x', "
        "kind=DestinationKind.FOLDER, folder=pathlib.Path(place)))\n"
        "with opened.write('a.zip') as sink:\n"
        "    sink.write(bytes(3 << 20))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, ground.folder, ID], check=False)
    assert done.returncode == -9
    assert [entry.name for entry in opened.entries()] == ["a.zip.part"]
    opened.remove("a.zip.part")
    store(opened, "a.zip", b"second try")
    assert ground.names() == {ID_FILE, "a.zip"}


def test_five_thousand_files_are_listed(tmp_path: Path) -> None:
    ground = a_folder(tmp_path / "backups")
    opened = ground.open()
    for number in range(5000):
        (ground.folder / f"{number}.zip").touch()
    assert {entry.name for entry in opened.entries()} == ground.names() - {ID_FILE}
    assert len(list(opened.entries())) == 5000


def test_preflight_refuses_what_cannot_fit(ground: Ground, tmp_path: Path) -> None:
    opened = ground.open()
    free = opened.room().free
    assert free is not None
    with pytest.raises((errors.DestinationFull, errors.FileTooLarge)) as raised:
        preflight(opened, free + (5 << 30), [])
    assert raised.value.params["needed"] == free + (5 << 30)
    on_fat = "fat" in opened.room().file_system
    assert isinstance(raised.value, errors.FileTooLarge) == on_fat
    assert ground.names() == {ID_FILE}


def test_preflight_refuses_places_that_lie_inside_each_other(ground: Ground) -> None:
    opened = ground.open()
    for place in (ground.folder, ground.folder.parent, ground.folder / "books"):
        with pytest.raises(errors.DestinationInside):
            preflight(opened, 10, [place])


def open_files() -> set[str]:
    return {str(file.resolve()) for file in Path("/proc/self/fd").iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
def test_unfinished_listing_holds_nothing_open(ground: Ground) -> None:
    opened = ground.open()
    opened.put("a.json", b"x")
    opened.put("b.json", b"x")
    before = open_files()
    listing = opened.entries()
    next(listing)
    assert open_files() == before


def test_parts_have_the_ending_that_others_look_for(ground: Ground) -> None:
    opened = ground.open()
    write(opened, "a.zip", b"x")
    assert ground.names() == {ID_FILE, f"a.zip{PART}"}
