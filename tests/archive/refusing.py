"""Backups that must be refused: by whom, for what, and with nothing coming out."""

import io
from pathlib import Path

import pytest

from bewaar.archive import open_archive
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    BackupNewer,
    BewaarError,
    NotABackup,
)
from tests.archive.books import CODE, PASSWORD
from tests.archive.forge import Forge, encrypted
from tests.archive.layout import Layout, Piece

FILE = b"JANSEN/a.txt"
GOOD = Forge().closed()


def piece(layout: Layout, name: bytes = FILE) -> Piece:
    """Return a member."""
    return next(each for each in layout.pieces if each.name == name)


def read_all(data: bytes, to: Path, *, password: str | None = None) -> None:
    """Do everything one can do with a backup."""
    to.mkdir()
    with open_archive(io.BytesIO(data), file="x.zip", password=password) as opened:
        opened.verify(databases_to=to / "scratch")
        for inside in opened.manifest.administrations:
            target = to / inside.content.code
            target.mkdir()
            opened.extract(target, code=inside.content.code)


def refused(data: bytes, tmp_path: Path) -> BewaarError:
    """Return the failure, the same for the plain and the encrypted file; nothing came out."""
    found = []
    for file, password in [(data, None), (encrypted(data), PASSWORD)]:
        to = tmp_path / f"out {password}"
        with pytest.raises((BackupDamaged, BackupHostile, BackupNewer, NotABackup)) as caught:
            read_all(file, to, password=password)
        assert not any(to.rglob("*.txt"))
        assert set(tmp_path.iterdir()) <= {tmp_path / "out None", tmp_path / f"out {PASSWORD}"}
        found.append(caught.value)
    plain, locked = found
    if isinstance(plain, NotABackup):
        plain = BackupDamaged(**plain.params)
    assert (type(plain), plain.params) == (type(locked), locked.params)
    return found[0]


def failure(data: bytes, to: Path, *, password: str | None = None) -> BewaarError:
    """Return why a file is refused by opening, proving and restoring; nothing comes out of it."""
    to.mkdir(exist_ok=True)
    found = []
    for verb in (prove, take_out):
        with pytest.raises((BackupDamaged, BackupHostile, NotABackup)) as caught:
            verb(data, to, password)
        assert list(to.iterdir()) == []
        found.append(caught.value)
    assert found[0].code == found[1].code
    return found[0]


def prove(data: bytes, to: Path, password: str | None) -> None:
    """Read all of a backup; nothing is put anywhere."""
    with open_archive(io.BytesIO(data), file="x.zip", password=password) as opened:
        opened.verify()


def take_out(data: bytes, to: Path, password: str | None) -> None:
    """Restore without having proven it first."""
    with open_archive(io.BytesIO(data), file="x.zip", password=password) as opened:
        opened.extract(to, code=CODE)


def reason(error: BewaarError) -> str:
    """Return what a file was refused for, without the name of a member."""
    return str(error.params.get("reason") or error.params["detail"]).partition(":")[0]
