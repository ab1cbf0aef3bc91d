"""Looking into backups: calm lists, and nothing of a user’s is served."""

import os
from pathlib import Path

import pytest

from bewaar.errors import PasswordNeeded
from bewaar.operations import ArchiveWork, Inside
from bewaar.requests import BackupFile
from tests.scene import Office
from tests.web.conftest import Visitor


def test_a_backup_is_looked_into_folder_by_folder(office: Office, visitor: Visitor) -> None:
    (office.folder_books / "<b>x.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    backup = office.proven(office.holding)
    top = visitor.read(f"/peek/?backup={backup.id}")
    assert "index.txt" in top
    assert "journaal" not in top
    assert "<b>x" not in top
    assert "alert(1)" not in top
    assert "journaal 3 é.dat" in visitor.read(f"/peek/?backup={backup.id}&folder=2025")
    assert "journaal 3 é.dat" in visitor.read(f"/peek/?backup={backup.id}&search=JOURNAAL+3")
    assert visitor.get(f"/peek/?backup={backup.id}&page=x").status_code == 422


def test_leafing_reads_a_backup_once_and_notices_when_it_is_gone(
    office: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, look = office.proven(office.holding), ArchiveWork.look_inside
    opened = []

    def counted(work: ArchiveWork, file: BackupFile, password: str | None) -> Inside:
        opened.append(file)
        return look(work, file, password)

    monkeypatch.setattr(ArchiveWork, "look_inside", counted)
    for address in ("", "&folder=2025", "&search=index"):
        visitor.read(f"/peek/?backup={backup.id}{address}")
    assert len(opened) == 1
    office.clock.move(minutes=4)
    office.engine.tick()
    visitor.read(f"/peek/?backup={backup.id}")
    assert len(opened) == 2
    (office.stick.folder / backup.file).unlink()
    assert visitor.get(f"/peek/?backup={backup.id}").status_code == 404


def test_what_one_password_opened_needs_it_again_from_others(
    office: Office, visitor: Visitor
) -> None:
    backup = office.proven(office.holding, password="correct horse battery")
    file = BackupFile(backup=backup.id)
    office.engine.leaf_through(file, "correct horse battery")
    with pytest.raises(PasswordNeeded):
        office.engine.leaf_through(file)


def test_a_document_is_opened_by_the_system_and_never_served(
    office: Office, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{tmp_path}/shown"\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    backup = office.proven(office.holding)
    form = {"backup": backup.id, "code": office.holding.code, "document": "index.txt"}
    answer = visitor.post("/peek/open", dict(form))
    assert answer.status_code == 200
    assert "A copy of index.txt was opened" in answer.text
    assert "Jansen Holding" not in answer.text
    assert Path((tmp_path / "shown").read_text(encoding="utf-8")).read_text() == "Jansen Holding\n"
    refused = visitor.post("/peek/open", {**form, "document": "2025/journaal 0 é.dat"})
    assert refused.status_code == 422
    assert "A copy of" not in refused.text


def test_a_document_is_saved_where_the_user_says(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    backup = office.proven(office.holding)
    form = {"backup": backup.id, "code": office.holding.code, "document": "index.txt"}
    assert visitor.post("/peek/save", {**form, "into": str(tmp_path)}).status_code == 200
    assert (tmp_path / "index.txt").read_text() == "Jansen Holding\n"
    assert visitor.post("/peek/save", {**form, "into": str(tmp_path)}).status_code == 422
    among = visitor.post("/peek/save", {**form, "into": str(office.folder_books / "leeg")})
    assert among.status_code == 422


def test_the_password_is_asked_once_for_all_looking(office: Office, visitor: Visitor) -> None:
    backup = office.proven(office.holding, password="correct horse battery")
    asked = visitor.get(f"/peek/?backup={backup.id}")
    assert asked.status_code == 422
    assert "/peek/unlock" in asked.text
    form: dict[str, object] = {"backup": backup.id, "password": "correct horse battery", "code": ""}
    assert visitor.post("/peek/unlock", form).status_code == 303
    assert "index.txt" in visitor.read(f"/peek/?backup={backup.id}")
