"""An encrypted backup that lies about how it is encrypted."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive.names import LOCKED
from bewaar.archive.records import (
    STREAMED,
    WINZIP,
)
from bewaar.errors import BackupDamaged, PasswordNeeded
from tests.archive.books import PASSWORD
from tests.archive.forge import CRC, SIZE, encrypted, patched
from tests.archive.refusing import (
    GOOD,
    failure,
    prove,
    reason,
)


def _lock_changed(change: Callable[[bytes], bytes]) -> bytes:
    data = encrypted(GOOD)
    changed = change(data)
    assert changed != data
    return changed


def _strength(vendor: bytes) -> Callable[[bytes], bytes]:
    """Change the AES field in both headers."""
    field = struct.pack("<2HH2sBH", WINZIP, 7, 2, b"AE", 3, 0)
    assert len(vendor) == 7
    return lambda data: data.replace(field, field[:4] + vendor)


def _central(place: int, layout: str, value: int) -> Callable[[bytes], bytes]:
    return lambda data: patched(data, LOCKED, place, layout, value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_strength(struct.pack("<H2sBH", 1, b"AE", 3, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 1, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 2, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 4, 0)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"AE", 3, 8)), "kind of encryption"),
        (_strength(struct.pack("<H2sBH", 2, b"XX", 3, 0)), "kind of encryption"),
        (_central(CRC, "<I", 1), "two sizes"),
        (_central(SIZE, "<I", 5), "two sizes"),
        (_central(8, "<H", 0x800 | STREAMED), "method"),
        (_central(8, "<H", 0x800 | STREAMED | 1 | 0x40), "flags"),
        (_central(10, "<H", 0), "method"),
    ],
    ids=range(11),
)
def test_lies_about_the_encryption(
    tmp_path: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    assert reason(failure(_lock_changed(change), tmp_path, password=PASSWORD)) == why


def test_an_encrypted_backup_within_an_encrypted_one_is_none(tmp_path: Path) -> None:
    error = failure(encrypted(encrypted(GOOD)), tmp_path, password=PASSWORD)
    assert isinstance(error, BackupDamaged)
    assert reason(error) == "no manifest"


def test_without_the_password_an_encrypted_lie_is_not_looked_into(tmp_path: Path) -> None:
    with pytest.raises(PasswordNeeded):
        prove(encrypted(b"anything"), tmp_path, None)
