"""Looking into a backup: what it holds, one document opened or saved, and nothing left behind."""

import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bewaar.errors import (
    BackupDamaged,
    DocumentUnknown,
    DocumentUnshown,
    NoViewer,
    PasswordWrong,
    TargetExists,
    TargetInside,
    TargetUnwritable,
)
from bewaar.model import Backup
from bewaar.peek import (
    PER_PAGE,
    ListedFile,
    ListedFolder,
    Listing,
    Recent,
    is_harmless,
    is_opened,
    listing,
)
from bewaar.requests import BackupFile
from tests.mounts import Mounts, needs
from tests.scene import Office, tree

SECONDS = 20  # for another thread


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    (made.folder_books / "2025" / "Factuur é.pdf").write_bytes(b"%PDF-1.7 invoice")
    (made.folder_books / "2025" / "program.txt").write_bytes(b"MZ\x90\0not a text")
    (made.folder_books / "2025" / "run.exe").write_bytes(b"MZ")
    yield made
    made.engine.close()


@pytest.fixture
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the system's opener; what it was given is written down."""
    shown = tmp_path / "shown"
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{shown}"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    return shown


def looked_at(office: Office) -> list[Path]:
    folder = office.home.looked_at
    return sorted(folder.iterdir()) if folder.exists() else []


def opened(office: Office, backup: Backup, path: str, password: str | None = None) -> Path:
    return office.engine.open_document(
        BackupFile(backup=backup.id), office.holding.code, path, password
    )


def listed(office: Office, backup: Backup, **wish: object) -> Listing:
    inside = office.engine.look_inside(BackupFile(backup=backup.id))
    return listing(inside.manifest.administrations[0], **wish)  # type: ignore[arg-type]


# ── The list ────────────────────────────────────────────────────────────────────────────────


def test_a_folder_lists_what_is_in_it_and_no_more(office: Office) -> None:
    backup = office.proven(office.holding)
    top = listed(office, backup)
    assert [(type(e), e.path) for e in top.entries] == [
        (ListedFolder, "2025"),
        (ListedFolder, "leeg"),
        (ListedFile, "index.txt"),
    ]
    year, empty, _ = top.entries
    assert isinstance(year, ListedFolder)
    assert isinstance(empty, ListedFolder)
    assert (year.files, empty.files) == (9, 0)
    inner = listed(office, backup, folder="2025")
    assert {e.path for e in inner.entries} == {
        f"2025/{each.name}" for each in (office.folder_books / "2025").iterdir()
    }
    assert inner.trail == (("2025", "2025"),)
    assert listed(office, backup, folder="not/there").entries == ()


def test_searching_finds_every_word_in_any_case_in_the_whole_backup(office: Office) -> None:
    backup = office.proven(office.holding)
    assert [e.path for e in listed(office, backup, search="FACT .PDF").entries] == [
        "2025/Factuur é.pdf"
    ]
    assert listed(office, backup, search="nothing like it").total == 0


def test_a_long_folder_comes_in_pages_that_hold_everything_once(office: Office) -> None:
    for number in range(PER_PAGE + 5):
        (office.folder_books / f"{number:04}.txt").write_bytes(b"x")
    backup = office.proven(office.holding)
    first, last = listed(office, backup, page=1), listed(office, backup, page=99)
    assert (first.pages, len(first.entries), last.page) == (2, PER_PAGE, 2)
    paths = [e.path for e in (*first.entries, *last.entries)]
    assert len(paths) == len(set(paths)) == first.total


# ── Opening one ─────────────────────────────────────────────────────────────────────────────


def test_an_opened_document_is_a_private_copy_that_can_only_be_read(
    office: Office, viewer: Path
) -> None:
    backup, before = office.proven(office.holding), tree(office.folder_books)
    copy = opened(office, backup, "2025/Factuur é.pdf")
    assert Path(viewer.read_text(encoding="utf-8")) == copy
    assert copy.read_bytes() == b"%PDF-1.7 invoice"
    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IRUSR
    (room,) = looked_at(office)
    assert room in copy.parents
    assert stat.S_IMODE(room.stat().st_mode) == stat.S_IRWXU
    assert tree(office.folder_books) == before


@pytest.mark.parametrize("path", ["2025/run.exe", "2025/program.txt"])
def test_what_could_do_more_than_show_itself_is_never_opened(
    path: str, office: Office, viewer: Path
) -> None:
    backup = office.proven(office.holding)
    with pytest.raises(DocumentUnshown):
        opened(office, backup, path)
    assert not viewer.exists()
    assert looked_at(office) == []


@pytest.mark.parametrize("path", ["", "2025", "2025/../index.txt", "/etc/passwd", "gone.pdf"])
def test_a_path_the_backup_does_not_hold_opens_nothing(path: str, office: Office) -> None:
    backup = office.proven(office.holding)
    with pytest.raises((DocumentUnknown, DocumentUnshown)):
        opened(office, backup, path)
    assert looked_at(office) == []


