"""The manifest and the sidecar say what is in a backup, and not more than they should."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.archive import SIDECAR_SUFFIX, Info, Manifest, info_of, open_archive
from bewaar.archive.manifest_json import from_bytes, to_bytes
from bewaar.errors import BackupDamaged, BackupNewer
from tests.archive.books import CODE, ID, MADE_AT, PASSWORD, archive, put, snapshot

HASH = "ab" * 32


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    source = put(tmp_path / "books", {"a.db": b"a", "2025/é": b"b", "x:y": b"c"})
    return archive(snapshot(source, folders=["leeg"], parts={"2025": "2025"})).written.manifest


def test_a_manifest_is_read_as_it_was_written(manifest: Manifest) -> None:
    assert from_bytes(to_bytes(manifest), file="x") == manifest


def test_a_manifest_holds_names_that_are_no_text(manifest: Manifest) -> None:
    (inside,) = manifest.administrations
    content = replace(inside.content, place="/caf\udce9", name="\udcff")
    odd = replace(manifest, administrations=(replace(inside, content=content),))
    assert from_bytes(to_bytes(odd), file="x") == odd


def test_a_person_can_read_the_manifest(manifest: Manifest) -> None:
    text = to_bytes(manifest).decode()
    values = json.loads(text)
    assert values["format"] == 1
    assert values["made_at"] == "2026-11-20T16:42:05+00:00"
    assert '"2025/é"' in text
    lines = [line for line in text.splitlines() if '"path"' in line]
    assert len(lines) == 3


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_sidecar_is_read_as_it_was_written(manifest: Manifest, *, encrypted: bool) -> None:
    info = info_of(manifest, size=5, blake3=HASH, encrypted=encrypted)
    assert Info.from_bytes(info.to_bytes()) == info
    assert (info.id, info.made_at, info.codes) == (ID, MADE_AT, (CODE,))


def test_a_sidecar_beside_a_plain_backup_tells_names_and_counts(manifest: Manifest) -> None:
    (content,) = info_of(manifest, size=5, blake3=HASH, encrypted=False).contents
    assert content.name == "Bakkerij Jansen & zoon"
    assert (content.files, content.counts.transactions) == (3, 37)
    assert (content.place, content.fingerprint) == ("", "")


def test_a_sidecar_beside_an_encrypted_backup_tells_neither(manifest: Manifest) -> None:
    info = info_of(manifest, size=5, blake3=HASH, encrypted=True)
    text = info.to_bytes().decode()
    assert info.contents == ()
    assert all(word not in text for word in ("Bakkerij", "/boeken", "37", "a.db"))


def test_a_lost_sidecar_can_be_made_again(tmp_path: Path) -> None:
    source = put(tmp_path / "books", {"a": b"a"})
    made = archive(snapshot(source), password=PASSWORD)
    size, digest = made.written.size, made.written.blake3
    first = info_of(made.written.manifest, size=size, blake3=digest, encrypted=True)
    with open_archive(io.BytesIO(made.data), file="x", password=PASSWORD) as opened:
        verified = opened.verify()
        again = info_of(
            opened.manifest,
            size=len(made.data),
            blake3=verified.blake3,
            encrypted=opened.encrypted,
        )
    assert again == first
    assert SIDECAR_SUFFIX == ".info.json"


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers(), st.lists).map(repr).map(str.encode)
)
def test_a_sidecar_that_is_none_is_damaged(data: bytes) -> None:
    with pytest.raises(BackupDamaged):
        Info.from_bytes(data, file="x.info.json")


def test_a_sidecar_of_a_newer_bewaar_says_so() -> None:
    with pytest.raises(BackupNewer):
        Info.from_bytes(b'{"format": 7}', file="x.info.json")
