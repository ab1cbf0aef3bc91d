"""A file that is built to do harm is refused before anything comes out of it."""

import dataclasses
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive.manifest_json import to_bytes
from bewaar.archive.names import MANIFEST, README
from bewaar.archive.records import AES, DEFLATED, ENCRYPTED, END, LOCAL, STORED, UTF8, Entry
from bewaar.errors import BackupDamaged, BackupHostile, NotABackup
from tests.archive.books import CODE, PASSWORD, tree
from tests.archive.forge import (
    BOOKS,
    CRC,
    METHOD,
    OFFSET,
    OUTSIDE,
    SIZE,
    Forge,
    encrypted,
    manifest_of,
    patched,
    twin,
)
from tests.archive.refusing import (
    read_all,
    refused,
)

MEBIBYTE = 1 << 20


def test_the_forge_makes_good_backups(tmp_path: Path) -> None:
    read_all(Forge().closed(), tmp_path / "plain")
    read_all(encrypted(Forge().closed()), tmp_path / "locked", password=PASSWORD)
    for kind in ("plain", "locked"):
        assert tree(tmp_path / kind / CODE) == BOOKS


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.txt", "parent"),
        ("JANSEN/../../evil.txt", "parent"),
        ("JANSEN/./evil.txt", "parent"),
        ("/evil.txt", "absolute"),
        ("//server/evil.txt", "absolute"),
        ("JANSEN//evil.txt", "empty"),
        ("", "empty"),
        ("..\\evil.txt", "backslash"),
        ("\\\\server\\evil.txt", "backslash"),
        ("C:evil.txt", "colon"),
        ("C:/evil.txt", "colon"),
        ("JANSEN/a.txt:stream", "colon"),
        ("JANSEN/CON", "device"),
        ("JANSEN/nul.txt", "device"),
        ("JANSEN/COM¹", "device"),
        ("JANSEN/LPT1 .txt", "device"),
        ("JANSEN/evil.txt.", "trailing"),
        ("JANSEN/evil.txt ", "trailing"),
        ("JANSEN/evil .. /x", "trailing"),
        ("JANSEN/evil\x00.txt", "control"),
        ("JANSEN/evil\n.txt", "control"),
        ("JANSEN/evil\u202etxt.exe", "control"),
        ("JANSEN/evil?.txt", "forbidden"),
        ("JANSEN/" + "x" * 256, "long"),
        ("JANSEN/" + "é" * 128, "long"),
        ("x/" * 5_000 + "x", "long"),
        ("JANSEN/a.txt", "duplicate"),
        ("JANSEN/A.TXT", "collision"),
        ("jansen/d.txt", "collision"),
        ("JANSEN/a.txt/evil.txt", "folder"),
        ("JANSEN/B", "folder"),
        ("JANSEN/more.txt", "unlisted"),
        ("JANSEN/folder/", "unlisted"),
    ],
)
def test_names_that_lead_elsewhere(tmp_path: Path, name: str, reason: str) -> None:
    forge = Forge()
    forge.add(name, b"" if name.endswith("/") else b"evil")
    error = refused(forge.closed(), tmp_path)
    assert isinstance(error, BackupHostile)
    assert error.params["reason"] == reason


def test_two_names_that_are_one_in_unicode(tmp_path: Path) -> None:
    forge = Forge()
    forge.add("JANSEN/caf\u00e9", b"1")
    forge.add("JANSEN/cafe\u0301", b"2")
    assert refused(forge.closed(), tmp_path).params["reason"] == "collision"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("JANSEN/een/a.txt", "duplicate"),
        ("JANSEN/een/A.txt", "collision"),
        ("JANSEN/Een/b.txt", "collision"),
        ("JANSEN/een", "folder"),
        ("JANSEN/twee/c.txt/d.txt", "folder"),
        ("JANSEN/con/b.txt", "device"),
        ("JANSEN/aux.een/b.txt", "device"),
        ("JANSEN/./b.txt", "parent"),
        ("JANSEN//b.txt", "empty"),
    ],
)
def test_names_that_clash_with_one_far_before(tmp_path: Path, name: str, reason: str) -> None:
    forge = Forge()
    for known in ("JANSEN/een/a.txt", "JANSEN/twee/c.txt", "JANSEN/drie/e.txt", name):
        forge.add(known, b"1")
    assert refused(forge.closed(), tmp_path).params["reason"] == reason


