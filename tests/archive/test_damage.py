"""A backup that is not what was written is found out, whatever became of it."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from bewaar.archive import needs_password, open_archive
from bewaar.archive.encryption import HEADER, SALT, keys
from bewaar.archive.names import LOCKED
from bewaar.archive.records import DESCRIPTOR_SIGN, LOCAL, LOCAL_SIGN
from bewaar.archive.writer import readme
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    BewaarError,
    NotABackup,
    PasswordNeeded,
    PasswordOrDamage,
    PasswordWrong,
)
from tests.archive.books import CODE, PASSWORD, Made, archive, bookings, put, snapshot, tree

CONTENT = {"a.db": bookings(3000), "b/leeg": b"", "c.txt": b"c", "x:y": b"renamed"}
SOME = 53  # every so manieth byte of long stretches that are all alike


@pytest.fixture(scope="module", params=[None, PASSWORD], ids=["plain", "encrypted"])
def password(request: pytest.FixtureRequest) -> str | None:
    found: str | None = request.param
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, password: str | None) -> Made:
    source = put(tmp_path_factory.mktemp("books"), CONTENT)
    return archive(snapshot(source, folders=["d"]), password=password)


def read(data: bytes, to: Path, *, password: str | None, digest: str | None = None) -> object:
    """Read everything and return what came out."""
    stream = io.BytesIO(data)
    with open_archive(stream, file="x", password=password, blake3=digest) as opened:
        opened.verify()
        to.mkdir(exist_ok=True)
        try:
            opened.extract(to, code=CODE)
            return tree(to)
        finally:
            _clear(to)


def salt_of(data: bytes) -> int:
    """Return where an encrypted backup's salt lies: after the second header and its fields."""
    return data.index(LOCAL_SIGN, 1) + LOCAL.size + len(LOCKED) + 20 + 11


def _clear(folder: Path) -> None:
    for above, folders, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(above) / name).unlink()
        for name in folders:
            (Path(above) / name).rmdir()


def _places(data: bytes, password: str | None) -> Iterator[int]:
    """Yield the places of all bytes but most of the long explanations and the encrypted part."""
    text = readme("plain" if password is None else "locked")
    start = data.index(text)
    dull = [range(start + 16, start + len(text) - 16)]
    if password is not None:
        dull.append(range(salt_of(data) + HEADER, data.rindex(DESCRIPTOR_SIGN) - 12))
    for place in range(len(data)):
        if place % SOME == 0 or not any(place in stretch for stretch in dull):
            yield place


def test_any_changed_byte_is_found_or_harms_nothing(
    tmp_path: Path, made: Made, password: str | None
) -> None:
    harmless = []
    for place in _places(made.data, password):
        data = bytearray(made.data)
        data[place] ^= 1 << place % 8
        try:
            found = read(bytes(data), tmp_path / "out", password=password)
        except (NotABackup, BackupDamaged, BackupHostile, PasswordWrong, PasswordOrDamage):
            continue
        assert found == CONTENT | {"d": None}, place
        harmless.append(place)
    # Only what no one relies on may change unseen: versions, rights, times in the directory.
    assert len(harmless) < 25 * (len(CONTENT) + 4)


def test_with_the_digest_any_changed_byte_is_damage(
    tmp_path: Path, made: Made, password: str | None
) -> None:
    for place in [*range(0, len(made.data), 97), len(made.data) - 1]:
        data = bytearray(made.data)
        data[place] ^= 0x80
        with pytest.raises(BackupDamaged):
            read(bytes(data), tmp_path / "out", password=password, digest=made.written.blake3)


def test_a_file_cut_short_is_found(tmp_path: Path, made: Made, password: str | None) -> None:
    for length in [*range(0, len(made.data), 61), len(made.data) - 1]:
        with pytest.raises((NotABackup, BackupDamaged)) as caught:
            read(made.data[:length], tmp_path / "out", password=password)
        if not 40 < length < 70:  # as soon as it can be known for a backup
            assert caught.type is (NotABackup if length <= 40 else BackupDamaged)


