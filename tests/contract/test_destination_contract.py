"""What every kind of destination does, on every kind of disk that can be had here."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.base import PART, DestinationType, OpenDestination
from bewaar.destinations.drive import Drive
from bewaar.destinations.folder import Folder
from bewaar.destinations.preflight import check_writable, preflight
from bewaar.model import Destination, DestinationId, DestinationKind, Volume
from tests.mounts import Mounts, marks

ID = DestinationId("0123456789abcdef" * 2)
ID_FILE = "bewaar-destination.json"
ANOTHERS = b'{"id": "' + b"e" * 32 + b'"}'
NAMES = ["plain.zip", "Åkeriet é 😀.zip", "with space 'and' quote.zip", f"{'n' * 196}.zip"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A kind of destination on a kind of disk."""

    type: DestinationType
    wanted: Destination  # not yet set up
    folder: Path  # where the files come to lie
    has_links: bool = True
    sees_case: bool = True
    odd_names: bool = True  # fusefat refuses long names and emoji with EPERM

    def open(self) -> OpenDestination:
        """Set it up, as often as wanted, and open it."""
        return self.type.open(self.type.create(self.wanted, make_folder=True))

    def names(self) -> set[str]:
        """Return what lies there, seen by anybody."""
        return {file.name for file in self.folder.iterdir()}


def a_folder(place: Path, **what: bool) -> Ground:
    wanted = Destination(id=ID, name="Backups", kind=DestinationKind.FOLDER, folder=place)
    return Ground(type=Folder(), wanted=wanted, folder=place, **what)


def a_drive(mount: Path, **what: bool) -> Ground:
    mount.mkdir(exist_ok=True)
    volume = Volume(mount=mount, label="", serial="", file_system="", removable=True)
    wanted = Destination(id=ID, name="Blue stick", kind=DestinationKind.DRIVE, folder=mount)
    drive = Drive(volumes=lambda: [volume])
    return Ground(type=drive, wanted=wanted, folder=mount / "Bewaar", **what)


def a_linked_folder(place: Path) -> Ground:
    (place / "real").mkdir()
    (place / "link").symlink_to("real")
    return a_folder(place / "link")


FAT = {"has_links": False, "sees_case": False, "odd_names": False}
GROUNDS: dict[str, Callable[[Path, Mounts], Ground]] = {
    "folder": lambda place, _: a_folder(place / "new/backups"),
    "folder behind a link": lambda place, _: a_linked_folder(place),
    "folder without handles": lambda place, _: a_folder(place / "backups"),  # as on Windows
    "folder on FAT": lambda place, m: a_folder(m.fat(place / "m", place / "i") / "backups", **FAT),
    "drive": lambda place, _: a_drive(place / "stick"),
    "drive in memory": lambda place, m: a_drive(m.tmpfs(place / "m", "32m")),
    "drive on ext4": lambda place, m: a_drive(m.ext4(place / "m", place / "image")),
    "drive on FAT": lambda place, m: a_drive(m.fat(place / "m", place / "image"), **FAT),
}
NEEDED = {
    "folder on FAT": ("mkfs.vfat", "fusefat"),
    "drive in memory": (),
    "drive on ext4": ("mkfs.ext4",),
    "drive on FAT": ("mkfs.vfat", "fusefat"),
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=marks(*NEEDED[name]) if name in NEEDED else ()) for name in GROUNDS
    ]
)
def ground(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    if request.param == "folder without handles":
        monkeypatch.setattr("bewaar.destinations.handle._BY_HANDLE", False)
    with Mounts() as mounts:
        yield GROUNDS[request.param](tmp_path, mounts)


def write(
    opened: OpenDestination, name: str, data: bytes, then: Callable[[], object] = lambda: None
) -> None:
    with opened.write(name) as sink:
        sink.write(data)
        then()


def store(opened: OpenDestination, name: str, data: bytes) -> None:
    write(opened, name, data)
    opened.promote(name)


def content(opened: OpenDestination, name: str) -> bytes:
    with opened.read(name) as file:
        return file.read()


def spoil_id_file(ground: Ground, data: bytes) -> None:
    (ground.folder / ID_FILE).unlink()  # fusefat does not cut a file that is written anew
    (ground.folder / ID_FILE).write_bytes(data)


# ── Setting up ──────────────────────────────────────────────────────────────────────────────


def test_a_place_that_is_set_up_twice_keeps_its_id(ground: Ground) -> None:
    first = ground.type.create(ground.wanted, make_folder=True)
    again = replace(ground.wanted, id=DestinationId("f" * 32), name="Other name")
    assert ground.type.create(again, make_folder=True) == replace(again, id=ID, folder=first.folder)
    assert ground.names() == {ID_FILE}


def test_the_id_file_is_open_text(ground: Ground) -> None:
    ground.open()
    text = (ground.folder / ID_FILE).read_text("utf-8")
    assert ID in text
    assert ground.wanted.name in text


def test_opening_never_makes_a_folder(ground: Ground) -> None:
    before = sorted(ground.wanted.folder.parent.rglob("*"))
    with pytest.raises(errors.BewaarError):
        ground.type.open(ground.wanted)
    assert sorted(ground.wanted.folder.parent.rglob("*")) == before


def test_a_place_that_vanished_is_gone_and_is_not_made_again(ground: Ground) -> None:
    made = ground.type.create(ground.wanted, make_folder=True)
    (ground.folder / ID_FILE).unlink()
    ground.folder.resolve().rmdir()
    with pytest.raises(errors.DestinationGone):
        ground.type.open(made)
    assert not ground.folder.exists()


def test_a_place_without_id_file_is_not_opened(ground: Ground) -> None:
    made = ground.type.create(ground.wanted, make_folder=True)
    (ground.folder / ID_FILE).unlink()
    with pytest.raises((errors.DestinationGone, errors.DestinationOther)):
        ground.type.open(made)
    assert ground.names() == set()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00" * 512,
        b"[]",
        b"[" * 60_000,
        b'{"id": 5}',
        b'{"id": "0123"}',
        f'{{"id": "{ID}"'.encode(),
        b'{"id": "' + b"f" * 32 + b'"}',
        b'{"id": "\xff"}',
        b"x" * 200_000,
    ],
    ids=["empty", "zeros", "list", "deep", "number", "short", "cut", "other", "bytes", "long"],
)
def test_a_place_with_a_damaged_or_other_id_file_is_not_opened(ground: Ground, text: bytes) -> None:
    made = ground.type.create(ground.wanted, make_folder=True)
    spoil_id_file(ground, text)
    with pytest.raises((errors.DestinationGone, errors.DestinationOther)):
        ground.type.open(made)
    assert (ground.folder / ID_FILE).read_bytes() == text


