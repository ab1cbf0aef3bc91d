"""The encrypted backup: a zip with an explanation and one encrypted member, written by pyzipper.

pyzipper lays out the records. Encryption is ours, because its own loop is slow; so is the
member's `write`, because AE-2 has no use for a CRC. It is pinned to one version: the private
names used here may change with any other.
"""

import hmac
import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyzipper
from pyzipper.zipfile import _ZipWriteFile
from pyzipper.zipfile_aes import WZ_AES_V2, AESZipEncrypter, AESZipInfo

from bewaar.archive.encryption import CODE, Keys, KeyStream, check_of, keys
from bewaar.archive.names import LOCKED, README
from bewaar.archive.records import CHECK
from bewaar.destinations.base import Sink

_FILE = 0o100644 << 16


@contextmanager
def locked(sink: Sink, password: str, *, readme: bytes, made_at: datetime) -> Iterator[Sink]:
    """Yield the sink whose bytes become the encrypted `backup.zip` of a zip written to `sink`.

    After a failure nothing more is written, not even by what pyzipper does when it is cleared up.
    """
    made = keys(password)
    container = _Container(_Forward(sink), made)
    container.writestr(_info(README, made_at), readme)
    container.encryption = pyzipper.WZ_AES
    info = _info(LOCKED, made_at)
    info.check = check_of(made.header)
    member = container.open(info, "w", force_zip64=True)
    try:
        yield member
        member.close()
        container.close()
    finally:
        io.BufferedIOBase.close(member)
        container.fp = None


class _Forward:
    """The sink as pyzipper wants it: without a way back, so it never seeks."""

    def __init__(self, sink: Sink) -> None:
        self.write = sink.write

    def flush(self) -> None:
        """Do nothing: the sink's owner brings it to the medium."""


class _Info(AESZipInfo):  # type: ignore[misc] # pyzipper ships no types
    """A member's records; the encrypted one says how its salt and verifier were written."""

    check = b""

    def encode_central_directory(self, *, extra_data: bytes, **fields: Any) -> Any:
        if self.check:
            extra_data += struct.pack("<2H", CHECK, len(self.check)) + self.check
        return super().encode_central_directory(extra_data=extra_data, **fields)


class _Member(_ZipWriteFile):  # type: ignore[misc] # pyzipper ships no types
    """The encrypted member while it is written."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        if not self._encrypter:
            return int(super().write(data))
        self._file_size += len(data)
        self._compress_size += len(data)
        self._fileobj.write(self._encrypter.encrypt(data))
        return len(data)


class _Encrypter(AESZipEncrypter):  # type: ignore[misc] # pyzipper ships no types
    """AE-2 with our own key stream."""

    def __init__(self, made: Keys) -> None:
        self.aes_strength = 3  # 256 bits
        self.force_wz_aes_version = WZ_AES_V2
        self._header = made.header
        self._stream = KeyStream(made.cipher)
        self._code: hmac.HMAC = made.code()
        self._offset = 0

    def encryption_header(self) -> bytes:
        return self._header

    def encrypt(self, data: bytes) -> bytearray:
        locked = self._stream.apply(data, self._offset)
        self._offset += len(data)
        self._code.update(locked)
        return locked

    def flush(self) -> bytes:
        return self._code.digest()[:CODE]


class _Container(pyzipper.AESZipFile):  # type: ignore[misc] # pyzipper ships no types
    """The outer zip."""

    zipinfo_cls = _Info
    zipwritefile_cls = _Member

    def __init__(self, sink: _Forward, made: Keys) -> None:
        self._made = made
        super().__init__(sink, "w")

    def get_encrypter(self) -> _Encrypter:
        return _Encrypter(self._made)


def _info(name: str, made_at: datetime) -> _Info:
    info = _Info(name, made_at.timetuple()[:6])
    info.create_system = 3
    info.external_attr = _FILE
    return info