def test_folders_within_folders_take_no_long_time(tmp_path: Path) -> None:
    forge = Forge()
    for number in range(100):
        forge.add(f"{number}/" + "x/" * 4000 + "x", b"")
    start = time.monotonic()
    assert refused(forge.closed(), tmp_path).params["reason"] == "unlisted"
    assert time.monotonic() - start < 20


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    data = Forge().closed().replace(b"a.txt", b"a\xfftxt")
    assert refused(data, tmp_path).params["reason"] == "encoding"


@pytest.mark.parametrize(
    ("mode", "reason"),
    [(0o120777, "link"), (0o010644, "device"), (0o020644, "device"), (0o104755, "mode")],
)
def test_links_devices_and_rights(tmp_path: Path, mode: int, reason: str) -> None:
    data = patched(Forge().closed(), "JANSEN/a.txt", OUTSIDE, "<I", mode << 16)
    assert refused(data, tmp_path).params["reason"] == reason


def _junk_before(forge: Forge) -> bytes:
    return b"#!/bin/sh\n" + forge.closed()


def _junk_behind(forge: Forge) -> bytes:
    return forge.closed() + b"junk"


def _comment(forge: Forge) -> bytes:
    data = forge.closed()
    return data[:-2] + struct.pack("<H", 4) + b"junk"


def _junk_between(forge: Forge) -> bytes:
    forge.zip.append(b"hidden")
    return forge.closed()


def _two_directories(forge: Forge) -> bytes:
    data = forge.closed()
    return data + data[-END.size :]


def _several_disks(forge: Forge) -> bytes:
    data = forge.closed()
    end = len(data) - END.size
    return data[: end + 4] + struct.pack("<2H", 1, 1) + data[end + 8 :]


def _fewer_in_the_directory(forge: Forge) -> bytes:
    data = forge.closed()
    end = len(data) - END.size
    count = struct.unpack_from("<H", data, end + 10)[0] - 1
    return data[: end + 8] + struct.pack("<2H", count, count) + data[end + 12 :]


def _same_bytes_twice(forge: Forge) -> bytes:
    forge.zip._entries.append(twin(forge.entries["JANSEN/a.txt"], "JANSEN/again.txt"))
    return forge.closed()


def _other_name_in_the_header(forge: Forge) -> bytes:
    return forge.closed().replace(b"JANSEN/a.txt", b"JANSEN/x.txt", 1)


def _other_size_in_the_header(forge: Forge) -> bytes:
    forge.entries["JANSEN/a.txt"].size += 1
    return forge.closed()


def _other_checksum(forge: Forge) -> bytes:
    return patched(forge.closed(), "JANSEN/a.txt", CRC, "<I", 1)


def _other_place(forge: Forge) -> bytes:
    return patched(forge.closed(), "JANSEN/a.txt", OFFSET, "<I", 3)


def _unknown_method(forge: Forge) -> bytes:
    return patched(forge.closed(), "JANSEN/a.txt", METHOD, "<H", 14)


def _a_password_of_its_own(forge: Forge) -> bytes:
    return _flagged(forge.closed(), "JANSEN/a.txt", ENCRYPTED)


def _encrypted_like_a_whole_backup(forge: Forge) -> bytes:
    data = patched(forge.closed(), "JANSEN/a.txt", METHOD, "<H", AES)
    place = data.index(b"JANSEN/a.txt") - LOCAL.size + 8
    data = data[:place] + AES.to_bytes(2, "little") + data[place + 2 :]
    return _flagged(data, "JANSEN/a.txt", ENCRYPTED)


def _strongly_encrypted(forge: Forge) -> bytes:
    return _flagged(forge.closed(), "JANSEN/a.txt", ENCRYPTED | 0x40)


def _patched_data(forge: Forge) -> bytes:
    return _flagged(forge.closed(), "JANSEN/a.txt", 0x20)


def _flagged(data: bytes, name: str, flags: int) -> bytes:
    """Set flags in both headers."""
    place = data.index(name.encode()) - LOCAL.size + 6
    near = data[:place] + (UTF8 | flags).to_bytes(2, "little") + data[place + 2 :]
    return patched(near, name, 8, "<H", UTF8 | flags)