def test_without_a_program_for_it_nothing_is_left(
    office: Office, viewer: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin" / "xdg-open").write_text("#!/bin/sh\nexit 3\n")
    backup = office.proven(office.holding)
    with pytest.raises(NoViewer):
        opened(office, backup, "index.txt")
    assert looked_at(office) == []


def test_a_damaged_document_is_not_shown(office: Office, viewer: Path) -> None:
    backup = office.proven(office.holding)
    file = office.stick.folder / backup.file
    data = file.read_bytes()
    at = data.index(b"%PDF-1.7 invoice")
    file.write_bytes(data[:at] + b"%PDF-1.7 Invoice" + data[at + 16 :])
    with pytest.raises(BackupDamaged):
        opened(office, backup, "2025/Factuur é.pdf")
    assert not viewer.exists()
    assert looked_at(office) == []


def test_an_encrypted_backup_opens_a_document_with_its_password_only(
    office: Office, viewer: Path
) -> None:
    backup = office.proven(office.holding, password="correct horse battery")
    with pytest.raises(PasswordWrong):
        opened(office, backup, "index.txt", "wrong")
    assert opened(office, backup, "index.txt", "correct horse battery").is_file()


# ── What is left ────────────────────────────────────────────────────────────────────────────


def test_copies_go_after_a_day_and_not_before(office: Office, viewer: Path) -> None:
    opened(office, office.proven(office.holding), "index.txt")
    office.clock.move(hours=23)
    office.engine.tick()
    assert len(looked_at(office)) == 1
    office.clock.move(hours=2)
    office.engine.tick()
    assert looked_at(office) == []


def test_copies_go_when_bewaar_ends_but_not_with_a_verb(office: Office, viewer: Path) -> None:
    opened(office, office.proven(office.holding), "index.txt")
    office.reopen()
    assert len(looked_at(office)) == 1
    office.engine.start()
    office.engine.close()
    assert looked_at(office) == []
    office.open()


def test_a_copy_from_a_time_to_come_goes_too(office: Office, viewer: Path) -> None:
    opened(office, office.proven(office.holding), "index.txt")
    office.clock.at -= timedelta(days=3)
    office.engine.tick()
    assert looked_at(office) == []


# ── Saving ──────────────────────────────────────────────────────────────────────────────────


def test_any_kind_is_saved_but_never_over_something_or_among_books(
    office: Office, tmp_path: Path
) -> None:
    backup, file = office.proven(office.holding), "2025/run.exe"
    into = tmp_path / "taken"
    into.mkdir()

    def save(to: Path) -> Path:
        which = BackupFile(backup=backup.id)
        return office.engine.save_document(which, office.holding.code, file, to)

    assert save(into).read_bytes() == b"MZ"
    with pytest.raises(TargetExists):
        save(into)
    before = tree(office.folder_books)
    with pytest.raises(TargetInside):
        save(office.folder_books / "2025")
    assert tree(office.folder_books) == before


@needs()
def test_half_a_document_never_stays_on_a_disk_that_is_full(office: Office, tmp_path: Path) -> None:
    (office.folder_books / "2025" / "Groot.pdf").write_bytes(os.urandom(3 << 20))
    backup = office.proven(office.holding)
    with Mounts() as mounts:
        into = mounts.tmpfs(tmp_path / "small", "2m")

        def save(path: str) -> Path:
            which = BackupFile(backup=backup.id)
            return office.engine.save_document(which, office.holding.code, path, into)

        with pytest.raises(TargetUnwritable):
            save("2025/Groot.pdf")
        assert list(into.iterdir()) == []
        other_disk = save("2025/Factuur é.pdf")
        assert other_disk.read_bytes() == b"%PDF-1.7 invoice"
        with pytest.raises(TargetExists):
            save("2025/Factuur é.pdf")
        assert other_disk.read_bytes() == b"%PDF-1.7 invoice"
    assert [*office.home.snapshots.iterdir()] == []


# ── Leafing ─────────────────────────────────────────────────────────────────────────────────


def test_two_who_look_at_once_read_a_list_once(office: Office) -> None:
    recent: Recent[str] = Recent(office.clock)
    reads: list[str] = []
    again = threading.Event()
    with ThreadPoolExecutor(2) as people:
        second: list[Future[str]] = []

        def read() -> str:
            reads.append("list")
            if len(reads) == 1:
                second.append(people.submit(recent.look, "backup", read))
                again.wait(0.3)  # it is only set when the other one reads, too
            else:
                again.set()
            return "list"

        first = people.submit(recent.look, "backup", read)
        assert first.result(SECONDS) == "list"
        assert second[0].result(SECONDS) == "list"
    assert reads == ["list"]


def test_who_cannot_look_keeps_nobody_else_from_it(office: Office) -> None:
    recent: Recent[str] = Recent(office.clock)

    def fail() -> str:
        raise PasswordWrong(file="x.zip")

    with pytest.raises(PasswordWrong):
        recent.look("backup", fail)
    assert recent.look("backup", lambda: "list") == "list"


# ── Kinds ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF", "x/b.jpeg", "c.ods", "d.csv"])
def test_kinds_that_only_show_something_are_opened(name: str) -> None:
    assert is_opened(name)


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.pdf.exe",
        "a",
        ".pdf",
        "a.docm",
        "a.html",
        "a.svg",
        "a.desktop",
        "a.lnk",
        "a.pdf/b",
    ],
)
def test_all_else_is_not(name: str) -> None:
    assert not is_opened(name)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"\xef\xbb\xbf  <HTML><script>",
        "\ufeff<html>".encode("utf-16-le"),
        b"[Desktop Entry]\nExec=x",
        b"<?xml version='1.0'?><a>"
        + b" " * (1 << 20)
        + b"<b xmlns='http://www.w3.org/1999/xhtml'/>",
        "<?xml version='1.0'?><?xml-stylesheet href='x'?>".encode("utf-16"),
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_what_is_another_kind_than_its_name_says_is_not_harmless(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(content)
    assert not is_harmless(file)


@pytest.mark.parametrize("seam", range(-12, 12, 3))
def test_no_script_hides_between_two_pieces(seam: int, tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(b"<a>" + b" " * ((1 << 20) + 512 + seam - 3) + b"1999/xhtml" + b" " * 9)
    assert not is_harmless(file)


def test_an_audit_file_is_harmless(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(b"<?xml version='1.0'?><auditfile><x/></auditfile>")
    assert is_harmless(file)
