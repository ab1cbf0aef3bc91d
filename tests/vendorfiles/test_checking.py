"""What is said of a backup of another program is what its format lets anybody check."""

import contextlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bewaar.errors import Cancelled
from bewaar.progress import Silent
from bewaar.vendorfiles import Wholeness, check, has_end
from tests import samples
from tests.vendorfiles import backups


def judged(file: Path) -> tuple[str, str]:
    verdict = check(file, file.name)
    return verdict.wholeness.value, verdict.reason


def cut(file: Path, share: float = 0.7) -> Path:
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    return file


def hurt(file: Path) -> Path:
    """Flip one byte of what is packed."""
    data = bytearray(file.read_bytes())
    data[len(data) // 4] ^= 0x40
    file.write_bytes(data)
    return file


WHOLE: list[Callable[[Path], Path]] = [
    lambda folder: backups.bacpac(folder / "a.bacpac"),
    lambda folder: backups.zipped(folder / "a.zip"),
    lambda folder: backups.zipped(folder / "20260301-430-SQL2008-A.ebu"),
    lambda folder: backups.packed(folder / "a.sql.gz"),
]


@pytest.mark.parametrize("make", WHOLE)
def test_a_whole_one_is_called_whole_and_one_that_is_cut_is_never(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    file = make(tmp_path)
    assert judged(file) == ("whole", "")
    whole = file.read_bytes()
    for share in (0.1, 0.3, 0.7, 0.99):
        file.write_bytes(whole)
        assert judged(cut(file, share)) == ("unfinished", "end"), share


def test_one_byte_that_is_wrong_is_found(tmp_path: Path) -> None:
    assert judged(hurt(backups.zipped(tmp_path / "a.ebu"))) == ("damaged", "checksum")
    assert judged(hurt(backups.packed(tmp_path / "a.sql.gz")))[0] in {"damaged", "unfinished"}


def test_a_bacpac_whose_model_is_another_is_damaged(tmp_path: Path) -> None:
    file = backups.bacpac(tmp_path / "a.bacpac", checksum=b"another")
    assert judged(file) == ("damaged", "checksum")


def test_another_zip_is_no_bacpac(tmp_path: Path) -> None:
    assert judged(backups.zipped(tmp_path / "a.bacpac")) == ("damaged", "kind")


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html>\n<title>404</title>", b"\xef\xbb\xbf\r\n <HTML><body>Not found"]
)
def test_a_web_page_is_no_backup_whatever_its_name(page: bytes, tmp_path: Path) -> None:
    for name in ("a.bacpac", "a.ebu", "a.imbck", "a.bak"):
        file = tmp_path / name
        file.write_bytes(page)
        assert judged(file) == ("damaged", "page")


def test_nothing_and_nothing_but_zeros_are_damaged(tmp_path: Path) -> None:
    file = tmp_path / "a.ebu"
    for content in (b"", bytes(100_000)):
        file.write_bytes(content)
        assert judged(file) == ("damaged", "empty")


def test_a_tape_without_its_end_is_cut(tmp_path: Path) -> None:
    file = backups.tape(tmp_path / "a.bak")
    assert judged(file) == ("unknown", "server")
    assert has_end(file, file.stat().st_size) is True
    assert judged(backups.tape(file, closed=False)) == ("unfinished", "end")
    assert has_end(file, file.stat().st_size) is False


def test_a_second_set_on_a_tape_that_was_cut_is_noticed(tmp_path: Path) -> None:
    file = backups.tape(tmp_path / "a.bak")
    file.write_bytes(file.read_bytes() + backups.block(b"SSET") + bytes(8192))
    assert judged(file) == ("unfinished", "end")


def test_the_word_alone_closes_no_tape(tmp_path: Path) -> None:
    file = backups.tape(tmp_path / "a.bak", closed=False)
    file.write_bytes(file.read_bytes() + b"ESET".ljust(1024, b"x"))
    assert judged(file) == ("unfinished", "end")


def test_what_only_its_maker_knows_is_unknown(tmp_path: Path) -> None:
    for name in ("a.QBB", "a.ptb", "a.imbck", "Admba01.bck", "a.ssb", "a.pbu", "a.bak"):
        file = tmp_path / name
        file.write_bytes(b"\x07maker's own" * 99)
        assert judged(file) == ("unknown", "maker")


def test_a_zip_with_a_password_is_unknown_not_whole(tmp_path: Path) -> None:
    file = backups.zipped(tmp_path / "a.zip")
    data = bytearray(file.read_bytes())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags] |= 1
    file.write_bytes(data)
    assert judged(file) == ("unknown", "password")


def test_what_would_fill_the_disk_unpacked_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bewaar.vendorfiles.zips._LEAST", 1 << 20)
    file = backups.zipped(tmp_path / "a.zip", bytes(16 << 20))
    assert judged(file) == ("unknown", "tight")


def test_checking_a_large_one_can_be_stopped(tmp_path: Path) -> None:
    class Stopped(Silent):
        def check(self) -> None:
            raise Cancelled

    file = backups.zipped(tmp_path / "a.zip")
    with pytest.raises(Cancelled):
        check(file, file.name, Stopped())