def test_a_damaged_id_file_is_mended_by_setting_up_again(ground: Ground) -> None:
    opened = ground.open()
    store(opened, "old.zip", b"old")
    spoil_id_file(ground, b"\x00" * 100)
    assert content(ground.open(), "old.zip") == b"old"


# ── Writing and reading ─────────────────────────────────────────────────────────────────────


def test_a_file_has_its_name_only_after_promotion(ground: Ground) -> None:
    opened = ground.open()
    write(opened, "a.zip", b"data")
    assert ground.names() == {ID_FILE, "a.zip.part"}
    assert content(opened, "a.zip.part") == b"data"
    opened.promote("a.zip")
    assert ground.names() == {ID_FILE, "a.zip"}
    assert (ground.folder / "a.zip").read_bytes() == b"data"


def test_pieces_of_every_size_come_out_as_they_went_in(ground: Ground) -> None:
    opened = ground.open()
    pieces = [os.urandom(size) for size in (0, 1, 70, 65_536, 1 << 20, 3 << 20, 1_048_575, 5)]
    with opened.write("a.zip") as sink:
        for piece in pieces:
            assert sink.write(piece) == len(piece)
            sink.write(bytearray(piece))
            sink.write(memoryview(piece))
    opened.promote("a.zip")
    assert content(opened, "a.zip") == b"".join(piece * 3 for piece in pieces)


def test_what_is_read_can_be_read_in_any_order(ground: Ground) -> None:
    opened = ground.open()
    data = os.urandom(1_500_000)
    store(opened, "a.zip", data)
    with opened.read("a.zip") as file:
        assert file.seekable()
        file.seek(-10, os.SEEK_END)
        assert file.read() == data[-10:]
        file.seek(700_000)
        assert file.read(5) == data[700_000:700_005]
        assert file.tell() == 700_005


@pytest.mark.parametrize("name", NAMES)
def test_names_come_back_as_they_were_given(ground: Ground, name: str) -> None:
    if "😀" in name and not ground.odd_names:
        pytest.skip("the driver knows no emoji")
    opened = ground.open()
    store(opened, name, b"data")
    assert [entry.name for entry in opened.entries()] == [name]
    assert content(opened, name) == b"data"


def test_entries_tell_size_and_time_and_leave_out_the_id_file(ground: Ground) -> None:
    opened = ground.open()
    assert list(opened.entries()) == []
    store(opened, "a.zip", b"12345")
    write(opened, "b.zip", b"123")
    entries = {entry.name: entry for entry in opened.entries()}
    assert {name: entry.size for name, entry in entries.items()} == {"a.zip": 5, "b.zip.part": 3}
    modified = entries["a.zip"].modified
    assert modified.tzinfo == UTC
    # FAT keeps local time, in steps of two seconds.
    assert abs(datetime.now(UTC) - modified) < timedelta(days=1)


def test_a_sidecar_is_replaced_whole(ground: Ground) -> None:
    opened = ground.open()
    opened.put("a.info.json", b"old and long")
    opened.put("a.info.json", b"new")
    assert content(opened, "a.info.json") == b"new"
    assert ground.names() == {ID_FILE, "a.info.json"}


def test_removing_is_fine_twice(ground: Ground) -> None:
    opened = ground.open()
    store(opened, "a.zip", b"data")
    opened.remove("a.zip")
    opened.remove("a.zip")
    assert ground.names() == {ID_FILE}


def test_the_room_is_that_of_the_disk(ground: Ground) -> None:
    opened = ground.open()
    room, facts = opened.room(), os.statvfs(ground.folder)
    assert room.total == facts.f_blocks * facts.f_frsize
    assert room.free is not None
    assert 0 < room.free <= room.total
    assert (room.largest_file == (4 << 30) - 1) == ("fat" in room.file_system)


def test_preflight_leaves_nothing(ground: Ground, tmp_path: Path) -> None:
    opened = ground.open()
    preflight(opened, 1000, [tmp_path / "books"])
    assert ground.names() == {ID_FILE}


def test_a_destination_can_be_opened_by_what_setting_up_returned(ground: Ground) -> None:
    made = ground.type.create(ground.wanted, make_folder=True)
    assert ground.type.open(made).destination == made


# ── Unkind ──────────────────────────────────────────────────────────────────────────────────


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
