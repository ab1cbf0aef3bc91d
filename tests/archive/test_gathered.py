"""Evil zips that others gathered: each is known for what it is, where they are at hand.

What is made in test_hostile, test_kinds, test_bombs, test_evil_manifests and test_evil_encryption
has the same faults and is always tried.
"""

import io
from pathlib import Path

import pytest

from bewaar.archive import needs_password
from bewaar.errors import NotABackup
from tests.archive.refusing import (
    failure,
    reason,
)

EVIL = Path(__file__).resolve().parents[3] / "shared" / "evilzips"


SEEN_AS = {  # what each is refused for, by how its name starts
    "own__absolute": "absolute",
    "own__ads": "colon",
    "own__ae1_trunc": "no zip directory",
    "own__ae2_trunc": "no zip directory",
    "own__ae": "no manifest",
    "own__backslash": "backslash",
    "own__bomb_1000x": "no manifest",
    "own__case": "collision",
    "own__control": "control",
    "own__device": "device",
    "own__dirsymlink": "link",
    "own__drive": "colon",
    "own__dup": "duplicate",
    "own__filedir": "folder",
    "own__longname": "long",
    "own__many": "no manifest",
    "own__nfc_nfd": "collision",
    "own__overlap_full_500": "overlap",
    "own__relative": "parent",
    "own__reserved": "device",
    "own__setuid": "mode",
    "own__symlink": "link",
    "own__trailing": "trailing",
    "own__unc": "backslash",
    "yauzl__End_of_central": "no zip directory",
    "yauzl__Invalid_comment": "no zip directory",
    "yauzl__absolute_path_C": "colon",
    "yauzl__absolute_path_a": "absolute",
    "yauzl__compressed_uncompressed": "overlap",
    "yauzl__extra_field": "extra field",
    "yauzl__file_data_overflows": "overlap",
    "yauzl__invalid_central": "directory",
    "yauzl__invalid_characters": "backslash",
    "yauzl__invalid_code_lengths": "no manifest",
    "yauzl__invalid_local": "no manifest",
    "yauzl__invalid_relative": "parent",
    "yauzl__invalid_zip64": "ZIP64 directory",
    "yauzl__multi-disk": "several disks",
    "yauzl__not_enough_bytes": "ratio",
    "yauzl__strong_encryption": "flags",
    "yauzl__too_many_bytes": "no manifest",
    "yauzl__too_many_length": "no manifest",
    "yauzl__unexpected_EOF": "ZIP64 field",
    "yauzl__unsupported_compression": "method",
    "yauzl__wrong-entry-sizes": "ratio",
    "yauzl__zip64_extended": "extra field",
}


def _gathered() -> list[Path]:
    return sorted(EVIL.glob("*.zip"))


@pytest.mark.skipif(not _gathered(), reason="the collection of evil zips is not here")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("file", _gathered(), ids=lambda file: file.stem[:40])
def test_evil_zips_that_others_gathered(tmp_path: Path, file: Path) -> None:
    """None of them is a backup, and each is known for what it is."""
    data = file.read_bytes()
    why = next(why for start, why in SEEN_AS.items() if file.name.startswith(start))
    for password in (None, "pw"):
        error = failure(data, tmp_path, password=password)
        assert isinstance(error, NotABackup)
        assert reason(error) == why
    with pytest.raises(NotABackup):
        needs_password(io.BytesIO(data), file="x")
