"""The encryption is WinZip's, wherever in a file it is entered."""

import hashlib
from itertools import pairwise

import pyzipper
from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter
from hypothesis import given, settings
from hypothesis import strategies as st

from bewaar.archive.encryption import KeyStream, keys
from tests.archive.books import noise

KEY = bytes(range(32))
SPAN = 1 << 20  # bytes after which the third byte of the counter moves
DATA = noise(3 * SPAN + 100)


def _by_the_book(data: bytes) -> bytes:
    counter = Counter.new(128, little_endian=True)
    return AES.new(KEY, AES.MODE_CTR, counter=counter).encrypt(data)


LOCKED = _by_the_book(DATA)


@settings(max_examples=60)
@given(st.integers(0, len(DATA)), st.integers(0, 2 * SPAN))
def test_any_stretch_decrypts_by_itself(start: int, length: int) -> None:
    stream = KeyStream(KEY)
    assert stream.apply(LOCKED[start : start + length], start) == DATA[start : start + length]


def test_stretches_in_any_order_and_of_any_size() -> None:
    stream = KeyStream(KEY)
    edges = [0, 1, 15, 16, 17, SPAN - 17, SPAN - 16, SPAN - 1, SPAN, SPAN + 1, 2 * SPAN, len(DATA)]
    for start, end in reversed(list(pairwise(edges))):
        assert stream.apply(LOCKED[start:end], start) == DATA[start:end]
    assert stream.apply(LOCKED, 0) == DATA


def test_a_place_far_into_a_huge_file() -> None:
    far = (1 << 40) + 5
    counter = Counter.new(128, little_endian=True, initial_value=1 + far // 16)
    expected = AES.new(KEY, AES.MODE_CTR, counter=counter).encrypt(bytes(5) + b"books")[5:]
    assert KeyStream(KEY).apply(b"books", far) == expected


def test_keys_are_those_of_the_standard() -> None:
    made = keys("wachtwoord é", bytes(16))
    whole = hashlib.pbkdf2_hmac("sha1", "wachtwoord é".encode(), bytes(16), 1000, 66)
    assert made.cipher + made.authentication + made.verifier == whole
    assert keys("wachtwoord e\u0301", bytes(16)) == made


def test_every_backup_has_a_salt_of_its_own() -> None:
    assert len({keys("x").salt for _ in range(50)}) == 50


def test_pyzipper_is_the_version_whose_inside_is_used() -> None:
    assert pyzipper.__version__ == "0.4.0"