def test_bytes_behind_the_end_are_no_end(tmp_path: Path) -> None:
    file = backups.zipped(tmp_path / "a.ebu")
    file.write_bytes(file.read_bytes() + b"more")
    assert has_end(file, file.stat().st_size) is False


@pytest.mark.parametrize(
    "answer",
    [
        b"<!-- made by a proxy -->\n<html><body>Sign in",
        "<!DOCTYPE html><p>é".encode("utf-16"),
        b'<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code></Error>',
        b'{"message": "Not Found", "documentation_url": "https://example.org"}',
    ],
)
def test_what_a_server_says_instead_is_no_backup(answer: bytes, tmp_path: Path) -> None:
    for name in ("a.bak", "a.ztx", "Admba01.bck"):
        file = tmp_path / name
        file.write_bytes(answer)
        assert judged(file) == ("damaged", "page")


def test_words_that_only_look_like_an_answer_are_not_judged(tmp_path: Path) -> None:
    file = tmp_path / "a.ztx"
    for content in (b'{"error": "half', b'["error"]', b"[info]\nnaam=<html>\n", b"{" * 9000):
        file.write_bytes(content)
        assert judged(file) == ("unknown", "maker")


def test_a_picture_under_the_ending_of_a_program_is_no_backup(tmp_path: Path) -> None:
    for name in ("a.QBB", "a.imbck", "a.ssb"):
        file = tmp_path / name
        file.write_bytes(b"%PDF-1.7\nhandleiding")
        assert judged(file) == ("damaged", "kind")
    file = tmp_path / "a.bak"  # of anything
    file.write_bytes(b"%PDF-1.7\nfactuur")
    assert judged(file) == ("unknown", "maker")


def test_what_only_begins_with_zeros_is_not_called_empty(tmp_path: Path) -> None:
    file = tmp_path / "a.imbck"
    file.write_bytes(bytes(3 << 20) + b"x")
    assert judged(file) == ("unknown", "maker")


def test_what_the_server_packed_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "a.bak"
    file.write_bytes(b"MSSQLBAK" + bytes(range(256)) * 40)
    assert judged(file) == ("unknown", "packed")
    assert has_end(file, file.stat().st_size) is None


def test_a_database_is_read_to_its_end(tmp_path: Path) -> None:
    whole = samples.gnucash_book(tmp_path / "a.manager")
    data = whole.read_bytes()
    assert judged(whole) == ("whole", "")
    assert has_end(whole, len(data)) is True
    assert judged(cut(whole)) == ("unfinished", "end")
    assert has_end(whole, whole.stat().st_size) is False
    whole.write_bytes(data[:4096] + b"\xff" * 4096 + data[8192:])
    assert judged(whole) == ("damaged", "checksum")


def test_the_last_of_several_volumes_is_unknown_and_has_its_end(tmp_path: Path) -> None:
    file = backups.zipped(tmp_path / "a.zip")
    data = bytearray(file.read_bytes())
    end = data.rindex(b"PK\5\6")
    data[end + 4] = data[end + 6] = 2
    file.write_bytes(data)
    assert has_end(file, len(data)) is True
    assert judged(file) == ("unknown", "volume")


def test_a_member_that_is_longer_than_its_list_says_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("administratie.dat", b"boekingen " * 40)
    data = bytearray(file.read_bytes())
    listed = data.index(b"PK\1\2")
    data[listed + 24] ^= 0x10  # the length unpacked
    file.write_bytes(data)
    assert judged(file) == ("damaged", "checksum")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_rarer_ways_of_packing_are_checked_too(method: int, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    content = b"boekingen " * 4000
    with zipfile.ZipFile(file, "w", method) as package:
        package.writestr("administratie.dat", content)
    data = bytearray(file.read_bytes())
    assert judged(file) == ("whole", "")
    start, end = 60, data.index(b"PK\1\2")
    for place in range(start, (start + end) // 2, 3):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        with zipfile.ZipFile(file) as package, contextlib.suppress(Exception):
            if package.read("administratie.dat") == content:
                continue  # one of the bits that mean nothing
        assert judged(file) == ("damaged", "checksum"), place


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"checksum": None}, ("unknown", "maker")),
        ({"rows": None}, ("whole", "")),
        ({"rows": None, "filling": 0}, ("damaged", "kind")),  # the model alone
        ({"filling": 0}, ("damaged", "checksum")),  # it tells of rows, and there are none
        ({"rows": 0, "filling": 0}, ("damaged", "kind")),
    ],
)
def test_a_bacpac_is_judged_by_what_it_says_itself(
    changes: dict[str, Any], verdict: tuple[str, str], tmp_path: Path
) -> None:
    assert judged(backups.bacpac(tmp_path / "a.bacpac", **changes)) == verdict


@samples.needs_samples
def test_the_public_bacpac_is_whole_and_half_of_it_is_not(tmp_path: Path) -> None:
    (original,) = (samples.SHARED / "bacpac").rglob("*.bacpac")
    file = tmp_path / original.name
    file.write_bytes(original.read_bytes())
    assert check(file, file.name).wholeness is Wholeness.WHOLE
    assert judged(cut(file, 0.5)) == ("unfinished", "end")
