"""What every kind of destination does, on every kind of disk that can be had here."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.destinations.preflight import preflight
from bewaar.model import DestinationId
from tests.contract.grounds import (
    ID,
    ID_FILE,
    NAMES,
    Ground,
    content,
    spoil_id_file,
    store,
    write,
)

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