def _stored_and_yet_smaller(forge: Forge) -> bytes:
    entry = forge.add("JANSEN/more", b"more", method=STORED)
    entry.size += 1
    return forge.closed(to_bytes(manifest_of({**BOOKS, "more": b"more!"})))


def _beyond_the_end(forge: Forge) -> bytes:
    return patched(forge.closed(), "JANSEN/a.txt", 20, "<I", 0x7FFFFFFF)


def _missing_zip64(forge: Forge) -> bytes:
    return patched(forge.closed(), "JANSEN/a.txt", SIZE, "<I", 0xFFFFFFFF)


def _missing_member(forge: Forge) -> bytes:
    return forge.closed(to_bytes(manifest_of({**BOOKS, "more": b"?"})))


def _other_content(forge: Forge) -> bytes:
    return forge.closed(to_bytes(manifest_of({**BOOKS, "a.txt": b"b" * 500})))


def _other_size(forge: Forge) -> bytes:
    return forge.closed(to_bytes(manifest_of({**BOOKS, "a.txt": b"a" * 501})))


def _no_readme(forge: Forge) -> bytes:
    return forge.closed().replace(README.encode(), b"README.doc")


def _no_manifest(forge: Forge) -> bytes:
    return forge.closed().replace(MANIFEST.encode(), b"bewaar-manifest.text")


def _empty_zip(forge: Forge) -> bytes:
    return forge.closed()[-END.size :][:4] + bytes(END.size - 4)


@pytest.mark.parametrize(
    "change",
    [
        _junk_before,
        _junk_behind,
        _comment,
        _junk_between,
        _two_directories,
        _several_disks,
        _fewer_in_the_directory,
        _same_bytes_twice,
        _other_name_in_the_header,
        _other_size_in_the_header,
        _other_checksum,
        _other_place,
        _unknown_method,
        _a_password_of_its_own,
        _encrypted_like_a_whole_backup,
        _strongly_encrypted,
        _patched_data,
        _stored_and_yet_smaller,
        _beyond_the_end,
        _missing_zip64,
        _missing_member,
        _other_content,
        _other_size,
        _no_readme,
        _no_manifest,
        _empty_zip,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
def test_a_zip_that_contradicts_itself(tmp_path: Path, change: Callable[[Forge], bytes]) -> None:
    refused(change(Forge()), tmp_path)


@pytest.mark.parametrize("declared", [10, 10 * MEBIBYTE, 100 * MEBIBYTE])
def test_a_member_that_swells(tmp_path: Path, declared: int) -> None:
    """Neither more than it says comes out of it, nor is more than deflate can do believed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(50 * MEBIBYTE)) + packer.flush()
    forge = Forge()
    entry = Entry(name="JANSEN/bomb", modified=0, size=declared, method=DEFLATED, crc=1)
    forge.zip.put(entry, bomb)
    files = dataclasses.replace(
        manifest_of({"bomb": b""}).administrations[0].files[0], size=declared
    )
    inside = forge.manifest.administrations[0]
    content = dataclasses.replace(inside.content, files=3, size=inside.content.size + declared)
    inside = dataclasses.replace(inside, content=content, files=(*inside.files, files))
    forge.manifest = dataclasses.replace(forge.manifest, administrations=(inside,))
    refused(forge.closed(), tmp_path)


def test_five_hundred_entries_on_the_same_bytes(tmp_path: Path) -> None:
    forge = Forge()
    kernel = forge.add("JANSEN/kernel", bytes(MEBIBYTE))
    forge.zip._entries += [twin(kernel, f"JANSEN/{n}") for n in range(500)]
    assert refused(forge.closed(), tmp_path).params["reason"] == "overlap"


def test_a_second_member_beside_an_encrypted_backup(tmp_path: Path) -> None:
    data = encrypted(Forge().closed())
    outer = data.replace(README.encode(), b"README.exe")
    with pytest.raises((NotABackup, BackupDamaged)):
        read_all(outer, tmp_path / "out", password=PASSWORD)


def test_stored_is_not_packed(tmp_path: Path) -> None:
    forge = Forge()
    forge.entries["JANSEN/a.txt"].method = STORED
    refused(forge.closed(), tmp_path)
