"""Backups as other programs make them: small, real in what can be checked of them."""

import gzip
import hashlib
import os
import struct
import time
import zipfile
from functools import reduce
from operator import xor
from pathlib import Path

DAY = 86400.0


MODEL = b"<DataSchemaModel><Table Name='Boeking'/></DataSchemaModel>"


def bacpac(
    file: Path,
    *,
    rows: int | None = 100,
    checksum: bytes | None = MODEL,
    filling: int = 3,
) -> Path:
    """Write a .bacpac that tells its total of rows and the checksum of its model, or does not."""
    total = "" if rows is None else f"<TableRowCountTotalTag>{rows}</TableRowCountTotalTag>"
    told = hashlib.sha256(checksum).hexdigest().upper() if checksum else ""
    origin = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<DacOrigin xmlns="http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02">'
        f"<ExportStatistics>{total}</ExportStatistics>"
        f'<Checksums><Checksum Uri="/model.xml">{told}</Checksum></Checksums></DacOrigin>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("model.xml", MODEL)
        for number in range(filling):
            data = hashlib.sha256(f"{file.name} {number}".encode()).digest() * 64
            package.writestr(f"Data/dbo.Boeking/TableData-{number:03}-00000.BCP", data)
        package.writestr("Origin.xml", origin)
    return file


def block(kind: bytes, size: int = 1024) -> bytes:
    """Return a block of a tape, with the right sum over its header."""
    words = struct.unpack("<25H", kind + bytes(46))
    header = struct.pack("<25H", *words) + struct.pack("<H", reduce(xor, words))
    return header.ljust(size, b"\0")


def tape(file: Path, *, closed: bool = True, data: int = 64 << 10) -> Path:
    """Write a .bak as SQL Server does: blocks of a tape, the last of which closes it."""
    content = os.urandom(data // 2) + bytes(data // 2)
    blocks = [block(b"TAPE", 4096), block(b"SSET"), block(b"VOLB"), block(b"MSCI"), content]
    closing = [block(b"ESET"), block(b"SFMB", 4096)] if closed else []
    file.write_bytes(b"".join(blocks + closing))
    return file


def zipped(file: Path, content: bytes | None = None) -> Path:
    """Write a zip with one file, whatever the ending; under another name it holds other books."""
    if content is None:
        content = b"boekingen " * 400 + file.name.encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("administratie.dat", content)
    return file


def pair(file: Path) -> tuple[Path, Path]:
    """Write a .zip and the .ztx that belongs to it."""
    partner = file.with_suffix(".ztx")
    partner.write_text("[info]\nnaam=Jansen\n", encoding="utf-8")
    return zipped(file), partner


def packed(file: Path) -> Path:
    """Write a dump packed with gzip."""
    file.write_bytes(gzip.compress(b"INSERT INTO boeking VALUES (1);\n" * 200, mtime=0))
    return file


def kept_by_maker(file: Path, content: bytes) -> Path:
    """Write a backup in a format that only its maker knows, a while ago."""
    file.write_bytes(content)
    return aged(file)


def aged(*files: Path, seconds: float = 120, days: float = 0) -> Path:
    """Let files have been written so long ago; return the first."""
    at = time.time() - seconds - days * DAY
    for file in files:
        os.utime(file, (at, at))
    return files[0]
