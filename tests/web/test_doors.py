"""“Open a backup file” at the desk: any file gets a plain answer, and none harms a page."""

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bewaar.archive.manifest_json import to_bytes
from bewaar.archive.names import LOCKED
from bewaar.archive.records import LOCAL, LOCAL_SIGN
from tests.archive.forge import BOOKS, Forge, manifest_of
from tests.scene import Office

PASSWORD = "Brood & boter 12"
INSIDE = "/restore/inside"


def opened(visitor: Any, file: Path) -> Any:
    return visitor.get(INSIDE, query_string={"path": str(file)})


def with_password(visitor: Any, file: Path, password: str) -> str:
    """Return the page after the password was typed."""
    answer = visitor.post("/restore/open", {"path": str(file), "password": password})
    if answer.status_code == 303:
        answer = visitor.get(answer.location)
    return str(answer.text)


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes to choose")
@pytest.mark.timeout(60)
def test_what_is_no_backup_is_said_to_be_none(visitor: Any, office: Office) -> None:
    (office.root / "letter.pdf").write_bytes(b"%PDF-1.7" + bytes(2000))
    (office.root / "folder.zip").mkdir()
    os.mkfifo(office.root / "pipe.zip")
    (office.root / "zeros.zip").symlink_to("/dev/zero")
    for name in ("letter.pdf", "folder.zip", "pipe.zip", "zeros.zip"):
        answer = opened(visitor, office.root / name)
        assert answer.status_code == 422
        assert f"{name} is not a backup made by Bewaar" in answer.text


@pytest.mark.parametrize("beside", [True, False], ids=["with sidecar", "bare"])
def test_damage_and_a_wrong_password_look_different(
    visitor: Any, office: Office, beside: bool
) -> None:
    backup = office.proven(office.holding, password=PASSWORD)
    good, file = office.stick.folder / backup.file, office.root / "copy.zip"
    if beside:
        shutil.copy(f"{good}.info.json", f"{file}.info.json")
    shutil.copy(good, file)
    assert "has a password" in opened(visitor, file).text
    assert "The password does not open copy.zip" in with_password(visitor, file, "other")
    assert "Jansen Holding" in with_password(visitor, file, PASSWORD)
    damaged = bytearray(good.read_bytes())
    second = damaged.index(LOCAL_SIGN, 1)
    damaged[second + LOCAL.size + len(LOCKED) + 20 + 11] ^= 1  # the salt, behind its two fields
    file.write_bytes(damaged)
    for password in (PASSWORD, "other"):
        assert "copy.zip is damaged" in with_password(visitor, file, password)


@pytest.fixture
def _in_amsterdam(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the year 9999 ends an hour too late for any calendar."""
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.usefixtures("_in_amsterdam")
def test_a_stick_from_elsewhere_breaks_no_page(visitor: Any, office: Office) -> None:
    backup = office.proven(office.holding)
    file = office.stick.folder / backup.file
    told = json.loads(Path(f"{file}.info.json").read_text("utf-8"))
    inside = told["contents"][0]
    lies: list[dict[str, object]] = [
        {"made_at": "9999-12-31T23:59:59+00:00"},
        {"made_at": "0001-01-01T00:00:00+00:00"},
        {"contents": [inside | {"size": 10**40, "count": 10**40}]},
        {"contents": [inside | {"size": 2**53, "count": 2**53}]},
        {"contents": [inside | {"name": "<script>alert(1)</script>\u202e\x00\x1b[2J"}]},
        {"contents": [inside | {"name": "x" * 100_000}]},
    ]
    office.engine.forget_destination(office.stick.id)
    for number, lie in enumerate(lies):
        folder = office.root / f"from elsewhere {number}"
        folder.mkdir()
        shutil.copy(file, folder)
        (folder / f"{file.name}.info.json").write_text(json.dumps(told | lie))
        there = office.engine.add_destination(folder, name=f"Stick {number}")
        office.finish(office.engine.start_rebuild(there.id))
        (found,) = office.engine.backups_at(there.id)
        pages = ("/", "/restore/", f"/destinations/{there.id}", f"/backups/{found.id}")
        for page in (*pages, f"{INSIDE}?destination={there.id}&name={quote(file.name)}"):
            assert "<script>alert" not in visitor.read(page), lie


def test_what_a_manifest_tells_breaks_no_page(visitor: Any, office: Office) -> None:
    manifest = manifest_of(BOOKS)
    inside = manifest.administrations[0]
    for name in ("<b>&", "\x1b[2J\u202e\x00", "x" * 100_000, "\ud800", ""):
        content = dataclasses.replace(inside.content, name=name, place=name, program=name)
        told = dataclasses.replace(inside, content=content)
        file = office.root / "forged.zip"
        data = to_bytes(dataclasses.replace(manifest, administrations=(told,)))
        file.write_bytes(Forge().closed(data))
        into = {"into": str(office.root), "mode": "new", "new_name": "Proef"}
        trail = {"path": str(file), "code": inside.content.code, **into}
        for step in ("inside", "where", "summary"):
            answer = visitor.get(f"/restore/{step}", query_string=trail)
            assert answer.status_code in {200, 422}
            assert "<b>&" not in answer.text
