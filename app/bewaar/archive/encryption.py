"""AES-256 the way WinZip does it (AE-2): any capable zip program opens it with the password.

The key derivation is weak (PBKDF2, 1,000 rounds of SHA-1), so the password has to be strong; it
runs once for a whole backup. A few bytes beyond the standard tell a wrong password from damage.
"""

import hmac
import secrets
import struct
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from hashlib import pbkdf2_hmac

from blake3 import blake3

from bewaar.archive.sources import Held, Seal, Source
from bewaar.errors import BackupDamaged, BackupHostile

STRENGTH = struct.pack("<H2sBH", 2, b"AE", 3, 0)  # AE-2, AES-256, stored
SALT, VERIFIER, CODE = 16, 2, 10  # bytes: before the data, before the data, after it
HEADER = SALT + VERIFIER

_ROUNDS = 1000
_BLOCK = 16
_SPAN = 1 << 16  # blocks for which only the two lowest bytes of the counter differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a password and a salt give."""

    salt: bytes
    verifier: bytes  # two bytes by which most wrong passwords are noticed at once
    cipher: bytes
    authentication: bytes

    @property
    def header(self) -> bytes:
        """What stands before the data."""
        return self.salt + self.verifier

    def code(self) -> "hmac.HMAC":
        """Return a fresh authentication code over the encrypted data."""
        return hmac.new(self.authentication, digestmod="sha1")


def keys(password: str, salt: bytes | None = None) -> Keys:
    """Derive the keys; without a salt a new one is drawn."""
    salt = secrets.token_bytes(SALT) if salt is None else salt
    secret = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    made = pbkdf2_hmac("sha1", secret, salt, _ROUNDS, 32 + 32 + VERIFIER)
    return Keys(salt=salt, verifier=made[64:], cipher=made[:32], authentication=made[32:64])


def check_of(header: bytes) -> bytes:
    """Return the content of the extra field CHECK for a member's salt and verifier."""
    return blake3(header).digest(16)


class KeyStream:
    """AES in counter mode, the counter little-endian and starting at one."""

    def __init__(self, key: bytes) -> None:
        # Loaded with the first key: the idle tray does without them.
        from Cryptodome.Util.strxor import strxor
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        self._xor = strxor
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
        self._counters = bytearray(_low_counters())
        self._span = 0
        self._stream = bytearray(len(self._counters) + _BLOCK - 1)  # room OpenSSL asks for

    def apply(self, data: bytes | memoryview, offset: int) -> bytearray:
        """Encrypt or decrypt `data` that lies at `offset`."""
        result = bytearray(len(data))
        source, target = memoryview(data), memoryview(result)
        done = 0
        while done < len(data):
            span, place = divmod(offset + done + _BLOCK, _SPAN * _BLOCK)
            count = min(len(data) - done, _SPAN * _BLOCK - place)
            key = self._keys(span, place, count)
            part = slice(done, done + count)
            self._xor(source[part], key, target[part])  # type: ignore[arg-type] # takes any buffer
            done += count
        return result

    def _keys(self, span: int, place: int, count: int) -> memoryview:
        """Return `count` bytes of the key stream from `place` in a span of counters."""
        if span != self._span:
            high = span.to_bytes(6, "little")
            for at in range(6):
                self._counters[2 + at :: _BLOCK] = high[at : at + 1] * _SPAN
            self._span = span
        first, last = place // _BLOCK, -(-(place + count) // _BLOCK)
        counters = memoryview(self._counters)[first * _BLOCK : last * _BLOCK]
        self._aes.update_into(counters, self._stream)
        begin = place - first * _BLOCK
        return memoryview(self._stream)[begin : begin + count]


@cache
def _low_counters() -> bytes:
    return b"".join(number.to_bytes(_BLOCK, "little") for number in range(_SPAN))


class Unlocked:
    """The plain backup inside an encrypted one, decrypted wherever it is read."""

    def __init__(self, source: Source, start: int, packed: int, made: Keys) -> None:
        """Take the member whose data lies at `start`."""
        self._source = source
        self._first = start + HEADER
        self.size = packed - HEADER - CODE
        self._keys = made
        self._streams = threading.local()  # each thread has its own

    def read(self, offset: int, count: int) -> bytes:
        """Return exactly `count` decrypted bytes from `offset`. Raises BackupDamaged."""
        return self._reveal(self._locked(offset, count), offset)

    def hold(self, offset: int, count: int) -> Held:
        """Take bytes out now; who reads them decrypts them. Raises BackupDamaged."""
        return Held(self, offset, self._locked(offset, count), self._reveal)

    def seal(self) -> tuple[Seal, "hmac.HMAC"]:
        """Return a seal for the whole file with the authentication code of this member in it."""
        seal, code = Seal(), self._keys.code()
        seal.also(self._first, self._first + self.size, code.update)
        return seal, code

    def authentic(self, code: "hmac.HMAC") -> bool:
        """Return whether the code that was written fits what was read."""
        written = self._source.read(self._first + self.size, CODE)
        return hmac.compare_digest(code.digest()[:CODE], written)

    def _locked(self, offset: int, count: int) -> bytes:
        if offset < 0 or offset + count > self.size:
            raise self.damaged("cut short")
        return self._source.read(self._first + offset, count)

    def _reveal(self, data: bytes, offset: int) -> bytes:
        stream: KeyStream | None = getattr(self._streams, "own", None)
        if stream is None:
            stream = self._streams.own = KeyStream(self._keys.cipher)
        return bytes(stream.apply(data, offset))

    def damaged(self, detail: str, entry: str = "") -> BackupDamaged:
        """Return the failure that says this file is not what was written."""
        return self._source.damaged(detail, entry)

    def hostile(self, reason: str, entry: str = "") -> BackupHostile:
        """Return the failure that says this file is built to do harm."""
        return self._source.hostile(reason, entry)
