"""Any file through any door: what is no backup, what is damaged, and whose password is wrong."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bewaar.archive.encryption import HEADER, SALT, check_of
from bewaar.archive.names import LOCKED
from bewaar.archive.records import DESCRIPTOR_SIGN, LOCAL, LOCAL_SIGN
from bewaar.errors import BewaarError
from bewaar.model import Backup, JobState
from bewaar.requests import BackupFile
from tests.archive.forge import Forge, manifest_of
from tests.scene import Office, tree
from tests.unkind.restoring import as_new, in_place

PASSWORD = "Brötchen für Jansen 12"
WRONG = "Brötchen für Jansen 13"
SIDECAR = ".info.json"
Make = Callable[[Path], object]


def doors(office: Office, file: BackupFile, password: str | None = None) -> list[str]:
    """Return what looking inside, proving, planning and restoring end in; "" for success."""
    engine, request = office.engine, as_new(office, file, password)
    codes = [
        _code(lambda: engine.look_inside(file, password)),
        _code(lambda: _raised(office, lambda: engine.start_verify(file, password))),
        _code(lambda: engine.plan_restore(request)),
        _code(lambda: _raised(office, lambda: engine.start_restore(request))),
    ]
    for given in (office.root / "into").iterdir():
        assert tree(given) == tree(office.folder_books)
        engine.forget(engine.settings().administrations[-1].code)
        shutil.rmtree(given)
    return codes


def _code(door: Callable[[], object]) -> str:
    try:
        door()
    except BewaarError as error:
        return error.code
    return ""


def _raised(office: Office, start: Callable[[], object]) -> None:
    job = office.finish(start())  # type: ignore[arg-type]
    if job.error:
        failure = BewaarError()
        failure.code = job.error.code  # type: ignore[misc]
        raise failure


def beside(file: Path) -> Path:
    return file.with_name(file.name + SIDECAR)


# ── What is no backup ───────────────────────────────────────────────────────────────────────


def _huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 40)


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(file))


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices have no such names there")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "make",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"%PDF-1.7\n" + bytes(5000)),
        lambda file: file.write_text("<html><body>Factuur</body></html>"),
        lambda file: file.write_bytes(b"PK\5\6" + bytes(18)),
        _huge,
        lambda file: file.mkdir(),
        os.mkfifo,
        lambda file: file.symlink_to("/dev/zero"),
        lambda file: file.symlink_to("/dev/tty"),
        lambda file: file.symlink_to(file.parent),
        _socket,
    ],
    ids=[
        *("empty", "a PDF", "a page", "an empty zip", "a terabyte of nothing", "a folder"),
        *("a pipe", "zeros without end", "a terminal", "a link to a folder", "a socket"),
    ],
)
def test_what_is_no_backup_is_called_so_at_once(office: Office, make: Make) -> None:
    file = office.root / "it.zip"
    make(file)
    assert set(doors(office, BackupFile(path=file))) == {"backup.foreign"}


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices have no such names there")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "make",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("[" * 3_000_000),
        lambda file: file.write_text('{"a":' * 500_000),
        lambda file: file.write_text('{"format": 1, "id": 7, "blake3": [], "size": {}}'),
        lambda file: file.write_text('{"format": ' + "9" * 4000 + "}"),
        lambda file: file.write_bytes(b"\xff\xfe\x00"),
        _huge,
        lambda file: file.mkdir(),
        os.mkfifo,
        lambda file: file.symlink_to("/dev/zero"),
    ],
    ids=[
        *("empty", "deep", "deep objects", "wrong types", "newer", "no text", "huge", "a folder"),
        *("a pipe", "zeros without end"),
    ],
)
def test_a_sidecar_that_is_none_stands_in_no_ones_way(office: Office, make: Make) -> None:
    file = office.stick.folder / office.proven(office.holding, password=PASSWORD).file
    copy = office.root / "copy.zip"
    shutil.copy(file, copy)
    make(beside(copy))
    wanted = BackupFile(path=copy)
    assert set(doors(office, wanted, PASSWORD)) == {""}
    assert set(doors(office, wanted, WRONG)) == {"password.wrong"}
    assert set(doors(office, wanted)) == {"password.needed"}


# ── Damaged, or another password ────────────────────────────────────────────────────────────


def _salt(data: bytes) -> int:
    return data.index(LOCAL_SIGN, 1) + LOCAL.size + len(LOCKED) + 20 + 11


PLACES: dict[str, Callable[[bytes], int]] = {
    "salt": _salt,
    "verifier": lambda data: _salt(data) + SALT,
    "payload": lambda data: _salt(data) + HEADER + 3000,
    "manifest": lambda data: data.rindex(DESCRIPTOR_SIGN) - 400,
    "code": lambda data: data.rindex(DESCRIPTOR_SIGN) - 5,
    "mark": lambda data: data.rindex(check_of(data[_salt(data) :][:HEADER])),
}


@pytest.mark.parametrize("witness", ["sidecar", "history", "none"])
def test_damage_and_a_wrong_password_are_told_apart(office: Office, witness: str) -> None:
    """With a witness damage is never called anything else; without one both may be named."""
    backup = office.proven(office.holding, password=PASSWORD)
    file = office.stick.folder / backup.file
    good = file.read_bytes()
    wanted = _offered(office, backup, witness)
    damaged, wrong = {"backup.damaged"}, {"password.wrong"}
    for place, where in PLACES.items():
        bad = bytearray(good)
        bad[where(good)] ^= 4
        (wanted.path or file).write_bytes(bad)
        found, mistyped = doors(office, wanted, PASSWORD), doors(office, wanted, WRONG)
        if witness == "none" and place == "mark":
            assert set(found) == {""}  # all that was lost is how to know a wrong password
            assert set(mistyped) == damaged
            continue
        # Looking at the list of contents need not read what comes after it.
        assert {found[1], found[3]} <= damaged | (
            {"password.ordamage"} if witness == "none" else set()
        )
        assert set(found) <= damaged | {"", "password.ordamage"}
        # That a password is another one is certain as long as salt and verifier are whole.
        assert set(mistyped) == (wrong if place in {"payload", "manifest", "code"} else damaged)
    (wanted.path or file).write_bytes(good)
    assert set(doors(office, wanted, PASSWORD)) == {""}
    assert set(doors(office, wanted, WRONG)) == wrong


def _offered(office: Office, backup: Backup, witness: str) -> BackupFile:
    if witness == "history":
        return BackupFile(backup=backup.id)
    copy = office.root / "copy.zip"
    if witness == "sidecar":
        shutil.copy(beside(office.stick.folder / backup.file), beside(copy))
    return BackupFile(path=copy)


@pytest.mark.parametrize("password", [None, PASSWORD], ids=["plain", "encrypted"])
def test_the_sidecar_of_another_backup_accuses_nobody(office: Office, password: str | None) -> None:
    """Two backups of the same books often have the same size, and are easily mixed up."""
    first = office.proven(office.holding, password=password)
    second = office.proven(office.holding, password=password, even_unchanged=True)
    copy = office.root / "copy.zip"
    shutil.copy(office.stick.folder / first.file, copy)
    told = json.loads(beside(office.stick.folder / second.file).read_text("utf-8"))
    beside(copy).write_text(json.dumps(told | {"size": first.size}))
    assert set(doors(office, BackupFile(path=copy), password)) == {""}
    bad = bytearray(copy.read_bytes())
    bad[len(bad) // 2] ^= 1
    copy.write_bytes(bad)
    assert doors(office, BackupFile(path=copy), password)[1] in {
        *("backup.damaged", "password.ordamage"),
    }


def test_another_backup_under_the_name_of_a_known_one_is_not_given_back_for_it(
    office: Office,
) -> None:
    first = office.proven(office.holding)
    (office.folder_books / "later.txt").write_text("later")
    second = office.proven(office.holding)
    shutil.copy(office.stick.folder / second.file, office.stick.folder / first.file)
    assert set(doors(office, BackupFile(backup=first.id))) == {"backup.damaged"}


# ── Names that this computer cannot have ────────────────────────────────────────────────────


def test_books_with_names_impossible_here_come_under_others_only_beside_all_and_said(
    office: Office,
) -> None:
    """Made on Windows, where half a character may stand in a name."""
    code = office.holding.code
    books = {"boek.txt": b"books", "bon \ud83d.txt": b"receipt"}
    manifest = manifest_of(books, code=code, renamed={"bon \ud83d.txt": "bon~1.txt"})
    forge = Forge({}, manifest)
    forge.add(f"{code}/boek.txt", b"books")
    forge.add(f"{code}/bon~1.txt", b"receipt")
    file = office.root / "from windows.zip"
    file.write_bytes(forge.closed())
    wanted = as_new(office, BackupFile(path=file))
    told = {note.code: note.params for note in office.engine.plan_restore(wanted).warnings}
    assert told["names.others"] == {"n": 1}
    assert told["file.maps"] == {"path": "bon \\ud83d.txt", "as_": "bon~1.txt"}
    job = office.finish(office.engine.start_restore(wanted))
    assert job.state is JobState.DONE, job.error
    (mapped,) = [note.params for note in job.notes if note.code == "file.mapped"]
    assert mapped == {"path": "bon \\ud83d.txt", "as_": "bon~1.txt"}
    assert tree(office.root / "into" / "Terug") == {"boek.txt": b"books", "bon~1.txt": b"receipt"}
    before = tree(office.folder_books)
    original = in_place(office, BackupFile(path=file))
    assert _code(lambda: office.engine.plan_restore(original)) == "restore.name"
    assert _code(lambda: _raised(office, lambda: office.engine.start_restore(original))) == (
        "restore.name"
    )
    assert tree(office.folder_books) == before


# ── What a stick from elsewhere may tell ────────────────────────────────────────────────────


def test_what_a_stick_tells_of_its_backups_stops_no_rebuild(office: Office) -> None:
    file = office.stick.folder / office.proven(office.holding).file
    told = json.loads(beside(file).read_text("utf-8"))
    inside = told["contents"][0]
    lies: list[dict[str, object]] = [
        {"made_at": "9999-12-31T23:59:59+00:00"},
        {"made_at": "0001-01-01T00:00:00+00:00"},
        {"contents": [inside | {"size": 10**40}]},
        {"contents": [inside | {"counts": inside["counts"] | {"transactions": 10**300}}]},
        {"contents": [inside | {"name": "\ud800"}]},
        {"contents": [inside | {"code": "other"}]},
        {"codes": ["../../x"], "contents": []},
        {"codes": ["\ud800"], "contents": []},
        {"codes": ["A", "a"], "contents": []},
        {"codes": [f"c{n}" for n in range(100_000)], "contents": []},
    ]
    office.engine.forget_destination(office.stick.id)
    for number, lie in enumerate(lies):
        folder = office.root / f"from elsewhere {number}"
        folder.mkdir()
        shutil.copy(file, folder)
        beside(folder / file.name).write_text(json.dumps(told | lie))
        there = office.engine.add_destination(folder, name=f"Stick {number}")
        job = office.finish(office.engine.start_rebuild(there.id))
        assert job.state is JobState.DONE, (lie, job.error)
        (found,) = office.engine.backups_at(there.id)
        assert [one.code for one in found.contents] == [office.holding.code], lie
        assert found.contents[0].name == office.holding.name, lie
        assert found.made_at.year == office.clock.now().year, lie