def test_a_file_with_more_is_found(tmp_path: Path, made: Made, password: str | None) -> None:
    for more in (b"\0", b"junk", made.data, bytes(70_000)):
        for data in (made.data + more, more + made.data):
            with pytest.raises((NotABackup, BackupDamaged)):
                read(data, tmp_path / "out", password=password)


def test_a_hole_of_zeros_is_found(tmp_path: Path, made: Made, password: str | None) -> None:
    for start in range(0, len(made.data) - 64, 173):
        data = made.data[:start] + bytes(64) + made.data[start + 64 :]
        if data != made.data:
            with pytest.raises((NotABackup, BackupDamaged, BackupHostile, PasswordOrDamage)):
                read(data, tmp_path / "out", password=password)


def test_a_medium_that_fails_in_the_middle_is_damage(
    tmp_path: Path, made: Made, password: str | None
) -> None:
    class Failing(io.BytesIO):
        left = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError(5, "Input/output error")
            return super().read(size)

    for reads in range(2):
        stream = Failing(made.data)
        stream.left = reads
        with (
            pytest.raises(BackupDamaged, match="Input/output"),
            open_archive(stream, file="x", password=password) as opened,
        ):
            opened.verify()


def test_a_reader_that_gives_little_at_a_time_is_enough(
    tmp_path: Path, made: Made, password: str | None
) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    with open_archive(Slow(made.data), file="x", password=password) as opened:
        assert opened.verify().blake3 == made.written.blake3


# ── Passwords ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Made:
    source = put(tmp_path_factory.mktemp("books"), CONTENT)
    return archive(snapshot(source), password=PASSWORD)


def failure(data: bytes, password: str | None, digest: str | None = None) -> type[BewaarError]:
    with (
        pytest.raises(BewaarError) as caught,
        open_archive(io.BytesIO(data), file="x", password=password, blake3=digest),
    ):
        pass
    return caught.type


def test_a_wrong_password_is_called_one(locked: Made) -> None:
    for wrong in ("x", PASSWORD.upper(), PASSWORD + " ", PASSWORD.replace("é", "e")):
        assert failure(locked.data, wrong) is PasswordWrong
        assert failure(locked.data, wrong, locked.written.blake3) is PasswordWrong


def test_no_password_is_asked_for(locked: Made) -> None:
    assert failure(locked.data, None) is PasswordNeeded
    assert failure(locked.data, "") is PasswordNeeded


def test_either_way_of_writing_an_accent_opens(locked: Made) -> None:
    with open_archive(
        io.BytesIO(locked.data), file="x", password=PASSWORD.replace("é", "e\u0301")
    ) as opened:
        assert opened.verify().files == len(CONTENT)


def test_a_changed_salt_is_damage_and_no_wrong_password(locked: Made) -> None:
    start = salt_of(locked.data)
    for place in range(start, start + HEADER):
        data = bytearray(locked.data)
        data[place] ^= 1
        for password in (PASSWORD, "wrong"):
            assert failure(bytes(data), password) in {BackupDamaged, PasswordOrDamage}
            assert failure(bytes(data), password, locked.written.blake3) is BackupDamaged


def test_a_wrong_password_that_seems_right_is_found_later(locked: Made) -> None:
    """The two bytes of the standard let one wrong password in 65,536 through."""
    start = salt_of(locked.data)
    header = locked.data[start : start + HEADER]
    weak = header[:SALT] + keys("something else", header[:SALT]).verifier
    data = locked.data.replace(header, weak)
    assert failure(data, "something else") is PasswordOrDamage
    assert failure(data, "something else", locked.written.blake3) is BackupDamaged
    assert failure(data, "something else", blake3(data).hexdigest()) is PasswordWrong


def test_needs_password_tells_which_it_is(locked: Made, made: Made, password: str | None) -> None:
    assert needs_password(io.BytesIO(locked.data), file="x")
    assert needs_password(io.BytesIO(made.data), file="x") == (password is not None)
    with pytest.raises(NotABackup):
        needs_password(io.BytesIO(b"PK nothing"), file="x")
    with pytest.raises(NotABackup):
        needs_password(io.BytesIO(b""), file="x")
